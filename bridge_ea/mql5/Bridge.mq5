// The watching half of the bridge: reports everything that happens on the account to the relay.
#property copyright "Lockstep"
#property version   "1.00"
#property strict
#include "Dialect.mqh"
#include "Dll.mqh"
#include "Compat.mqh"
#include "Beat.mqh"
#include "Quotes.mqh"
#include "Lookup.mqh"
#include "Allocations.mqh"
#include "LastReported.mqh"
#include "Mismatch.mqh"
#include "PendingOrders.mqh"
#include "Symbols.mqh"
#include "Money.mqh"
#include "Account.mqh"
#include "Snapshot.mqh"
#include "Trades.mqh"
#include "Hours.mqh"
#include "Subscriptions.mqh"

input int  EventsPort =9101;  // port on which the relay takes events
input int  TimerMs    =25;    // pause between two passes of the timer
input int  SettleMs   =300;   // how long positions and orders must be unchanged after a login
input long Login      =0;     // the only account this terminal may report; 0: any

#define FROZEN_MS 3000

bool relayConnected=false;
bool snapshotDue=true;
bool wasConnected=false;
bool failureLogged=false;
ulong unchangedSinceMs=0;
ulong lastHeartbeatMs=0;
ulong lastConnectMs=0;
int  lastCount=-1;
ulong lastPassMs=0;

int OnInit()
  {
   CheckLayout();
   ls_set_ready(0);
   ZeroMemory(account);
   if(!EventSetMillisecondTimer(TimerMs))
      return(INIT_FAILED);
   Print(StringFormat("bridge up: events port %d, terminal build %d",EventsPort,TerminalInfoInteger(TERMINAL_BUILD)));
   return(INIT_SUCCEEDED);
  }

void OnDeinit(const int reason)
  {
   EventKillTimer();
   ls_set_ready(0);
   ls_events_close();
   Print(StringFormat("bridge down: reason %d",reason));
  }

ulong NowMs()
  {
   return(GetMicrosecondCount()/1000);
  }

void OnTimer()
  {
   // Counted from the start of one pass to the start of the next, so that a freeze in a pass or between two is noticed.
   ulong now=NowMs();
   if(lastPassMs!=0 && now-lastPassMs>FROZEN_MS)
      DistrustTerminal();
   lastPassMs=now;
   Pass();
  }

// A process that was frozen (SIGSTOP, a paused node) wakes up with its old list of positions, and reads the broker's
// messages only a moment later. Until then the service must refuse commands. A snapshot follows.
void DistrustTerminal()
  {
   snapshotDue=true;
   lastCount=-1;
   ls_set_ready(0);
  }

void Pass()
  {
   if(!relayConnected)
      Connect();
   if(relayConnected && !Beat(WIRE_PROGRAM_WATCHES))
      RelayLost();
   bool settled=IsSettled();
   if(!relayConnected)
      return;
   TakeRequests();
   if(settled && relayConnected && (StreamQuotes()!=0 || ReportChangedSymbols()!=0 || ReportChangedHours()!=0))
      RelayLost();
   if(settled && snapshotDue && relayConnected)
      Snapshot();
   if(relayConnected)
      Heartbeat(settled);
   if(relayConnected && settled && !snapshotDue && SendDueMoney()!=0)
      RelayLost();
  }

// The router's requests to this program.
void TakeRequests()
  {
   WireSubscribe subscribe;
   WireSymbolPage page;
   int asked=ls_poll(subscribe,page);
   for(; asked>0; asked=ls_poll(subscribe,page))
     {
      if(asked==WIRE_KIND_SNAPSHOT_REQUEST)
         snapshotDue=true;
      if(asked==WIRE_KIND_SUBSCRIBE)
         OnSubscribe(subscribe);
      if(asked==WIRE_KIND_SYMBOL_PAGE)
         OnSymbolPage(page);
     }
   if(asked<0)
      RelayLost();
  }

void Connect()
  {
   if(lastConnectMs!=0 && NowMs()-lastConnectMs<200)
      return;
   lastConnectMs=NowMs();
   int rc=ls_events_open(EventsPort);
   ForgetSubscribed();
   BeatAtOnce();
   relayConnected=(rc==0);
   snapshotDue=true;
   if(!relayConnected && !failureLogged)
      Print(StringFormat("no relay on port %d: error %d",EventsPort,rc));
   failureLogged=!relayConnected;
  }

void RelayLost()
  {
   relayConnected=false;
   snapshotDue=true;
   lastConnectMs=NowMs();
   Print("relay lost");
  }

bool IsLoggedIn()
  {
   return(TerminalInfoInteger(TERMINAL_CONNECTED)!=0 && AccountInfoInteger(ACCOUNT_LOGIN)!=0 && TimeTradeServer()!=0);
  }

bool IsOtherAccount()
  {
   return(Login!=0 && AccountInfoInteger(ACCOUNT_LOGIN)!=Login);
  }

bool IsBrokerConnected()
  {
   return(IsLoggedIn() && !IsOtherAccount());
  }

