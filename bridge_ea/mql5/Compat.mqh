// What MQL5 got after 2015. MetaQuotes' compiler of that year, which checks the sources (check_mql.sh), does not know these names,
// so only this file uses them.
#ifndef COMPAT_MQH
#define COMPAT_MQH
// The wire names a position by its identifier, since its ticket changes when a netting position is turned around. Trade requests
// need the ticket.
ulong SelectedPosition()
  {
   return((ulong)PositionGetInteger(POSITION_IDENTIFIER));
  }

#ifdef MQL_2015
ulong TransPosition(const MqlTradeTransaction &t)         { return(t.order); }
ulong RequestPosition(const MqlTradeRequest &r)           { return(r.order); }
void  SetRequestPosition(MqlTradeRequest &r,ulong ticket) { r.order=ticket; }
ulong PositionAt(int i)                                   { return(PositionSelect(PositionGetSymbol(i)) ? SelectedPosition() : 0); }
bool  SelectTicket(ulong ticket)                          { return(ticket!=0 && PositionSelect("")); }
ulong SelectedTicket()                                    { return(SelectedPosition()); }
uint  MarginMode()                                        { return(WIRE_MARGIN_MODE_HEDGING); }
uint  CurrencyDigits()                                    { return(2); }
double FreeMargin()                                       { return(AccountInfoDouble(ACCOUNT_FREEMARGIN)); }
long  TickTimeMsc(const MqlTick &tick)                    { return((long)tick.time*1000); }
double DealFee(ulong deal)                                { return(0.0); }
uint  DealReason(ulong deal)                              { return(0); }
ulong OppositePosition(ulong order)                       { return(0); }
bool  ClosesInOrder()                                     { return(false); }
#else
ulong TransPosition(const MqlTradeTransaction &t)         { return(t.position); }
ulong RequestPosition(const MqlTradeRequest &r)           { return(r.position); }
void  SetRequestPosition(MqlTradeRequest &r,ulong ticket) { r.position=ticket; }
ulong PositionAt(int i)                                   { return(PositionGetTicket(i)!=0 ? SelectedPosition() : 0); }
bool  SelectTicket(ulong ticket)                          { return(PositionSelectByTicket(ticket)); }
ulong SelectedTicket()                                    { return((ulong)PositionGetInteger(POSITION_TICKET)); }
uint  MarginMode()                                        { return((uint)AccountInfoInteger(ACCOUNT_MARGIN_MODE)); }
uint  CurrencyDigits()                                    { return((uint)AccountInfoInteger(ACCOUNT_CURRENCY_DIGITS)); }
double FreeMargin()                                       { return(AccountInfoDouble(ACCOUNT_MARGIN_FREE)); }
long  TickTimeMsc(const MqlTick &tick)                    { return(tick.time_msc); }
double DealFee(ulong deal)                                { return(HistoryDealGetDouble(deal,DEAL_FEE)); }
uint  DealReason(ulong deal)                              { return((uint)HistoryDealGetInteger(deal,DEAL_REASON)); }
ulong OppositePosition(ulong order)                       { return((ulong)HistoryOrderGetInteger(order,ORDER_POSITION_BY_ID)); }
bool  ClosesInOrder()                                     { return(AccountInfoInteger(ACCOUNT_FIFO_CLOSE)!=0); }
#endif

bool IsNetting()
  {
   return(MarginMode()!=WIRE_MARGIN_MODE_HEDGING);
  }

// Platform functions that the files shared with mql4/ need, written for MQL5.
#define PLATFORM 5

// A number that changes with each tick of a symbol.
long TickMark(const MqlTick &tick)
  {
   return(TickTimeMsc(tick));
  }

uint TradeModeOf(string symbol)
  {
   return((uint)SymbolInfoInteger(symbol,SYMBOL_TRADE_MODE));
  }

uint FillingModesOf(string symbol)
  {
   return((uint)SymbolInfoInteger(symbol,SYMBOL_FILLING_MODE));
  }

// The most lots of a symbol in one direction, pending orders included; 0: no limit.
double VolumeLimitOf(string symbol)
  {
   return(SymbolInfoDouble(symbol,SYMBOL_VOLUME_LIMIT));
  }

uint CalcModeOf(string symbol)
  {
   return((uint)SymbolInfoInteger(symbol,SYMBOL_TRADE_CALC_MODE));
  }

#define CALC_TICKS 1000
#define CALC_LOTS 100.0
#define LEAST_PROFIT 1.0

// What a tick of one lot is worth by the terminal's own reckoning. 0: not known, as of a symbol without a price.
double CalcValueOf(string symbol,double tick)
  {
   double price=SymbolInfoDouble(symbol,SYMBOL_ASK);
   double lots =SymbolInfoDouble(symbol,SYMBOL_VOLUME_MAX);
   if(price<=0.0 || tick<=0.0 || lots<=0.0)
      return(0.0);
   if(lots>CALC_LOTS)
      lots=CALC_LOTS;
   // A profit is rounded to cents, so it is that of many ticks, yet of no more than half a per cent of the price, with which
   // the rate of the currency may change.
   long ticks=(long)(price/200.0/tick);
   ticks=(ticks<1 ? 1 : (ticks>CALC_TICKS ? CALC_TICKS : ticks));
   double profit=0.0;
   if(!OrderCalcProfit(ORDER_TYPE_BUY,symbol,lots,price,price+ticks*tick,profit) || profit<LEAST_PROFIT)
      return(0.0);
   return(profit/lots/ticks);
  }

int RequestKindOf(const MqlTradeRequest &request)
  {
   switch((int)request.action)
     {
      case TRADE_ACTION_SLTP:
         return(REQUEST_STOPS);
      case TRADE_ACTION_PENDING:
      case TRADE_ACTION_MODIFY:
      case TRADE_ACTION_REMOVE:
         return(REQUEST_ORDER);
     }
   return(REQUEST_VOLUME);
  }
#endif
