// Fills trade requests to the broker.
#ifndef REQUESTS_MQH
#define REQUESTS_MQH
// Fill-or-kill if the symbol allows it: a copy that fills in part no longer matches its master.
ENUM_ORDER_TYPE_FILLING FillingOf(string symbol)
  {
   long modes=SymbolInfoInteger(symbol,SYMBOL_FILLING_MODE);
   if((modes & SYMBOL_FILLING_FOK)!=0)
      return(ORDER_FILLING_FOK);
   if((modes & SYMBOL_FILLING_IOC)!=0)
      return(ORDER_FILLING_IOC);
   return(ORDER_FILLING_RETURN);
  }

double OnGrid(string symbol,double price)
  {
   return(NormalizeDouble(price,(int)SymbolInfoInteger(symbol,SYMBOL_DIGITS)));
  }

void FillDeal(MqlTradeRequest &q,string symbol,bool buy,long units,long link,uint deviation)
  {
   q.action      =TRADE_ACTION_DEAL;
   q.symbol      =symbol;
   q.magic       =(ulong)link;
   q.volume      =LotsOf(units);
   q.type        =(buy ? ORDER_TYPE_BUY : ORDER_TYPE_SELL);
   q.price       =OnGrid(symbol,buy ? SymbolInfoDouble(symbol,SYMBOL_ASK) : SymbolInfoDouble(symbol,SYMBOL_BID));
   q.deviation   =deviation;
   q.type_filling=FillingOf(symbol);
   q.type_time   =ORDER_TIME_GTC;
  }

void FillOpen(MqlTradeRequest &q,const WireCommand &c)
  {
   string symbol=CharArrayToString(c.symbol,0,-1,CP_UTF8);
   SymbolSelect(symbol,true);
   FillDeal(q,symbol,c.side==WIRE_SIDE_BUY,c.volume,c.link,c.deviation);
   q.sl     =OnGrid(symbol,c.sl);
   q.tp     =OnGrid(symbol,c.tp);
   q.comment=CharArrayToString(c.comment,0,-1,CP_UTF8);
  }

// Closes units of the selected position.
void FillClose(MqlTradeRequest &q,const WireCommand &c,long units)
  {
   bool wasBuy=(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY);
   FillDeal(q,PositionGetString(POSITION_SYMBOL),!wasBuy,units,c.link,c.deviation);
   SetRequestPosition(q,SelectedTicket());
   q.comment=CharArrayToString(c.comment,0,-1,CP_UTF8);
  }

// Sets the stops of the selected position.
void FillStops(MqlTradeRequest &q,const WireCommand &c)
  {
   q.action=TRADE_ACTION_SLTP;
   q.symbol=PositionGetString(POSITION_SYMBOL);
   q.magic =(ulong)c.link;
   q.sl    =OnGrid(q.symbol,c.sl);
   q.tp    =OnGrid(q.symbol,c.tp);
   SetRequestPosition(q,SelectedTicket());
  }

// The prices and the expiry of a pending order.
void FillLevels(MqlTradeRequest &q,const WireCommand &c)
  {
   long modes=SymbolInfoInteger(q.symbol,SYMBOL_EXPIRATION_MODE);
   q.price     =OnGrid(q.symbol,c.price);
   q.stoplimit =OnGrid(q.symbol,c.limit);
   q.sl        =OnGrid(q.symbol,c.sl);
   q.tp        =OnGrid(q.symbol,c.tp);
   q.expiration=(datetime)(c.expires_msc/1000);
   if(q.expiration!=0)
      q.type_time=((modes & SYMBOL_EXPIRATION_SPECIFIED)!=0 ? ORDER_TIME_SPECIFIED : ORDER_TIME_SPECIFIED_DAY);
   else
      q.type_time=((modes & SYMBOL_EXPIRATION_GTC)!=0 ? ORDER_TIME_GTC : ORDER_TIME_DAY);
  }

void FillPlace(MqlTradeRequest &q,const WireCommand &c)
  {
   q.action      =TRADE_ACTION_PENDING;
   q.symbol      =CharArrayToString(c.symbol,0,-1,CP_UTF8);
   q.magic       =(ulong)c.link;
   q.volume      =LotsOf(c.volume);
   q.type        =(ENUM_ORDER_TYPE)c.side;
   q.type_filling=ORDER_FILLING_RETURN;
   q.comment     =CharArrayToString(c.comment,0,-1,CP_UTF8);
   SymbolSelect(q.symbol,true);
   FillLevels(q,c);
  }

// Changes or deletes the selected order. False if it already has the command's target.
bool FillChange(MqlTradeRequest &q,ulong order,const WireCommand &c)
  {
   q.order =order;
   q.symbol=OrderGetString(ORDER_SYMBOL);
   q.magic =(ulong)c.link;
   q.action=(c.action==WIRE_ACTION_DELETE ? TRADE_ACTION_REMOVE : TRADE_ACTION_MODIFY);
   if(q.action==TRADE_ACTION_REMOVE)
      return(true);
   FillLevels(q,c);
   return(!IsSameOrder(q));
  }

bool IsSameOrder(const MqlTradeRequest &q)
  {
   double point=SymbolInfoDouble(q.symbol,SYMBOL_POINT);
   return(SamePrice(q.price,OrderGetDouble(ORDER_PRICE_OPEN),point) && SamePrice(q.stoplimit,OrderGetDouble(ORDER_PRICE_STOPLIMIT),point)
          && SamePrice(q.sl,OrderGetDouble(ORDER_SL),point) && SamePrice(q.tp,OrderGetDouble(ORDER_TP),point)
          && (long)q.expiration==OrderGetInteger(ORDER_TIME_EXPIRATION));
  }

// Changes the selected net position to `volume`.
void FillNet(MqlTradeRequest &q,const WireCommand &c,bool begins)
  {
   string symbol=CharArrayToString(c.symbol,0,-1,CP_UTF8);
   long change=c.volume-c.expected;
   SymbolSelect(symbol,true);
   FillDeal(q,symbol,change>0,change<0 ? -change : change,c.link,c.deviation);
   // An order that adds to a netting position replaces its stops, so it carries those of the position: the command's if it
   // begins a link (0 for none), else the present ones. An order that reduces the position leaves its stops.
   if(begins)
     {
      q.sl=OnGrid(symbol,c.sl);
      q.tp=OnGrid(symbol,c.tp);
     }
   else if((change>0 && c.expected>0) || (change<0 && c.expected<0))
     {
      q.sl=PositionGetDouble(POSITION_SL);
      q.tp=PositionGetDouble(POSITION_TP);
     }
   q.comment=CharArrayToString(c.comment,0,-1,CP_UTF8);
  }
#endif
