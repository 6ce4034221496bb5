// What was last reported of each open position and pending order. MetaTrader may show a deal's effect before it calls
// OnTradeTransaction for the deal, so a snapshot may contain a deal whose event is still to come. To count the deal once, it
// is reported only if its position differs from what was last reported.
#ifndef LASTREPORTED_MQH
#define LASTREPORTED_MQH
// The key is a position's identifier, or an order's ticket made negative. The units are those of the position (negative for
// sells), or what is left of the order.
long  reportedKeys[];
long  reportedUnits[];
ulong snapshotDeal=0;  // netting accounts: the newest deal in the last snapshot

void ForgetReported()
  {
   ArrayResize(reportedKeys,0);
   ArrayResize(reportedUnits,0);
   snapshotDeal=0;
  }

long OrderKey(ulong order)
  {
   return(-(long)order);
  }

int FindReported(long key)
  {
   for(int i=ArraySize(reportedKeys)-1; i>=0; i--)
      if(reportedKeys[i]==key)
         return(i);
   return(-1);
  }

// 0 units: the position or order is gone, and its entry is removed.
void SetReported(long key,long units)
  {
   int i=FindReported(key);
   int count=ArraySize(reportedKeys);
   if(units!=0 && i<0)
     {
      ArrayResize(reportedKeys,count+1,64);
      ArrayResize(reportedUnits,count+1,64);
      i=count;
      reportedKeys[i]=key;
     }
   if(units!=0)
      reportedUnits[i]=units;
   else
      if(i>=0)
         RemoveReported(i,count-1);
  }

void RemoveReported(int i,int last)
  {
   reportedKeys[i]=reportedKeys[last];
   reportedUnits[i]=reportedUnits[last];
   ArrayResize(reportedKeys,last,64);
   ArrayResize(reportedUnits,last,64);
  }

long UnitsReported(long key)
  {
   int i=FindReported(key);
   return(i<0 ? 0 : reportedUnits[i]);
  }

long UnitsNow(long key)
  {
   if(key>0)
      return(SelectPosition((ulong)key) ? SelectedUnits() : 0);
   return(OrderSelect((ulong)(-key)) ? UnitsOf(OrderGetDouble(ORDER_VOLUME_CURRENT)) : 0);
  }

// Whether the deal must be reported. If so, it is recorded as reported. Both deals of a position that was opened and closed
// before its events came are reported.
bool RecordDeal(ulong position,uint entry,long units)
  {
   long key=(long)position;
   int i=FindReported(key);
   if(i<0)
     {
      if(entry==WIRE_DEAL_ENTRY_IN)
         SetReported(key,units);
      return(entry==WIRE_DEAL_ENTRY_IN || entry==WIRE_DEAL_ENTRY_INOUT);
     }
   if(reportedUnits[i]==UnitsNow(key))
      return(false);
   SetReported(key,reportedUnits[i]+units);
   return(true);
  }

// The same on a netting account, by the deal's number: two deals may leave the net position unchanged and still change its
// allocations.
bool RecordNetDeal(ulong deal,ulong position,long units)
  {
   if(deal<=snapshotDeal)
      return(false);
   SetReported((long)position,UnitsReported((long)position)+units);
   return(true);
  }
#endif
