// Reads the market.
#ifndef QUOTES_MQH
#define QUOTES_MQH
#define FIRST_TICK_MS 200

long ServerTimeMsc()
  {
   return((long)TimeTradeServer()*1000);
  }

// The newest tick of a symbol, and how old it is by the broker's clock. False without a tick.
bool ReadTick(string symbol,MqlTick &tick,long &age_ms)
  {
   if(!SymbolInfoTick(symbol,tick) || tick.bid<=0.0)
      return(false);
   age_ms=ServerTimeMsc()-TickTimeMsc(tick);
   if(age_ms<0)
      age_ms=0;
   return(true);
  }

// Selects a symbol and reads its newest tick. A symbol that was not selected yet has none for a moment: it is waited for.
bool AwaitTick(string symbol,MqlTick &tick,long &age_ms)
  {
   SymbolSelect(symbol,true);
   ulong since=GetMicrosecondCount();
   while(!ReadTick(symbol,tick,age_ms))
     {
      if(IsStopped() || GetMicrosecondCount()-since>FIRST_TICK_MS*1000)
         return(false);
      Sleep(1);
     }
   return(true);
  }

// Whether an opening's limits allow it to be sent now. If not, the answer to the router says why, and by which prices.
bool IsWithinLimits(const WireCommand &c,string symbol,WireResult &r)
  {
   MqlTick tick;
   long age_ms=0;
   if(AwaitTick(symbol,tick,age_ms))
     {
      r.bid=tick.bid;
      r.ask=tick.ask;
     }
   r.retcode=(uint)ls_limit(c,r.bid,r.ask,SymbolInfoDouble(symbol,SYMBOL_POINT),age_ms);
   return(r.retcode==0);
  }
#endif
