// Commands to the net position of a symbol, part of which is allocated to a link.
#ifndef NETCOMMANDS_MQH
#define NETCOMMANDS_MQH
// Selects the net position and returns 0 if it is the one that the command expects; else returns the stage that says why
// there is nothing to do.
uint NetStage(const WireCommand &c,WireResult &r)
  {
   long net=NetUnits(CharArrayToString(c.symbol,0,-1,CP_UTF8));
   r.position=(net==0 ? 0 : SelectedPosition());
   if(net==c.volume)
      return(WIRE_STAGE_DONE);
   return(net==c.expected ? 0 : WIRE_STAGE_NOTHING);
  }

// Sets the net position. A command with a comment begins a link.
bool SetNet(const WireCommand &c,WireResult &r)
  {
   bool begins=(c.comment[0]!=0);
   // A link gets an allocation only once, whatever the net position is.
   uint known=(begins ? LinkStage(c,r) : 0);
   if(known!=0)
      return(Answer(r,known));
   if(c.limits!=0 && !IsWithinLimits(c,SymbolOf(c),r))
      return(Refuse(r,r.retcode,0,""));
   // The claim comes before the net position is read, since an order of this link may fill in between. A target that had its
   // deal is not claimed again: until that deal is reported, another trade may bring the net position back to `expected`.
   if(FindOrder(c.link,false)!=0 || ls_claim(c.link,begins ? WIRE_ACTION_OPEN : WIRE_ACTION_SET_NET,c.target_id)==0)
      return(Answer(r,BlockedStage(r)));
   uint stage=NetStage(c,r);
   if(stage==0)
      return(SendNet(c,r,begins));
   ls_release(c.link,REQUEST_VOLUME);
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
