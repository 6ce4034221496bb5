// What the other side has been told of open positions and pending orders. A snapshot and the event of a deal may cross: whichever
// comes second must not count on top of the first. So a deal is told only where its position stands elsewhere than was told.
#ifndef TOLD_MQH
#define TOLD_MQH
// Positions by their numbers, orders by theirs made negative. Units of positions are signed, sells negative; of orders they are
// what is left.
long  toldKeys[];
long  toldUnits[];
ulong toldDeal=0;  // on netting accounts: the newest deal that the last snapshot contains

void ForgetTold()
  {
   ArrayResize(toldKeys,0);
   ArrayResize(toldUnits,0);
   toldDeal=0;
  }

long OrderKey(ulong order)
  {
   return(-(long)order);
  }

int FindTold(long key)
  {
   for(int i=ArraySize(toldKeys)-1; i>=0; i--)
      if(toldKeys[i]==key)
         return(i);
   return(-1);
  }

// 0 units: gone.
void SetTold(long key,long units)
  {
   int i=FindTold(key);
   int count=ArraySize(toldKeys);
   if(units!=0 && i<0)
     {
      ArrayResize(toldKeys,count+1,64);
      ArrayResize(toldUnits,count+1,64);
      i=count;
      toldKeys[i]=key;
     }
   if(units!=0)
      toldUnits[i]=units;
   else
      if(i>=0)
         RemoveTold(i,count-1);
  }

void RemoveTold(int i,int last)
  {
   toldKeys[i]=toldKeys[last];
   toldUnits[i]=toldUnits[last];
   ArrayResize(toldKeys,last,64);
   ArrayResize(toldUnits,last,64);
  }

long ToldUnits(long key)
  {
   int i=FindTold(key);
   return(i<0 ? 0 : toldUnits[i]);
  }

long OpenUnits(long key)
  {
   if(key>0)
      return(SelectPosition((ulong)key) ? SelectedUnits() : 0);
   return(OrderSelect((ulong)(-key)) ? UnitsOf(OrderGetDouble(ORDER_VOLUME_CURRENT)) : 0);
  }

// Whether this deal is news; if so it counts as told from now on. One that opened a position which is gone again is told, and
// so is the one that closed it.
bool TakeDeal(ulong position,uint entry,long units)
  {
   long key=(long)position;
   int i=FindTold(key);
   if(i<0)
     {
      if(entry==WIRE_DEAL_ENTRY_IN)
         SetTold(key,units);
      return(entry==WIRE_DEAL_ENTRY_IN || entry==WIRE_DEAL_ENTRY_INOUT);
     }
   if(toldUnits[i]==OpenUnits(key))
      return(false);
   SetTold(key,toldUnits[i]+units);
   return(true);
  }

// The same where positions net: two deals may leave one where it was and still change whose it is, so each counts by itself.
bool TakeNetDeal(ulong deal,ulong position,long units)
  {
   if(deal<=toldDeal)
      return(false);
   SetTold((long)position,ToldUnits((long)position)+units);
   return(true);
  }
#endif
