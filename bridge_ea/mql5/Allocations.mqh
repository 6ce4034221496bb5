// How many lots of each netting position belong to each magic number. MetaTrader does not keep that, so it is computed from
// all deals of the account, by magic number and symbol.
#ifndef ALLOCATIONS_MQH
#define ALLOCATIONS_MQH
struct Allocation
  {
   long   magic;
   long   units;
   long   since_msc;
   double price;
   string symbol;
   string comment;
  };
Allocation  allocations[];
string netSymbols[];
long   netUnits[];
ulong  newestDeal=0;
int    dealsRead=0;

// Computes the allocations from the whole history. False if the terminal has no history to read. Units are negative for
// sells.
bool ReadAllocations()
  {
   ArrayResize(allocations,0);
   ArrayResize(netSymbols,0);
   ArrayResize(netUnits,0);
   newestDeal=0;
   if(!HistorySelect(0,TimeTradeServer()+86400))
      return(false);
   dealsRead=HistoryDealsTotal();
   for(int i=0; i<dealsRead; i++)
      ReadDeal(HistoryDealGetTicket(i));
   return(true);
  }

bool HaveNewDealsCome()
  {
   return(HistorySelect(0,TimeTradeServer()+86400) && HistoryDealsTotal()!=dealsRead);
  }

void ReadDeal(ulong deal)
  {
   long type=HistoryDealGetInteger(deal,DEAL_TYPE);
   if(deal==0 || (type!=DEAL_TYPE_BUY && type!=DEAL_TYPE_SELL))
      return;
   if(deal>newestDeal)
      newestDeal=deal;
   string symbol=HistoryDealGetString(deal,DEAL_SYMBOL);
   long units=UnitsOf(HistoryDealGetDouble(deal,DEAL_VOLUME));
   if(type==DEAL_TYPE_SELL)
      units=-units;
   bool flat=(AddToNet(symbol,units)==0);
   if(HistoryDealGetInteger(deal,DEAL_MAGIC)!=0)
      AddToAllocation(deal,symbol,units,flat);
   if(flat && SumOfAllocations(symbol)!=0)
      EndAllocations(symbol);
  }

// The allocation of a link, which has only one symbol.
int FindAllocation(long magic)
  {
   for(int i=ArraySize(allocations)-1; i>=0; i--)
      if(allocations[i].magic==magic)
         return(i);
   return(-1);
  }

// The allocation of any magic number: other programs may trade several symbols under one number.
int FindAllocationOf(long magic,string symbol)
  {
   for(int i=ArraySize(allocations)-1; i>=0; i--)
      if(allocations[i].magic==magic && allocations[i].symbol==symbol)
         return(i);
   return(-1);
  }

// An allocation ends when it reaches zero. A link's also ends when a deal reverses it: somebody closed more than it had. The
// allocation of another program (no "ls:" comment) changes sides instead, unless the deal left the net position flat: that
// was a stop, which closes all allocations under the magic number of one of them.
void AddToAllocation(ulong deal,string symbol,long units,bool flat)
  {
   long magic=HistoryDealGetInteger(deal,DEAL_MAGIC);
   int i=FindAllocationOf(magic,symbol);
   if(i<0)
     {
      BeginAllocation(magic,deal,symbol,units);
      return;
     }
   long left=allocations[i].units+units;
   bool turned=(left!=0 && (left>0)!=(allocations[i].units>0));
   if(left==0 || (turned && (flat || StringFind(allocations[i].comment,"ls:")==0)))
      RemoveAllocation(i);
   else
      allocations[i].units=left;
  }

void BeginAllocation(long magic,ulong deal,string symbol,long units)
  {
   int i=ArraySize(allocations);
   ArrayResize(allocations,i+1,64);
   allocations[i].magic    =magic;
   allocations[i].units    =units;
   allocations[i].since_msc=HistoryDealGetInteger(deal,DEAL_TIME_MSC);
   allocations[i].price    =HistoryDealGetDouble(deal,DEAL_PRICE);
   allocations[i].symbol   =symbol;
   allocations[i].comment  =HistoryDealGetString(deal,DEAL_COMMENT);
  }

void RemoveAllocation(int i)
  {
   int last=ArraySize(allocations)-1;
   allocations[i].magic    =allocations[last].magic;
   allocations[i].units    =allocations[last].units;
   allocations[i].since_msc=allocations[last].since_msc;
   allocations[i].price    =allocations[last].price;
   allocations[i].symbol   =allocations[last].symbol;
   allocations[i].comment  =allocations[last].comment;
   ArrayResize(allocations,last,64);
  }

long SumOfAllocations(string symbol)
  {
   long sum=0;
   for(int i=ArraySize(allocations)-1; i>=0; i--)
      if(allocations[i].symbol==symbol)
         sum+=allocations[i].units;
   return(sum);
  }

void EndAllocations(string symbol)
  {
   for(int i=ArraySize(allocations)-1; i>=0; i--)
      if(allocations[i].symbol==symbol)
         RemoveAllocation(i);
  }

// Adds a deal's units to the symbol's net position and returns the sum.
long AddToNet(string symbol,long units)
  {
   int i=ArraySize(netSymbols)-1;
   while(i>=0 && netSymbols[i]!=symbol)
      i--;
   if(i<0)
     {
      i=ArraySize(netSymbols);
      ArrayResize(netSymbols,i+1,64);
      ArrayResize(netUnits,i+1,64);
      netSymbols[i]=symbol;
      netUnits[i]=0;
     }
   netUnits[i]+=units;
   return(netUnits[i]);
  }

long NetUnits(string symbol)
  {
   return(PositionSelect(symbol) ? SelectedUnits() : 0);
  }

// Whether the deals that were read add up to the positions that the terminal shows. MetaTrader updates the two in either
// order.
bool DealsMatchPositions()
  {
   int open=0;
   for(int i=ArraySize(netSymbols)-1; i>=0; i--)
     {
      if(netUnits[i]!=NetUnits(netSymbols[i]))
         return(false);
      if(netUnits[i]!=0)
         open++;
     }
   return(open==PositionsTotal());
  }
#endif
