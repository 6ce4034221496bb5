// What deals earned and cost, and money that came in or went out without a trade.
#ifndef MONEY_MQH
#define MONEY_MQH
#define MONEY_DAYS 31
#define MOST_MONEY_FRAMES 500
#define MOST_OPERATIONS 4096
#define MONEY_SETTLE_MS 2000
#define MONEY_FRAMES_OF_PASS 20
#define DAY_S 86400
#define HOUR_S 3600
long   moneyFrom=0;          // where the history that is added up begins; 0: nothing was added up since the login
bool   moneyDue=true;        // a deal came since the history was added up
bool   operationsDue=false;  // the history was added up since operations were reported
double balanceSum=0.0;
double creditSum=0.0;
double balanceBefore=0.0;    // the balance less what the deals since moneyFrom add up to
double creditBefore=0.0;
double settledBalance=0.0;
double settledCredit=0.0;
ulong  unsettledSinceMs=0;
ulong  newestOperation=0;
ulong  operations[];         // the operations of the last MONEY_DAYS
ulong  moneyTickets[];       // the deals whose money a snapshot has made due, oldest first
int    moneyLeft=0;          // how many of them are still to be reported

bool IsTradeDeal(ulong deal)
  {
   long type=HistoryDealGetInteger(deal,DEAL_TYPE);
   return(type==DEAL_TYPE_BUY || type==DEAL_TYPE_SELL);
  }

int SendDealMoney(ulong deal)
  {
   WireDealMoney m;
   ZeroMemory(m);
   m.deal      =deal;
   m.position  =(ulong)HistoryDealGetInteger(deal,DEAL_POSITION_ID);
   m.order     =(ulong)HistoryDealGetInteger(deal,DEAL_ORDER);
   m.magic     =HistoryDealGetInteger(deal,DEAL_MAGIC);
   m.time_msc  =HistoryDealGetInteger(deal,DEAL_TIME_MSC);
   m.profit    =HistoryDealGetDouble(deal,DEAL_PROFIT);
   m.commission=HistoryDealGetDouble(deal,DEAL_COMMISSION);
   m.swap      =HistoryDealGetDouble(deal,DEAL_SWAP);
   m.fee       =DealFee(deal);
   m.entry     =(uint)HistoryDealGetInteger(deal,DEAL_ENTRY);
   m.reason    =DealReason(deal);
   m.volume    =UnitsOf(HistoryDealGetDouble(deal,DEAL_VOLUME))*(HistoryDealGetInteger(deal,DEAL_TYPE)==DEAL_TYPE_SELL ? -1 : 1);
   m.price     =HistoryDealGetDouble(deal,DEAL_PRICE);
   StringToCharArray(HistoryDealGetString(deal,DEAL_SYMBOL),m.symbol,0,31,CP_UTF8);
   if(m.entry==WIRE_DEAL_ENTRY_OUT_BY && HistoryOrderSelect(m.order))
      m.closes=OppositePosition(m.order);
   return(ls_deal_money(m));
  }

int SendOperation(ulong deal)
  {
   WireMoneyOperation o;
   ZeroMemory(o);
   o.deal     =deal;
   o.amount   =HistoryDealGetDouble(deal,DEAL_PROFIT);
   o.time_msc =HistoryDealGetInteger(deal,DEAL_TIME_MSC);
   o.operation=(uint)HistoryDealGetInteger(deal,DEAL_TYPE);
   StringToCharArray(HistoryDealGetString(deal,DEAL_COMMENT),o.comment,0,31,CP_UTF8);
   if(deal>newestOperation)
      newestOperation=deal;
   return(ls_operation(o));
  }

// A deal's effect on the balance. Credit is not part of the balance.
double MoneyOf(ulong deal)
  {
   return(HistoryDealGetDouble(deal,DEAL_PROFIT)+HistoryDealGetDouble(deal,DEAL_COMMISSION)
          +HistoryDealGetDouble(deal,DEAL_SWAP)+DealFee(deal));
  }

void AddUpMoney()
  {
   balanceSum=0.0;
   creditSum=0.0;
   if(!HistorySelect(moneyFrom,TimeTradeServer()+DAY_S))
      return;
   for(int i=0; i<HistoryDealsTotal(); i++)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(HistoryDealGetInteger(deal,DEAL_TYPE)==WIRE_OPERATION_CREDIT)
         creditSum+=HistoryDealGetDouble(deal,DEAL_PROFIT);
      else
         balanceSum+=MoneyOf(deal);
     }
  }

bool SameMoney(double a,double b)
  {
   double half=0.5;
   for(uint i=0; i<CurrencyDigits(); i++)
      half/=10.0;
   return(MathAbs(a-b)<half);
  }

