// What deals earned and cost, and money that came in or went out without a trade.
#ifndef MONEY_MQH
#define MONEY_MQH
#define MONEY_DAYS 31
#define MOST_MONEY_FRAMES 500
#define MONEY_SETTLE_MS 2000
#define DAY_S 86400
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

// What a deal did to the balance. Credit is no part of it.
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

// Whether the history explains the balance and the credit. MetaTrader updates figures and history in either order. Figures that
// already have a withdrawal of which the history knows nothing yet would look like a loss, so they wait for it, at most
// MONEY_SETTLE_MS: a broker may also change a balance without a deal.
bool IsMoneySettled(ulong now_ms)
  {
   double balance=AccountInfoDouble(ACCOUNT_BALANCE);
   double credit =AccountInfoDouble(ACCOUNT_CREDIT);
   if(!moneyDue && balance==settledBalance && credit==settledCredit)
      return(true);
   bool begun=(moneyFrom!=0);
   long yesterday=(long)TimeTradeServer()-DAY_S;
   if(!begun)
      moneyFrom=yesterday;
   AddUpMoney();
   bool explained=(begun && SameMoney(balance-balanceSum,balanceBefore) && SameMoney(credit-creditSum,creditBefore));
   if(begun && !explained && unsettledSinceMs==0)
      unsettledSinceMs=now_ms;
   if(begun && !explained && now_ms-unsettledSinceMs<MONEY_SETTLE_MS)
      return(false);
   // The history that is added up stays short.
   if(yesterday-moneyFrom>DAY_S)
     {
      moneyFrom=yesterday;
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

// Reports the operations that were not reported yet.
int SendNewOperations()
  {
   if(!operationsDue || !HistorySelect(moneyFrom,TimeTradeServer()+DAY_S))
      return(0);
   operationsDue=false;
   int rc=0;
   ulong told=newestOperation;
   for(int i=0; i<HistoryDealsTotal() && rc==0; i++)
     {
      ulong deal=HistoryDealGetTicket(i);
      if(deal>told && !IsTradeDeal(deal))
         rc=SendOperation(deal);
     }
   return(rc);
  }

// Reports the newest deals and operations of the last MONEY_DAYS: a router that was away does not know them, nor what was booked
// late.
void SendMoneyHistory()
  {
   if(!HistorySelect((long)TimeTradeServer()-MONEY_DAYS*DAY_S,TimeTradeServer()+DAY_S))
      return;
   int total=HistoryDealsTotal();
   ulong deals[];
   ArrayResize(deals,total);
   for(int i=0; i<total; i++)
      deals[i]=HistoryDealGetTicket(i);
   for(int i=(total>MOST_MONEY_FRAMES ? total-MOST_MONEY_FRAMES : 0); i<total; i++)
     {
      if(!HistoryDealSelect(deals[i]))
         continue;
      if(IsTradeDeal(deals[i]))
         SendDealMoney(deals[i]);
      else
         SendOperation(deals[i]);
     }
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
