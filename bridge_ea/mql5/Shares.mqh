// Whose a netting account's positions are: its whole history, deal by deal, told apart by magic and symbol.
#ifndef SHARES_MQH
#define SHARES_MQH
struct Share
  {
   long   magic;
   long   units;
   long   since_msc;
   double price;
   string symbol;
   string comment;
  };
Share  shares[];
string netSymbols[];
long   netUnits[];
ulong  newestDeal=0;
int    dealsRead=0;

// False where the terminal has no history to tell. Units are signed, sells negative.
bool ReadShares()
  {
   ArrayResize(shares,0);
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

bool HaveDealsCome()
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
      AddToShare(deal,symbol,units,flat);
   if(flat && SumOfShares(symbol)!=0)
      EndShares(symbol);
  }

// A link has one symbol only.
int FindShare(long magic)
  {
   for(int i=ArraySize(shares)-1; i>=0; i--)
      if(shares[i].magic==magic)
         return(i);
   return(-1);
  }

// Other programs may trade several symbols under one number.
int FindShareOf(long magic,string symbol)
  {
   for(int i=ArraySize(shares)-1; i>=0; i--)
      if(shares[i].magic==magic && shares[i].symbol==symbol)
         return(i);
   return(-1);
  }

// A share that comes to nothing, or is turned around by somebody who closed more than it had, is over. Other programs turn their own
// around, but not by what leaves the net position flat (its stop).
void AddToShare(ulong deal,string symbol,long units,bool flat)
  {
   long magic=HistoryDealGetInteger(deal,DEAL_MAGIC);
   int i=FindShareOf(magic,symbol);
   if(i<0)
     {
      BeginShare(magic,deal,symbol,units);
      return;
     }
   long left=shares[i].units+units;
   bool turned=(left!=0 && (left>0)!=(shares[i].units>0));
   if(left==0 || (turned && (flat || StringFind(shares[i].comment,"ls:")==0)))
      RemoveShare(i);
   else
      shares[i].units=left;
  }

void BeginShare(long magic,ulong deal,string symbol,long units)
  {
   int i=ArraySize(shares);
   ArrayResize(shares,i+1,64);
   shares[i].magic    =magic;
   shares[i].units    =units;
   shares[i].since_msc=HistoryDealGetInteger(deal,DEAL_TIME_MSC);
   shares[i].price    =HistoryDealGetDouble(deal,DEAL_PRICE);
   shares[i].symbol   =symbol;
   shares[i].comment  =HistoryDealGetString(deal,DEAL_COMMENT);
  }

void RemoveShare(int i)
  {
   int last=ArraySize(shares)-1;
   shares[i].magic    =shares[last].magic;
   shares[i].units    =shares[last].units;
   shares[i].since_msc=shares[last].since_msc;
   shares[i].price    =shares[last].price;
   shares[i].symbol   =shares[last].symbol;
   shares[i].comment  =shares[last].comment;
   ArrayResize(shares,last,64);
  }

long SumOfShares(string symbol)
  {
   long sum=0;
   for(int i=ArraySize(shares)-1; i>=0; i--)
      if(shares[i].symbol==symbol)
         sum+=shares[i].units;
   return(sum);
  }

void EndShares(string symbol)
  {
   for(int i=ArraySize(shares)-1; i>=0; i--)
      if(shares[i].symbol==symbol)
         RemoveShare(i);
  }

// The symbol's net position after a deal.
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

// Whether the history that was read adds up to the positions that the terminal shows: it may learn of both in either order.
bool AreSharesEven()
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