// Whether the history explains the balance and the credit, or has had MONEY_SETTLE_MS to do so.
bool IsMoneySettled(ulong now_ms)
  {
   double balance=AccountInfoDouble(ACCOUNT_BALANCE);
   double credit =AccountInfoDouble(ACCOUNT_CREDIT);
   if(!moneyDue && balance==settledBalance && credit==settledCredit)
      return(true);
   bool begun=(moneyFrom!=0);
   long lately=(long)TimeTradeServer()-HOUR_S;
   if(!begun)
     {
      FindOperations();
      moneyFrom=lately;
     }
   AddUpMoney();
   bool explained=(begun && SameMoney(balance-balanceSum,balanceBefore) && SameMoney(credit-creditSum,creditBefore));
   if(begun && !explained && unsettledSinceMs==0)
      unsettledSinceMs=now_ms;
   // MetaTrader updates figures and history in either order. A withdrawal that the history lacks would look like a loss, so
   // the figures wait for the history. The wait ends, because a broker may also change a balance without a deal.
   if(begun && !explained && now_ms-unsettledSinceMs<MONEY_SETTLE_MS)
      return(false);
   if(begun && !explained)
      FindOperations();
   // Moves the start of the summed history forward, to keep it short.
   if(lately-moneyFrom>HOUR_S)
     {
      moneyFrom=lately;
      AddUpMoney();
     }
   balanceBefore   =balance-balanceSum;
   creditBefore    =credit-creditSum;
   settledBalance  =balance;
   settledCredit   =credit;
   unsettledSinceMs=0;
   moneyDue        =false;
   operationsDue   =true;
   return(true);
  }

// After a login the history is another one: another account's, or one that is still being loaded.
void ForgetMoney()
  {
   moneyFrom=0;
   moneyDue=true;
   operationsDue=false;
   unsettledSinceMs=0;
   newestOperation=0;
  }

void AddOperation(ulong deal)
  {
   int count=ArraySize(operations);
   for(int i=count-1; i>=0; i--)
      if(operations[i]==deal)
         return;
   if(count>=MOST_OPERATIONS)
     {
      // The oldest operation is dropped, since a program may run for months between two logins.
      for(int i=1; i<count; i++)
         operations[i-1]=operations[i];
      count--;
     }
   ArrayResize(operations,count+1,64);
   operations[count]=deal;
  }

// Searches the history since a time for operations.
void FindOperationsSince(long from_s)
  {
   if(!HistorySelect(from_s,TimeTradeServer()+DAY_S))
      return;
   for(int i=0; i<HistoryDealsTotal(); i++)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(!IsTradeDeal(deal))
         AddOperation(deal);
     }
  }

void FindOperations()
  {
   ArrayResize(operations,0);
   FindOperationsSince((long)TimeTradeServer()-MONEY_DAYS*DAY_S);
  }

// Reports the operations with numbers above `last`.
int SendOperations(ulong last)
  {
   int rc=0;
   for(int i=0; i<ArraySize(operations) && rc==0; i++)
      if(operations[i]>last && HistoryDealSelect(operations[i]))
         rc=SendOperation(operations[i]);
   return(rc);
  }

// Searches for operations since the last search. Returns whether there may be any.
bool FindNewOperations()
  {
   if(!operationsDue)
      return(false);
   operationsDue=false;
   FindOperationsSince(moneyFrom);
   return(true);
  }

// Reports the operations that were not reported yet.
int SendNewOperations()
  {
   return(FindNewOperations() ? SendOperations(newestOperation) : 0);
  }

// For a snapshot: reports all operations that the account's figures have.
void SendAllOperations()
  {
   FindNewOperations();
   SendOperations(0);
  }

// A router that was offline lacks the money of the newest deals and late bookings. It is reported after a snapshot, a part
// at each pass: a snapshot of a busy account must be short, because a deal during it makes it incomplete.
void MakeMoneyDue()
  {
   moneyLeft=0;
   if(!HistorySelect((long)TimeTradeServer()-MONEY_DAYS*DAY_S,TimeTradeServer()+DAY_S))
      return;
   int total=HistoryDealsTotal();
   moneyLeft=(total>MOST_MONEY_FRAMES ? MOST_MONEY_FRAMES : total);
   ArrayResize(moneyTickets,moneyLeft);
   for(int i=0; i<moneyLeft; i++)
      moneyTickets[i]=HistoryDealGetTicket(total-moneyLeft+i);
  }

// Reports the money of some deals, the newest first.
int SendDueMoney()
  {
   int rc=0;
   for(int i=0; i<MONEY_FRAMES_OF_PASS && moneyLeft>0 && rc==0; i++)
     {
      moneyLeft--;
      if(HistoryDealSelect(moneyTickets[moneyLeft]) && IsTradeDeal(moneyTickets[moneyLeft]))
         rc=SendDealMoney(moneyTickets[moneyLeft]);
     }
   return(rc);
  }

// A deal was changed: commission, swap or fee were booked after it.
int OnDealChanged(ulong deal)
  {
   moneyDue=true;
   if(!HistoryDealSelect(deal))
      return(0);
   return(IsTradeDeal(deal) ? SendDealMoney(deal) : SendOperation(deal));
  }
#endif
