// What past orders earned and cost, and money that came in or went out without a trade.
#ifndef MONEY_MQH
#define MONEY_MQH
#define MONEY_DAYS 31
#define MOST_MONEY_FRAMES 500
#define MONEY_SETTLE_MS 2000
#define MONEY_FRAMES_OF_PASS 20
#define DAY_S 86400
#define TYPE_BALANCE 6
#define TYPE_CREDIT 7
bool   moneyBegun=false;      // the history was added up since the login
double balanceSum=0.0;
double creditSum=0.0;
double balanceBefore=0.0;     // the balance less what the history adds up to
double creditBefore=0.0;
double settledBalance=0.0;
double settledCredit=0.0;
ulong  unsettledSinceMs=0;
int    operations[];          // tickets of the operations of the last MONEY_DAYS
int    operationsReported=0;      // how many of them were reported
int    moneyTickets[];        // past orders whose money a snapshot has made due, oldest first
int    moneyLeft=0;           // how many of them are still to be reported

bool IsOperation(int type)
  {
   return(type==TYPE_BALANCE || type==TYPE_CREDIT);
  }

// Reports the selected order, which is a deposit, a withdrawal or another operation.
int SendOperation()
  {
   WireMoneyOperation o;
   ZeroMemory(o);
   o.deal     =(ulong)OrderTicket();
   o.amount   =OrderProfit();
   o.time_msc =(long)OrderOpenTime()*1000;
   o.operation=(OrderType()==TYPE_CREDIT ? WIRE_OPERATION_CREDIT : WIRE_OPERATION_BALANCE);
   StringToCharArray(OrderComment(),o.comment,0,31,CP_UTF8);
   return(ls_operation(o));
  }

void AddOperation(int ticket)
  {
   int count=ArraySize(operations);
   for(int i=count-1; i>=0; i--)
      if(operations[i]==ticket)
         return;
   ArrayResize(operations,count+1,64);
   operations[count]=ticket;
  }

// Adds up the history, and notes its operations.
void AddUpMoney()
  {
   balanceSum=0.0;
   creditSum=0.0;
   long since=ServerS()-MONEY_DAYS*DAY_S;
   for(int i=0; i<OrdersHistoryTotal(); i++)
     {
      if(!OrderSelect(i,SELECT_BY_POS,MODE_HISTORY))
         continue;
      if(IsOperation(OrderType()) && (long)OrderOpenTime()>=since)
         AddOperation(OrderTicket());
      if(OrderType()==TYPE_CREDIT)
         creditSum+=OrderProfit();
      else
         if(!IsPending(OrderType()) || OrderType()==TYPE_BALANCE)
            balanceSum+=OrderProfit()+OrderCommission()+OrderSwap();
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
   double balance=AccountBalance();
   double credit =AccountCredit();
   if(moneyBegun && balance==settledBalance && credit==settledCredit)
      return(true);
   AddUpMoney();
   bool explained=(SameMoney(balance-balanceSum,balanceBefore) && SameMoney(credit-creditSum,creditBefore));
   if(moneyBegun && !explained && unsettledSinceMs==0)
      unsettledSinceMs=now_ms;
   // A withdrawal that the history lacks would look like a loss, so the figures wait for the history. The wait ends,
   // because a broker may also change a balance without any entry.
   if(moneyBegun && !explained && now_ms-unsettledSinceMs<MONEY_SETTLE_MS)
      return(false);
   moneyBegun      =true;
   balanceBefore   =balance-balanceSum;
   creditBefore    =credit-creditSum;
   settledBalance  =balance;
   settledCredit   =credit;
   unsettledSinceMs=0;
   return(true);
  }

// A login brings another history, which is still being loaded.
void ForgetMoney()
  {
   moneyBegun=false;
   unsettledSinceMs=0;
   operationsReported=0;
   ArrayResize(operations,0);
  }

// Reports the operations that were not reported yet. -1 if the connection is gone.
int SendNewOperations()
  {
   for(; operationsReported<ArraySize(operations); operationsReported++)
      if(OrderSelect(operations[operationsReported],SELECT_BY_TICKET) && SendOperation()!=0)
         return(-1);
   return(0);
  }

// For a snapshot: reports all operations that the account's figures have.
void SendAllOperations()
  {
   operationsReported=0;
   SendNewOperations();
  }

// A router that was offline lacks the money of the newest closed orders. It is reported after a snapshot, a part at each
// pass.
void MakeMoneyDue()
  {
   ArrayResize(moneyTickets,0);
   long since=ServerS()-MONEY_DAYS*DAY_S;
   int total=OrdersHistoryTotal();
   for(int i=(total>MOST_MONEY_FRAMES ? total-MOST_MONEY_FRAMES : 0); i<total; i++)
     {
      if(!OrderSelect(i,SELECT_BY_POS,MODE_HISTORY) || OrderType()>OP_SELL || (long)OrderCloseTime()<since)
         continue;
      int count=ArraySize(moneyTickets);
      ArrayResize(moneyTickets,count+1,256);
      moneyTickets[count]=OrderTicket();
     }
   moneyLeft=ArraySize(moneyTickets);
  }

// Reports the money of some past orders, the newest first.
int SendDueMoney()
  {
   int rc=0;
   for(int i=0; i<MONEY_FRAMES_OF_PASS && moneyLeft>0 && rc==0; i++)
     {
      moneyLeft--;
      if(OrderSelect(moneyTickets[moneyLeft],SELECT_BY_TICKET) && OrderCloseTime()!=0)
         rc=SendDealMoney();
     }
   return(rc);
  }
#endif