// Reports the account. If the terminal is logged in to another account than it may report, only the account's identity is
// sent, so that the agent can give the reason. True if the relay is gone.
bool IsLostWithAccount(bool connected)
  {
   ReadAccount(connected);
   if(IsLoggedIn() && IsOtherAccount())
      ReadIdentity();
   if(connected && !snapshotDue && SendNewOperations()!=0)
      return(true);
   return(account.login!=0 && ls_account(account)!=0);
  }

// Whether the terminal shows all positions and orders.
bool IsSettled()
  {
   bool connected=IsBrokerConnected();
   if(connected!=wasConnected)
      BrokerConnectionChanged(connected);
   if(!connected)
      return(false);
   if(ls_ready()!=0)
      return(true);
   // After a login MetaTrader loads them one by one, without a flag for the end. So they count as complete once their number
   // has not changed for SettleMs.
   int count=PositionsTotal()+OrdersTotal();
   if(count!=lastCount)
     {
      lastCount=count;
      unchangedSinceMs=NowMs();
     }
   if(NowMs()-unchangedSinceMs<(ulong)SettleMs)
      return(false);
   ls_set_ready(1);
   return(true);
  }

void BrokerConnectionChanged(bool connected)
  {
   wasConnected=connected;
   ForgetMoney();
   DistrustTerminal();
   if(relayConnected && IsLostWithAccount(connected))
      RelayLost();
  }

void Snapshot()
  {
   snapshotDue=!SendSnapshot();
   lastHeartbeatMs=NowMs();
   if(!snapshotDue)
     {
      MakeMoneyDue();
      ForgetReportedHours();
      return;
     }
   TakeRequests();
  }

void Heartbeat(bool settled)
  {
   if(NowMs()-lastHeartbeatMs<1000)
      return;
   lastHeartbeatMs=NowMs();
   if(settled)
      CheckForMismatch();
   if(IsLostWithAccount(settled))
      RelayLost();
   else
      if(settled)
         SendQuotes();
  }

// Finds positions and orders that changed without an event: they were loaded late after a login, or their event was lost.
// MetaTrader drops trade events when more than 1,024 wait (OnTradeTransaction in the MQL5 reference).
void CheckForMismatch()
  {
   if(HasLastingMismatch())
      snapshotDue=true;
  }

// OnTick covers only the chart's symbol, and only while it moves. A quote that is not repeated soon counts as old, so all
// quotes are sent with each heartbeat.
void SendQuotes()
  {
   if(SendTick(Symbol())!=0)
      RelayLost();
   for(int i=0; i<PositionsTotal() && relayConnected; i++)
      if(PositionAt(i)!=0 && PositionGetString(POSITION_SYMBOL)!=Symbol() && SendTick(PositionGetString(POSITION_SYMBOL))!=0)
         RelayLost();
   if(relayConnected && ReportSubscribed()!=0)
      RelayLost();
  }

void OnTick()
  {
   if(relayConnected && ls_ready()!=0 && SendTick(Symbol())!=0)
      RelayLost();
  }

void OnTradeTransaction(const MqlTradeTransaction &trans,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   long seen=ls_now();
   int rc=0;
   switch((int)trans.type)
     {
      case TRADE_TRANSACTION_DEAL_ADD:
         rc=OnDeal(trans,seen);
         break;
      case TRADE_TRANSACTION_DEAL_UPDATE:
         rc=(snapshotDue ? 0 : OnDealChanged(trans.deal));
         break;
      case TRADE_TRANSACTION_POSITION:
         rc=(snapshotDue ? 0 : SendStops(trans,seen));
         break;
      case TRADE_TRANSACTION_ORDER_ADD:
      case TRADE_TRANSACTION_ORDER_UPDATE:
      case TRADE_TRANSACTION_ORDER_DELETE:
      case TRADE_TRANSACTION_HISTORY_ADD:
         rc=OnOrder(trans,seen);
         break;
      case TRADE_TRANSACTION_REQUEST:
         rc=SendOutcome(request,result);
         break;
     }
   if(rc>0)
      snapshotDue=true;
   if(rc<0 && relayConnected)
      RelayLost();
  }

// ORDER_DELETE comes before the order is in the history. HISTORY_ADD follows and reports it.
int OnOrder(const MqlTradeTransaction &trans,long seen)
  {
   if(!IsPendingKind(trans.order_type))
      return(0);
   int rc=SendPendingOrder(trans.order,!snapshotDue,seen);
   return(rc>0 && trans.type==TRADE_TRANSACTION_ORDER_DELETE ? 0 : rc);
  }

// While a snapshot is due, deals are not reported: the snapshot will contain them. Their claims still end. Operations are
// reported together with the figures that include them.
int OnDeal(const MqlTradeTransaction &trans,long seen)
  {
   moneyDue=true;
   if(trans.deal_type!=DEAL_TYPE_BUY && trans.deal_type!=DEAL_TYPE_SELL)
     {
      lastHeartbeatMs=0;
      return(0);
     }
   if(!snapshotDue)
      return(SendDeal(trans,seen));
   if(HistoryDealSelect(trans.deal))
      ls_dealt(HistoryDealGetInteger(trans.deal,DEAL_MAGIC));
   return(0);
  }
