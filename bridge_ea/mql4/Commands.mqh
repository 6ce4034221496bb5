// Carries out commands. Each names a target state: nothing is sent if the state holds already, or if an order for it is in flight.
#ifndef COMMANDS_MQH
#define COMMANDS_MQH
// False if the connection to the relay is gone.
bool Handle(const WireCommand &c)
  {
   WireResult r;
   StartAnswer(r,c);
   if(ls_ready()==0 || !IsConnected())
      return(Refuse(r,RETCODE_CONNECTION,"not connected to the broker"));
   if(c.link<=0 || (c.volume<0 && c.action!=WIRE_ACTION_SET_NET))
      return(Refuse(r,RETCODE_INVALID,"no such link or volume"));
   switch((int)c.action)
     {
      case WIRE_ACTION_QUERY:
         return(Query(c,r));
      case WIRE_ACTION_OPEN:
      case WIRE_ACTION_PLACE:
         return(Begin(c,r,c.action==WIRE_ACTION_PLACE));
      case WIRE_ACTION_SET_VOLUME:
         return(Reduce(c,r,c.volume));
      case WIRE_ACTION_CLOSE:
         return(Reduce(c,r,0));
      case WIRE_ACTION_SET_STOPS:
         return(SetStops(c,r));
      case WIRE_ACTION_SET_ORDER:
      case WIRE_ACTION_DELETE:
         return(SetOrder(c,r));
      case WIRE_ACTION_SET_NET:
         return(Refuse(r,0,"unsupported by this account"));
     }
   return(Refuse(r,RETCODE_INVALID,"unknown action"));
  }

bool Begin(const WireCommand &c,WireResult &r,bool waits)
  {
   // MT4 has no stop-limit orders.
   if(waits && (c.side<OP_BUYLIMIT || c.side>OP_SELLSTOP))
      return(Refuse(r,RETCODE_INVALID,"no such kind of order"));
   bool sent=false;
   if(IsKnownLink(c,r,sent))
      return(sent);
   if(!waits && !IsWithinLimits(c,SymbolOf(c),r))
      return(Refuse(r,r.retcode,""));
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(AnswerBlocked(r));
   return(SendFirst(c,r,waits));
  }

// Reduces the position to `left` units of 1e-8 lots.
bool Reduce(const WireCommand &c,WireResult &r,long left)
  {
   if(FindToChange(c,false)==0)
      return(AnswerGone(r,c));
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(AnswerPosition(r,WIRE_STAGE_IN_FLIGHT));
   long open=UnitsOf(OrderLots());
   if(open<=left)
     {
      ls_release(c.link,REQUEST_VOLUME);
      return(AnswerPosition(r,WIRE_STAGE_DONE));
     }
   r.volume=open;
   return(SendClose(c,r,open-left));
  }

bool SetStops(const WireCommand &c,WireResult &r)
  {
   if(FindToChange(c,false)==0)
      return(AnswerGone(r,c));
   string symbol=OrderSymbol();
   double point=SymbolInfoDouble(symbol,SYMBOL_POINT);
   double sl=OnGrid(symbol,c.sl);
   double tp=OnGrid(symbol,c.tp);
   r.position=(ulong)OrderTicket();
   r.volume  =UnitsOf(OrderLots());
   r.price   =OrderOpenPrice();
   if(SamePrice(sl,OrderStopLoss(),point) && SamePrice(tp,OrderTakeProfit(),point))
      return(Answer(r,WIRE_STAGE_DONE));
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   return(SendModify(r,OrderOpenPrice(),sl,tp,0,REQUEST_STOPS));
  }

// Changes or deletes the pending order of a link.
bool SetOrder(const WireCommand &c,WireResult &r)
  {
   r.order=(ulong)FindToChange(c,true);
   if(r.order==0)
      return(AnswerGone(r,c));
   if(c.action!=WIRE_ACTION_DELETE && IsAsCommanded(c))
      return(Answer(r,WIRE_STAGE_DONE));
   if(ls_claim(c.link,(int)c.action,0)==0)
      return(Answer(r,WIRE_STAGE_IN_FLIGHT));
   if(c.action==WIRE_ACTION_DELETE)
      return(SendDelete(r));
   string symbol=OrderSymbol();
   return(SendModify(r,OnGrid(symbol,c.price),OnGrid(symbol,c.sl),OnGrid(symbol,c.tp),(datetime)(c.expires_msc/1000),REQUEST_ORDER));
  }

// Whether the selected order already has the command's target.
bool IsAsCommanded(const WireCommand &c)
  {
   string symbol=OrderSymbol();
   double point=SymbolInfoDouble(symbol,SYMBOL_POINT);
   return(SamePrice(OnGrid(symbol,c.price),OrderOpenPrice(),point) && SamePrice(OnGrid(symbol,c.sl),OrderStopLoss(),point)
          && SamePrice(OnGrid(symbol,c.tp),OrderTakeProfit(),point) && c.expires_msc/1000==(long)OrderExpiration());
  }

bool Query(const WireCommand &c,WireResult &r)
  {
   bool sent=false;
   if(IsKnownLink(c,r,sent))
      return(sent);
   r.volume=0;
   return(Answer(r,WIRE_STAGE_NOTHING));
  }
#endif
