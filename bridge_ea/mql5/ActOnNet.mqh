// The net position of a symbol, of which a link has a share.
#ifndef ACTONNET_MQH
#define ACTONNET_MQH
// The stage that says why nothing is to be done; 0 where the net position is what the command expects. It is selected then.
uint NetStage(const WireCommand &c,WireResult &r)
  {
   long net=NetUnits(CharArrayToString(c.symbol,0,-1,CP_UTF8));
   r.position=(net==0 ? 0 : SelectedPosition());
   if(net==c.volume)
      return(WIRE_STAGE_DONE);
   return(net==c.expected ? 0 : WIRE_STAGE_NOTHING);
  }

// One with a comment begins a link: whatever the net position, a link has a share but once.
bool SetNet(const WireCommand &c,WireResult &r)
  {
   bool begins=(c.comment[0]!=0);
   uint stage=(begins ? KnownStage(c,r) : 0);
   if(stage==0)
      stage=NetStage(c,r);
   if(stage!=0)
      return(Answer(r,stage));
   if(FindOrder(c.link,false)!=0 || ls_claim(c.link,begins ? WIRE_ACTION_OPEN : WIRE_ACTION_SET_NET)==0)
      return(Answer(r,BarredStage(r)));
   return(SendNet(c,r,begins));
  }

// Looks again, since an order of this link may have been filled between the look and the claim.
bool SendNet(const WireCommand &c,WireResult &r,bool begins)
  {
   uint stage=NetStage(c,r);
   if(stage!=0)
     {
      ls_release(c.link,ANY_VOLUME);
      return(Answer(r,stage));
     }
   MqlTradeRequest q;
   ZeroMemory(q);
   FillNet(q,c,begins);
   return(SendClaimed(q,r,c));
  }
#endif
