// Platform functions that the files shared with mql5/ need, written for MQL4.
#ifndef COMPAT_MQH
#define COMPAT_MQH
#define PLATFORM 4
#define ZONES_S 43200

datetime timeCurrent=0;      // TimeCurrent() when it last changed
ulong    timeChangedMs=0;    // and when that was
bool     timeMoves=false;    // it has changed since this program started

ulong NowMs()
  {
   return(GetMicrosecondCount()/1000);
  }

// The broker's clock.
datetime TimeTradeServer()
  {
   datetime now=TimeCurrent();
   if(now==0)
      return(0);
   if(now!=timeCurrent)
     {
      timeMoves=(timeMoves || timeCurrent!=0);
      timeCurrent=now;
      timeChangedMs=NowMs();
     }
   // MQL4 has only the time of the newest quote, which stands still while the market is closed. So the clock goes on from
   // its last change.
   datetime carried=(datetime)((long)timeCurrent+(long)((NowMs()-timeChangedMs)/1000));
   // At a start in a closed market nobody knows how long the quote's time has stood still. Then the clock is at least as
   // late as in the westernmost zone.
   datetime least=(datetime)((long)TimeGMT()-ZONES_S);
   return(!timeMoves && carried<least ? least : carried);
  }

long TickTimeMsc(const MqlTick &tick)
  {
   return((long)tick.time*1000);
  }

// A number that changes with each tick of a symbol: MQL4 has no milliseconds, but two ticks within a second differ in their
// prices.
long TickMark(const MqlTick &tick)
  {
   return((long)tick.time*1000+(long)MathRound(tick.bid*100000000.0)*7+(long)MathRound(tick.ask*100000000.0));
  }

uint MarginMode()    { return(WIRE_MARGIN_MODE_HEDGING); }
bool IsNetting()     { return(false); }
bool ClosesInOrder() { return(false); }
double FreeMargin()  { return(AccountFreeMargin()); }

// MQL4 does not say how many digits a currency has.
uint CurrencyDigits()
  {
   return(AccountCurrency()=="JPY" ? 0 : 2);
  }

// The wire uses MQL5's numbers.
uint TradeModeOf(string symbol)
  {
   long mode=SymbolInfoInteger(symbol,SYMBOL_TRADE_MODE);
   if(mode==SYMBOL_TRADE_MODE_DISABLED)
      return(0);
   return(mode==SYMBOL_TRADE_MODE_CLOSEONLY ? 3 : 4);
  }

// MT4 fills an order completely or not at all.
uint FillingModesOf(string symbol)
  {
   return(1);
  }

// MT4's brokers have no such limit.
double VolumeLimitOf(string symbol)
  {
   return(0.0);
  }

// MQL4 cannot reckon a profit.
double CalcValueOf(string symbol,double tick)
  {
   return(0.0);
  }

// 0: currencies, 1: contracts for difference, 2: futures, 3: indices. In MQL5 1 and 2 are the other way round.
uint CalcModeOf(string symbol)
  {
   long mode=SymbolInfoInteger(symbol,SYMBOL_TRADE_CALC_MODE);
   if(mode==1 || mode==2)
      return((uint)(3-mode));
   return((uint)mode);
  }
#endif
