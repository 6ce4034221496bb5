// When a symbol can be traded: the trade sessions of its week, on the broker's clock.
#ifndef HOURS_MQH
#define HOURS_MQH
#define DAYS_OF_WEEK 7
// Sessions of one day. The router takes fewer: if it is sent so many, it works without the symbol's hours.
#define MOST_SESSIONS 17

// Reads a session of a day. False if the day has no session with this index.
bool ReadSession(string symbol,int day,int index,WireSymbolSession &s)
  {
   datetime from=0;
   datetime to=0;
   if(index>=MOST_SESSIONS || !SymbolInfoSessionTrade(symbol,(ENUM_DAY_OF_WEEK)day,(uint)index,from,to))
      return(false);
   s.from_s=(uint)from;
   s.to_s  =(uint)to;
   return(true);
  }

int CountSessions(string symbol,int day)
  {
   WireSymbolSession s;
   int count=0;
   while(ReadSession(symbol,day,count,s))
      count++;
   return(count);
  }

// A number that changes with the hours; never 0.
ulong HoursMark(string symbol)
  {
   ulong mark=1;
   WireSymbolSession s;
   for(int day=0; day<DAYS_OF_WEEK; day++)
     {
      for(int i=0; ReadSession(symbol,day,i,s); i++)
         mark=(mark*1000003+s.from_s)*1000003+s.to_s;
      mark=mark*1000003+7;
     }
   return(mark==0 ? 1 : mark);
  }

// Sends all sessions of a symbol's week, from Sunday's first on. A day without sessions is sent as empty. -1 if the
// connection is gone.
int SendHours(string symbol)
  {
   WireSymbolSession s;
   ZeroMemory(s);
   StringToCharArray(symbol,s.symbol,0,31,CP_UTF8);
   for(int day=0; day<DAYS_OF_WEEK; day++)
     {
      s.day     =(uint)day;
      s.sessions=(uint)CountSessions(symbol,day);
      s.session =0;
      s.from_s  =0;
      s.to_s    =0;
      do
        {
         ReadSession(symbol,day,(int)s.session,s);
         if(ls_symbol_session(s)!=0)
            return(-1);
         s.session++;
        }
      while(s.session<s.sessions);
     }
   return(0);
  }
#endif
