// Carries out commands. Each names a target state: nothing is sent if the state holds already, or if an order for it is in
// flight.
#ifndef COMMANDS_MQH
#define COMMANDS_MQH
void StartAnswer(WireResult &r,const WireCommand &c)
  {
   ZeroMemory(r);
   r.command    =c.command;
   r.link       =c.link;
   r.action     =c.action;
   r.volume     =-1;
   r.received_ns=ls_received();
  }

bool Refuse(WireResult &r,uint retcode,int error,string why)
  {
   r.retcode=retcode;
   r.error  =(uint)error;
   StringToCharArray(why,r.comment,0,31,CP_UTF8);
   return(Answer(r,WIRE_STAGE_REJECTED));
  }

// Sends the order of a link whose claim we hold. The claim is released only if the order certainly did not go out.
bool SendClaimed(const MqlTradeRequest &q,WireResult &r,const WireCommand &c)
  {
   MqlTradeResult a;
   ZeroMemory(a);
   ResetLastError();
   r.called_ns=ls_now();
   bool sent=OrderSendAsync(q,a);
   r.request=a.request_id;
   r.retcode=a.retcode;
   if(sent)
      return(Answer(r,WIRE_STAGE_PLACED));
   int error=GetLastError();
   ls_release(c.link,RequestKindOf(q));
   return(Refuse(r,a.retcode,error,a.comment));
  }

string SymbolOf(const WireCommand &c)
  {
   return(CharArrayToString(c.symbol,0,-1,CP_UTF8));
  }

bool Open(const WireCommand &c,WireResult &r)
  {
   uint known=LinkStage(c,r);
   if(known!=0)
      return(Answer(r,known));
   if(!IsWithinLimits(c,SymbolOf(c),r))
      return(Refuse(r,r.retcode,0,""));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillOpen(q,c);
   return(SendFirst(q,r,c));
  }

// Claims the link and sends its opening order.
bool SendFirst(const MqlTradeRequest &q,WireResult &r,const WireCommand &c)
  {
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(Answer(r,BlockedStage(r)));
   return(SendClaimed(q,r,c));
  }

// Reduces the position to `left` units of 1e-8 lots.
bool Reduce(const WireCommand &c,WireResult &r,long left)
  {
   ulong ticket=FindPosition(c.link,c.position);
   if(ticket==0)
      return(AnswerGone(r,c));
   // The claim comes before the volume is read: else a reduction that fills between the two would be sent twice.
   // FindOrder sees a reduction that an earlier process of this terminal sent.
   if(FindOrder(c.link,false)!=0 || ls_claim(c.link,(int)c.action,0)==0)
      return(AnswerPosition(r,ticket,WIRE_STAGE_IN_FLIGHT));
   if(!SelectPosition(ticket))
      return(NothingToSend(c,r,ticket));
   long open=UnitsOf(PositionGetDouble(POSITION_VOLUME));
   if(open<=left)
      return(NothingToSend(c,r,ticket));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillClose(q,c,open-left);
   r.position=ticket;
   r.volume  =open;
   return(SendClaimed(q,r,c));
  }

bool NothingToSend(const WireCommand &c,WireResult &r,ulong ticket)
  {
   ls_release(c.link,REQUEST_VOLUME);
   if(!SelectPosition(ticket))
      return(AnswerGone(r,c));
   return(AnswerPosition(r,ticket,WIRE_STAGE_DONE));
  }

bool SetStops(const WireCommand &c,WireResult &r)
  {
   if(!FindOpen(c,r))
      return(AnswerGone(r,c));
   if(!SelectPosition(r.position))
      return(Answer(r,WIRE_STAGE_NOTHING));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillStops(q,c);
   double point=SymbolInfoDouble(q.symbol,SYMBOL_POINT);
   if(SamePrice(q.sl,PositionGetDouble(POSITION_SL),point) && SamePrice(q.tp,PositionGetDouble(POSITION_TP),point))
      return(Answer(r,WIRE_STAGE_DONE));
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   return(SendClaimed(q,r,c));
  }

bool Query(const WireCommand &c,WireResult &r)
  {
   uint known=LinkStage(c,r);
   if(known==0)
      r.volume=0;
   return(Answer(r,known!=0 ? known : WIRE_STAGE_NOTHING));
  }
#endif
