// Commands to the pending order of a link.
#ifndef ORDERCOMMANDS_MQH
#define ORDERCOMMANDS_MQH
bool Place(const WireCommand &c,WireResult &r)
  {
   if(!IsPendingKind(c.side))
      return(Refuse(r,TRADE_RETCODE_INVALID,0,"no such kind of order"));
   uint known=LinkStage(c,r);
   if(known!=0)
      return(Answer(r,known));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillPlace(q,c);
   return(SendFirst(q,r,c));
  }

// Changes or deletes the order.
bool SetOrder(const WireCommand &c,WireResult &r)
  {
   r.order=FindOrder(c.link,true);
   if(r.order==0)
      return(AnswerGone(r,c));
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   MqlTradeRequest q;
   ZeroMemory(q);
   // Read again after the claim, since the order may have filled meanwhile.
   r.order=FindOrder(c.link,true);
   if(r.order!=0 && FillChange(q,r.order,c))
      return(SendClaimed(q,r,c));
   ls_release(c.link,REQUEST_ORDER);
   return(r.order==0 ? AnswerGone(r,c) : Answer(r,WIRE_STAGE_DONE));
  }
#endif
