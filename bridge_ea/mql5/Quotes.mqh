// Reads and reports the market.
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

// Selects a symbol and reads its newest tick.
bool AwaitTick(string symbol,MqlTick &tick,long &age_ms)
  {
   SymbolSelect(symbol,true);
   // A newly selected symbol has no tick for a moment.
   ulong since=GetMicrosecondCount();
   while(!ReadTick(symbol,tick,age_ms))
     {
      if(IsStopped() || GetMicrosecondCount()-since>FIRST_TICK_MS*1000)
         return(false);
      Sleep(1);
     }
   return(true);
  }

void FillTick(WireTick &t,string symbol,const MqlTick &tick)
  {
   t.bid            =tick.bid;
   t.ask            =tick.ask;
   t.time_msc       =TickTimeMsc(tick);
   t.server_time_msc=ServerTimeMsc();
   StringToCharArray(symbol,t.symbol,0,31,CP_UTF8);
  }

int SendTick(string name)
  {
   MqlTick tick;
   if(!SymbolInfoTick(name,tick))
      return(0);
   WireTick t;
   ZeroMemory(t);
   FillTick(t,name,tick);
   return(ls_tick(t));
  }

// Answers with the newest quote of a symbol, without prices if there is none. False if the connection to the relay is gone.
bool AnswerQuote(const WireQuoteRequest &q)
  {
   string symbol=CharArrayToString(q.symbol,0,-1,CP_UTF8);
   MqlTick tick;
   long age_ms=0;
   WireTick t;
   ZeroMemory(t);
   if(AwaitTick(symbol,tick,age_ms))
      FillTick(t,symbol,tick);
   t.request=q.request;
   return(ls_quote(t)==0);
  }

// Whether an opening's limits allow it to be sent now. If not, the answer to the router has the reason and the prices.
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
