// Requests to the broker.
#ifndef ORDERS_MQH
#define ORDERS_MQH
// All or nothing where the broker can: a part of a copy is no copy.
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

// Of the selected position.
void FillClose(MqlTradeRequest &q,ulong ticket,const WireCommand &c,long units)
  {
   bool wasBuy=(PositionGetInteger(POSITION_TYPE)==POSITION_TYPE_BUY);
   FillDeal(q,PositionGetString(POSITION_SYMBOL),!wasBuy,units,c.link,c.deviation);
   SetRequestPosition(q,ticket);
   q.comment=CharArrayToString(c.comment,0,-1,CP_UTF8);
  }

void FillStops(MqlTradeRequest &q,ulong ticket,const WireCommand &c)
  {
   q.action=TRADE_ACTION_SLTP;
   q.symbol=PositionGetString(POSITION_SYMBOL);
   q.magic =(ulong)c.link;
   q.sl    =OnGrid(q.symbol,c.sl);
   q.tp    =OnGrid(q.symbol,c.tp);
   SetRequestPosition(q,ticket);
  }
#endif
