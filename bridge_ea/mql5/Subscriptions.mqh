// The symbols whose quotes the router wants, in addition to the chart's symbol and those of open positions.
#ifndef SUBSCRIPTIONS_MQH
#define SUBSCRIPTIONS_MQH
#define MOST_SUBSCRIBED 256
#define LOOKED_AT_PER_PASS 16

string subscribed[];
long   reportedMark[];     // the mark of the tick that was told last
ulong  reportedHours[];    // the mark of the hours that were told last, 0: none yet
int    nextToLookAt=0;
int    nextHours=0;

int FindSubscribed(string symbol)
  {
   for(int i=ArraySize(subscribed)-1; i>=0; i--)
      if(subscribed[i]==symbol)
         return(i);
   return(-1);
  }

void ResizeSubscribed(int count)
  {
   ArrayResize(subscribed,count,64);
   ArrayResize(reportedMark,count,64);
   ArrayResize(reportedHours,count,64);
  }

// A new connection of the relay begins without subscriptions.
void ForgetSubscribed()
  {
   ResizeSubscribed(0);
  }

// Adds a symbol to the subscribed ones, or removes it.
void OnSubscribe(const WireSubscribe &s)
  {
   string symbol=CharArrayToString(s.symbol,0,-1,CP_UTF8);
   int i=FindSubscribed(symbol);
   int count=ArraySize(subscribed);
   if(s.wanted!=0 && i<0 && count<MOST_SUBSCRIBED && SymbolSelect(symbol,true))
     {
      ResizeSubscribed(count+1);
      subscribed[count]=symbol;
      reportedMark[count]  =0;
      reportedHours[count] =0;
     }
   if(s.wanted!=0 || i<0)
      return;
   // The symbol stays selected, because the account's owner may be looking at it.
   subscribed[i]=subscribed[count-1];
   reportedMark[i]  =reportedMark[count-1];
   reportedHours[i] =reportedHours[count-1];
   ResizeSubscribed(count-1);
  }

// Sends the quotes that changed, of a few symbols in each pass. -1 if the connection is gone.
int StreamQuotes()
  {
   int count=ArraySize(subscribed);
   for(int n=0; n<LOOKED_AT_PER_PASS && n<count; n++)
     {
      nextToLookAt=(nextToLookAt+1)%count;
      if(SendChangedTick(nextToLookAt)!=0)
         return(-1);
     }
   return(0);
  }

int SendChangedTick(int i)
  {
   MqlTick tick;
   if(!SymbolInfoTick(subscribed[i],tick) || TickMark(tick)==reportedMark[i])
      return(0);
   reportedMark[i]=TickMark(tick);
   return(SendTick(subscribed[i]));
  }

// Sends when symbols can be traded: each once after a snapshot, and again when that has changed. Each pass checks one
// symbol. -1 if the connection is gone.
int ReportChangedHours()
  {
   int count=ArraySize(subscribed);
   if(count==0)
      return(0);
   nextHours=(nextHours+1)%count;
   ulong mark=HoursMark(subscribed[nextHours]);
   if(mark==reportedHours[nextHours])
      return(0);
   reportedHours[nextHours]=mark;
   return(SendHours(subscribed[nextHours]));
  }

// A router that asks for a snapshot may not know what was sent before.
void ForgetReportedHours()
  {
   for(int i=ArraySize(reportedHours)-1; i>=0; i--)
      reportedHours[i]=0;
  }

// Sends all quotes, so that none gets old while its market is quiet. -1 if the connection is gone.
int ReportSubscribed()
  {
   for(int i=ArraySize(subscribed)-1; i>=0; i--)
      if(SendTick(subscribed[i])!=0)
         return(-1);
   return(0);
  }
#endif
