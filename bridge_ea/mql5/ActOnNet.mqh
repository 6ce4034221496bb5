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

// One with a comment begins a link: whatever the net position, a link has a share but once. The claim comes before the net position is
// read: an order of this link may be filled in between. One that was carried out is not repeated, though somebody else may have brought
// the net position back to where it was expected before its deal was told.
bool SetNet(const WireCommand &c,WireResult &r)
  {
   bool begins=(c.comment[0]!=0);
   uint known=(begins ? KnownStage(c,r) : 0);
   if(known!=0)
      return(Answer(r,known));
   if(FindOrder(c.link,false)!=0 || ls_claim(c.link,begins ? WIRE_ACTION_OPEN : WIRE_ACTION_SET_NET,c.target_id)==0)
      return(Answer(r,BarredStage(r)));
   uint stage=NetStage(c,r);
   if(stage==0)
      return(SendNet(c,r,begins));
   ls_release(c.link,ANY_VOLUME);
   return(Answer(r,stage));
  }

bool SendNet(const WireCommand &c,WireResult &r,bool begins)
  {
   MqlTradeRequest q;
   ZeroMemory(q);
   FillNet(q,c,begins);
   return(SendClaimed(q,r,c));
  }
#endif
