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

// Whether all open positions stand where they were told to stand.
bool IsAllTold()
  {
   int count=PositionsTotal();
   if(count!=ArraySize(toldTickets))
      return(false);
   for(int i=0; i<count; i++)
     {
      int known=FindTold(PositionTicketAt(i));
      if(known<0 || toldUnits[known]!=UnitsOf(PositionGetDouble(POSITION_VOLUME)))
         return(false);
     }
   return(true);
  }
#endif
