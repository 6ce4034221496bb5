// What the other side has been told of open positions. A snapshot and the event of a deal may cross: whichever comes second must
// not count on top of the first. So a deal is told only where its position stands elsewhere than was told.
#ifndef TOLD_MQH
#define TOLD_MQH
ulong toldTickets[];
long  toldUnits[];

void ForgetTold()
  {
   ArrayResize(toldTickets,0);
   ArrayResize(toldUnits,0);
  }

int FindTold(ulong ticket)
  {
   for(int i=ArraySize(toldTickets)-1; i>=0; i--)
      if(toldTickets[i]==ticket)
         return(i);
   return(-1);
  }

// 0 units: closed.
void SetTold(ulong ticket,long units)
  {
   int i=FindTold(ticket);
   int count=ArraySize(toldTickets);
   if(units>0 && i<0)
     {
      ArrayResize(toldTickets,count+1,64);
      ArrayResize(toldUnits,count+1,64);
      i=count;
      toldTickets[i]=ticket;
     }
   if(units>0)
      toldUnits[i]=units;
   else
      if(i>=0)
         RemoveTold(i,count-1);
  }

void RemoveTold(int i,int last)
  {
   toldTickets[i]=toldTickets[last];
   toldUnits[i]=toldUnits[last];
   ArrayResize(toldTickets,last,64);
   ArrayResize(toldUnits,last,64);
  }

long OpenUnits(ulong ticket)
  {
   return(SelectPosition(ticket) ? UnitsOf(PositionGetDouble(POSITION_VOLUME)) : 0);
  }

// Whether this deal is news; if so it counts as told from now on. One that opened a position which is gone again is told, and
// so is the one that closed it.
bool TakeDeal(ulong ticket,uint entry,long units)
  {
   int i=FindTold(ticket);
   if(i<0)
     {
      if(entry==WIRE_ENTRY_IN)
         SetTold(ticket,units);
      return(entry==WIRE_ENTRY_IN || entry==WIRE_ENTRY_INOUT);
     }
   if(toldUnits[i]==OpenUnits(ticket))
      return(false);
   SetTold(ticket,entry==WIRE_ENTRY_IN ? toldUnits[i]+units : toldUnits[i]-units);
   return(true);
  }

// Positions that stood elsewhere than was told, how, and at which look that was last so.
ulong oddTickets[];
long  oddTold[];
long  oddOpen[];
int   oddLooks[];
int   looks=0;

// Whether a position stood elsewhere than was told at two looks in a row, and in the same way: somebody who trades fast always
// has some event on its way, but never the same one for so long.
bool IsOddAgain()
  {
   bool again=false;
   looks++;
   for(int i=PositionsTotal()-1; i>=0; i--)
     {
      ulong ticket=PositionTicketAt(i);
      if(ticket!=0)
         again=(NoteOdd(ticket,ToldUnits(ticket),UnitsOf(PositionGetDouble(POSITION_VOLUME))) || again);
     }
   for(int i=ArraySize(toldTickets)-1; i>=0; i--)
      if(OpenUnits(toldTickets[i])==0)
         again=(NoteOdd(toldTickets[i],toldUnits[i],0) || again);
   ForgetEven();
   return(again);
  }

long ToldUnits(ulong ticket)
  {
   int i=FindTold(ticket);
   return(i<0 ? 0 : toldUnits[i]);
  }

// Whether it was so at the last look already.
bool NoteOdd(ulong ticket,long told,long open)
  {
   if(told==open)
      return(false);
   int i=FindOdd(ticket);
   bool again=(i>=0 && oddTold[i]==told && oddOpen[i]==open);
   if(i<0)
     {
      i=ArraySize(oddTickets);
      ResizeOdd(i+1);
     }
   SetOdd(i,ticket,told,open,looks);
   return(again);
  }

int FindOdd(ulong ticket)
  {
   for(int i=ArraySize(oddTickets)-1; i>=0; i--)
      if(oddTickets[i]==ticket)
         return(i);
   return(-1);
  }

void SetOdd(int i,ulong ticket,long told,long open,int look)
  {
   oddTickets[i]=ticket;
   oddTold[i]=told;
   oddOpen[i]=open;
   oddLooks[i]=look;
  }

void ResizeOdd(int count)
  {
   ArrayResize(oddTickets,count,64);
   ArrayResize(oddTold,count,64);
   ArrayResize(oddOpen,count,64);
   ArrayResize(oddLooks,count,64);
  }

// Forgets what was odd at an earlier look only.
void ForgetEven()
  {
   int kept=0;
   int count=ArraySize(oddTickets);
   for(int i=0; i<count; i++)
      if(oddLooks[i]==looks)
        {
         SetOdd(kept,oddTickets[i],oddTold[i],oddOpen[i],oddLooks[i]);
         kept++;
        }
   ResizeOdd(kept);
  }
#endif
