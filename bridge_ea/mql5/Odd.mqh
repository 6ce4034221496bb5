// Positions and orders that stand elsewhere than was told: events that a full queue lost, late ones of a login.
#ifndef ODD_MQH
#define ODD_MQH
// What stood elsewhere, how, and at which look that was last so; keys as in Told.mqh.
long oddKeys[];
long oddTold[];
long oddOpen[];
int  oddLooks[];
int  looks=0;

// Whether something stood elsewhere than was told at two looks in a row, and in the same way: somebody who trades fast always
// has some event on its way, but never the same one for so long.
bool IsOddAgain()
  {
   looks++;
   bool again=false;
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      ulong position=PositionAt(i);
      if(position!=0)
         again=(NoteOdd((long)position,SelectedUnits()) || again);
     }
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      ulong order=OrderGetTicket(i);
      if(order!=0 && IsPendingKind(OrderGetInteger(ORDER_TYPE)))
         again=(NoteOdd(OrderKey(order),UnitsOf(OrderGetDouble(ORDER_VOLUME_CURRENT))) || again);
     }
   for(int i=ArraySize(toldKeys)-1; i>=0; i--)
      if(OpenUnits(toldKeys[i])==0)
         again=(NoteOdd(toldKeys[i],0) || again);
   ForgetEven();
   return(again);
  }

// Whether it was so at the last look already.
bool NoteOdd(long key,long open)
  {
   long told=ToldUnits(key);
   if(told==open)
      return(false);
   int i=FindOdd(key);
   bool again=(i>=0 && oddTold[i]==told && oddOpen[i]==open);
   if(i<0)
     {
      i=ArraySize(oddKeys);
      ResizeOdd(i+1);
     }
   SetOdd(i,key,told,open,looks);
   return(again);
  }

int FindOdd(long key)
  {
   for(int i=ArraySize(oddKeys)-1; i>=0; i--)
      if(oddKeys[i]==key)
         return(i);
   return(-1);
  }

void SetOdd(int i,long key,long told,long open,int look)
  {
   oddKeys[i]=key;
   oddTold[i]=told;
   oddOpen[i]=open;
   oddLooks[i]=look;
  }

void ResizeOdd(int count)
  {
   ArrayResize(oddKeys,count,64);
   ArrayResize(oddTold,count,64);
   ArrayResize(oddOpen,count,64);
   ArrayResize(oddLooks,count,64);
  }

// Forgets what was odd at an earlier look only.
void ForgetEven()
  {
   int kept=0;
   int count=ArraySize(oddKeys);
   for(int i=0; i<count; i++)
      if(oddLooks[i]==looks)
        {
         SetOdd(kept,oddKeys[i],oddTold[i],oddOpen[i],oddLooks[i]);
         kept++;
        }
   ResizeOdd(kept);
  }
#endif
