// Each command names a wished state; nothing is sent where it already holds or is under way.
#ifndef ACT_MQH
#define ACT_MQH
void StartAnswer(WireResult &r,const WireCommand &c)
  {
   ZeroMemory(r);
   r.command    =c.command;
   r.link       =c.link;
   r.action     =c.action;
   r.volume     =-1;
   r.received_ns=ls_received();
  }

bool Answer(WireResult &r,uint stage)
  {
   r.stage      =stage;
   r.answered_ns=ls_now();
   return(ls_result(r)==0);
  }

bool Refuse(WireResult &r,uint retcode,int error,string why)
  {
   r.retcode=retcode;
   r.error  =(uint)error;
   StringToCharArray(why,r.comment,0,31,CP_UTF8);
   return(Answer(r,WIRE_STAGE_REJECTED));
  }

// With what is known of the selected position.
bool AnswerPosition(WireResult &r,ulong ticket,uint stage)
  {
   r.position=ticket;
   r.volume  =UnitsOf(PositionGetDouble(POSITION_VOLUME));
   r.price   =PositionGetDouble(POSITION_PRICE_OPEN);
   return(Answer(r,stage));
  }

bool AnswerGone(WireResult &r,const WireCommand &c)
  {
   r.volume=0;
   return(Answer(r,FoundInHistory(c.link) ? WIRE_STAGE_ALREADY_CLOSED : WIRE_STAGE_NOTHING));
  }

// The link's claim is ours: this one order goes out. The claim is given back only where the order certainly did not.
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
   ls_release(c.link,c.action==WIRE_ACTION_SET_STOPS ? ANY_STOPS : ANY_VOLUME);
   return(Refuse(r,a.retcode,error,a.comment));
  }

bool Open(const WireCommand &c,WireResult &r)
  {
   ulong ticket=FindPosition(c.link,c.position);
   if(ticket!=0)
      return(AnswerPosition(r,ticket,WIRE_STAGE_ALREADY_OPEN));
   if(ls_pending(c.link,ANY_VOLUME)!=0 || FoundInOrders(c.link))
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   if(FoundInHistory(c.link))
      return(OpenedBefore(c,r));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillOpen(q,c);
   if(ls_claim(c.link,(int)c.action)==0)
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   return(SendClaimed(q,r,c));
  }

// The fill may have come between the two looks.
bool OpenedBefore(const WireCommand &c,WireResult &r)
  {
   ulong ticket=FindPosition(c.link,0);
   if(ticket!=0)
      return(AnswerPosition(r,ticket,WIRE_STAGE_ALREADY_OPEN));
   r.volume=0;
   return(Answer(r,WIRE_STAGE_ALREADY_CLOSED));
  }

// Down to `left` units of 1e-8 lots. The claim comes before the volume is read: a change that ends in between would
// otherwise be taken off a second time. So would one that an earlier process of this terminal ordered.
bool Reduce(const WireCommand &c,WireResult &r,long left)
  {
   ulong ticket=FindPosition(c.link,c.position);
   if(ticket==0)
      return(AnswerGone(r,c));
   if(FoundInOrders(c.link) || ls_claim(c.link,(int)c.action)==0)
      return(AnswerPosition(r,ticket,WIRE_STAGE_IN_FLIGHT));
   if(!SelectPosition(ticket))
      return(NothingToSend(c,r,ticket));
   long open=UnitsOf(PositionGetDouble(POSITION_VOLUME));
   if(open<=left)
      return(NothingToSend(c,r,ticket));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillClose(q,ticket,c,open-left);
   r.position=ticket;
   r.volume  =open;
   return(SendClaimed(q,r,c));
  }

bool NothingToSend(const WireCommand &c,WireResult &r,ulong ticket)
  {
   ls_release(c.link,ANY_VOLUME);
   if(!SelectPosition(ticket))
      return(AnswerGone(r,c));
   return(AnswerPosition(r,ticket,WIRE_STAGE_DONE));
  }

bool SetStops(const WireCommand &c,WireResult &r)
  {
   ulong ticket=FindPosition(c.link,c.position);
   if(ticket==0)
      return(AnswerGone(r,c));
   MqlTradeRequest q;
   ZeroMemory(q);
   FillStops(q,ticket,c);
   double point=SymbolInfoDouble(q.symbol,SYMBOL_POINT);
   if(SamePrice(q.sl,PositionGetDouble(POSITION_SL),point) && SamePrice(q.tp,PositionGetDouble(POSITION_TP),point))
      return(AnswerPosition(r,ticket,WIRE_STAGE_DONE));
   long open=UnitsOf(PositionGetDouble(POSITION_VOLUME));
   if(ls_claim(c.link,(int)c.action)==0)
      return(AnswerPosition(r,ticket,WIRE_STAGE_IN_FLIGHT));
   r.position=ticket;
   r.volume  =open;
   return(SendClaimed(q,r,c));
  }

// An order that nobody answered for a minute is only found by what it left: a position or a deal. Opening stays barred.
bool IsAwaited(long link)
  {
   return(ls_pending(link,ANY_VOLUME)!=0 && (ls_now()-ls_claimed(link,ANY_VOLUME))/1000000<60000);
  }

bool Query(const WireCommand &c,WireResult &r)
  {
   ulong ticket=FindPosition(c.link,c.position);
   if(ticket!=0)
      return(AnswerPosition(r,ticket,WIRE_STAGE_ALREADY_OPEN));
   if(IsAwaited(c.link) || FoundInOrders(c.link))
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   if(FoundInHistory(c.link))
      return(OpenedBefore(c,r));
   r.volume=0;
   return(Answer(r,WIRE_STAGE_NOTHING));
  }
#endif
