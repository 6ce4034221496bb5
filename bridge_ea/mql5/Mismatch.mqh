// Finds positions and orders that differ from what was last reported, because an event was lost in a full queue or a login
// loaded late.
#ifndef MISMATCH_MQH
#define MISMATCH_MQH
// Each mismatch: its key (as in LastReported.mqh), the reported units, the present units, and the last check that found it.
long mismatchKeys[];
long mismatchReported[];
long mismatchNow[];
int  mismatchChecks[];
int  checks=0;

// Whether two checks in a row found the same mismatch. One check is not enough: on an account that trades fast some event is
// always under way, but never the same one for a whole second.
bool HasLastingMismatch()
  {
   checks++;
   bool again=false;
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      ulong position=PositionAt(i);
      if(position!=0)
         again=(NoteMismatch((long)position,SelectedUnits()) || again);
     }
   for(int i=OrdersTotal()-1; i>=0; i--)
     {
      ulong order=OrderGetTicket(i);
      if(order!=0 && IsPendingKind(OrderGetInteger(ORDER_TYPE)))
         again=(NoteMismatch(OrderKey(order),UnitsOf(OrderGetDouble(ORDER_VOLUME_CURRENT))) || again);
     }
   for(int i=ArraySize(reportedKeys)-1; i>=0; i--)
      if(UnitsNow(reportedKeys[i])==0)
         again=(NoteMismatch(reportedKeys[i],0) || again);
   ForgetResolved();
   return(again);
  }

// Records a mismatch, if there is one. True if the last check found the same.
bool NoteMismatch(long key,long units)
  {
   long reported=UnitsReported(key);
   if(reported==units)
      return(false);
   int i=FindMismatch(key);
   bool again=(i>=0 && mismatchReported[i]==reported && mismatchNow[i]==units);
   if(i<0)
     {
      i=ArraySize(mismatchKeys);
      ResizeMismatches(i+1);
     }
   SetMismatch(i,key,reported,units,checks);
   return(again);
  }

int FindMismatch(long key)
  {
   for(int i=ArraySize(mismatchKeys)-1; i>=0; i--)
      if(mismatchKeys[i]==key)
         return(i);
   return(-1);
  }

void SetMismatch(int i,long key,long reported,long units,int check)
  {
   mismatchKeys[i]=key;
   mismatchReported[i]=reported;
   mismatchNow[i]=units;
   mismatchChecks[i]=check;
  }

void ResizeMismatches(int count)
  {
   ArrayResize(mismatchKeys,count,64);
   ArrayResize(mismatchReported,count,64);
   ArrayResize(mismatchNow,count,64);
   ArrayResize(mismatchChecks,count,64);
  }

// Removes the mismatches that the newest check did not find.
void ForgetResolved()
  {
   int kept=0;
   int count=ArraySize(mismatchKeys);
   for(int i=0; i<count; i++)
      if(mismatchChecks[i]==checks)
        {
         SetMismatch(kept,mismatchKeys[i],mismatchReported[i],mismatchNow[i],mismatchChecks[i]);
         kept++;
        }
   ResizeMismatches(kept);
  }
#endif
