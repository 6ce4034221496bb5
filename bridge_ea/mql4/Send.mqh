// Sends orders. OrderSend and its like wait for the broker's answer, so PLACED is reported before, and the outcome after.
#ifndef SEND_MQH
#define SEND_MQH
#define NO_COLOUR CLR_NONE

double OnGrid(string symbol,double price)
  {
   return(NormalizeDouble(price,(int)SymbolInfoInteger(symbol,SYMBOL_DIGITS)));
  }

string SymbolOf(const WireCommand &c)
  {
   return(CharArrayToString(c.symbol,0,-1,CP_UTF8));
  }

string CommentTo(const WireCommand &c)
  {
   return(CharArrayToString(c.comment,0,-1,CP_UTF8));
  }

// Reports that the order goes out now, and that this program will be silent until the broker answers. False if the
// connection to the relay is gone. The order goes out all the same: its claim is taken, and the router asks again.
bool ReportPlaced(WireResult &r)
  {
   r.retcode  =RETCODE_PLACED;
   r.called_ns=ls_now();
   ResetLastError();
   RefreshRates();
   r.stage      =WIRE_STAGE_PLACED;
   r.answered_ns=ls_now();
   beats++;
   return(ls_placed(r,beats)==0);
  }

int SendMarket(const WireCommand &c)
  {
   string symbol=SymbolOf(c);
   bool buys=(c.side==WIRE_SIDE_BUY);
   double price=OnGrid(symbol,SymbolInfoDouble(symbol,buys ? SYMBOL_ASK : SYMBOL_BID));
   return(OrderSend(symbol,buys ? OP_BUY : OP_SELL,LotsOf(c.volume),price,(int)c.deviation,OnGrid(symbol,c.sl),OnGrid(symbol,c.tp),
                    CommentTo(c),ls_magic(c.link),0,NO_COLOUR));
  }

int SendPending(const WireCommand &c)
  {
   string symbol=SymbolOf(c);
   return(OrderSend(symbol,(int)c.side,LotsOf(c.volume),OnGrid(symbol,c.price),(int)c.deviation,OnGrid(symbol,c.sl),OnGrid(symbol,c.tp),
                    CommentTo(c),ls_magic(c.link),(datetime)(c.expires_msc/1000),NO_COLOUR));
  }

// Sends the order that begins a link and whose claim we hold.
bool SendFirst(const WireCommand &c,WireResult &r,bool waits)
  {
   SymbolSelect(SymbolOf(c),true);
   // Written down before the order goes out, so that any later process of this terminal knows the order's link.
   ls_link_begin(c.link,ServerS());
   bool connected=ReportPlaced(r);
   int ticket=(waits ? SendPending(c) : SendMarket(c));
   int error=(ticket>0 ? 0 : GetLastError());
   if(ticket>0)
      ls_link_known(c.link,ticket,ServerS());
   r.order   =(ulong)(ticket>0 ? ticket : 0);
   r.position=r.order;
   r.deal    =(waits ? 0 : r.order);
   EndSend(r,error,waits ? REQUEST_ORDER : REQUEST_VOLUME);
   return(connected);
  }

// Closes units of the selected position.
bool SendClose(const WireCommand &c,WireResult &r,long units)
  {
   int ticket=OrderTicket();
   string symbol=OrderSymbol();
   bool buys=(OrderType()==OP_BUY);
   r.position=(ulong)ticket;
   bool connected=ReportPlaced(r);
   double price=OnGrid(symbol,SymbolInfoDouble(symbol,buys ? SYMBOL_BID : SYMBOL_ASK));
   bool done=OrderClose(ticket,LotsOf(units),price,(int)c.deviation,NO_COLOUR);
   int error=(done ? 0 : GetLastError());
   r.order=(ulong)ticket;
   r.deal =(ulong)ticket+DEAL_OF_END;
   EndSend(r,error,REQUEST_VOLUME);
   return(connected);
  }

// Changes the selected order.
bool SendModify(WireResult &r,double price,double sl,double tp,datetime expires,int kind)
  {
   int ticket=OrderTicket();
   bool connected=ReportPlaced(r);
   bool done=OrderModify(ticket,price,sl,tp,expires,NO_COLOUR);
   EndSend(r,done ? 0 : GetLastError(),kind);
   return(connected);
  }

// Deletes the selected order.
bool SendDelete(WireResult &r)
  {
   int ticket=OrderTicket();
   bool connected=ReportPlaced(r);
   bool done=OrderDelete(ticket,NO_COLOUR);
   EndSend(r,done ? 0 : GetLastError(),REQUEST_ORDER);
   return(connected);
  }

// Reports what changed, and then the broker's answer, if it is final.
void EndSend(WireResult &r,int error,int kind)
  {
   uint retcode=RetcodeOf(error);
   bool lost=(Compare(ls_now(),!snapshotDue && relayConnected)<0);
   if(!lost && IsLastWord(retcode))
      lost=(SendOutcome(r,retcode,error,kind)!=0);
   if(lost && relayConnected)
      RelayLost();
  }

int SendOutcome(WireResult &r,uint retcode,int error,int kind)
  {
   bool done=IsDone(retcode);
   if(done)
      ls_answered(r.link,kind);
   else
     {
      ls_release(r.link,kind);
      ls_link_refused(r.link);
     }
   r.command=0;
   r.retcode=retcode;
   r.error  =(uint)error;
   r.volume =0;
   if(FindOpenOrder(r.link,false)!=0)
     {
      r.volume=UnitsOf(OrderLots());
      r.price =OrderOpenPrice();
     }
   if(done && r.deal>DEAL_OF_END && OrderSelect((int)r.order,SELECT_BY_TICKET))
      r.price=OrderClosePrice();
   r.stage=(done ? WIRE_STAGE_DONE : WIRE_STAGE_REJECTED);
   return(relayConnected ? ls_outcome(r) : 0);
  }
#endif
