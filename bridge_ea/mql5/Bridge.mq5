// The watching half of the bridge: tells the relay of everything that happens to the account.
#property copyright "Lockstep"
#property version   "1.00"
#property strict
#include "Dialect.mqh"
#include "Link.mqh"
#include "Newer.mqh"
#include "Find.mqh"
#include "Shares.mqh"
#include "Told.mqh"
#include "Odd.mqh"
#include "Pending.mqh"
#include "Snapshot.mqh"
#include "Trades.mqh"

input int  EventsPort =9101;  // where the relay listens for events
input int  TimerMs    =25;    // pause between two looks at the connection
input int  SettleMs   =300;   // how long the positions must stand still after a login
input long Login      =0;     // the account this terminal is for; 0: any

#define ASLEEP_MS 3000

bool linked=false;
bool wanted=true;
bool wasConnected=false;
bool refused=false;
ulong settledSince=0;
ulong lastBeat=0;
ulong lastTry=0;
int  settledCount=-1;
ulong lastTurn=0;

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
   if(lastTurn!=0 && NowMs()-lastTurn>ASLEEP_MS)
      Unsettle();
   Turn();
   lastTurn=NowMs();
  }

// A process that was frozen wakes up with what it knew before; what its broker has told since it reads a moment later. Until then
// nobody may believe it.
void Unsettle()
  {
   wanted=true;
   settledCount=-1;
   ls_set_ready(0);
  }

void Turn()
  {
   if(!linked)
      Connect();
   bool good=IsSettled();
   if(!linked)
      return;
   WireSnapshotRequest request;
   int asked=ls_poll(request);
   if(asked>0)
      wanted=true;
   if(asked<0)
      Lost();
   if(good && wanted && linked)
      Snapshot();
   if(linked)
      Beat(good);
  }

void Connect()
  {
   if(lastTry!=0 && NowMs()-lastTry<200)
      return;
   lastTry=NowMs();
   int rc=ls_events_open(EventsPort);
   linked=(rc==0);
   wanted=true;
   if(!linked && !refused)
      Print(StringFormat("no relay on port %d: error %d",EventsPort,rc));
   refused=!linked;
  }

void Lost()
  {
   linked=false;
   wanted=true;
   lastTry=NowMs();
   Print("relay lost");
  }

bool IsConnected()
  {
   long login=AccountInfoInteger(ACCOUNT_LOGIN);
   return(TerminalInfoInteger(TERMINAL_CONNECTED)!=0 && login!=0 && (Login==0 || login==Login) && TimeTradeServer()!=0);
  }

// Connected, and positions and orders stood still for a while: right after a login they come in one after the other, and the
// terminal has no flag that says when it has them all.
bool IsSettled()
  {
   bool connected=IsConnected();
   if(connected!=wasConnected)
      Changed(connected);
   if(!connected)
      return(false);
   if(ls_ready()!=0)
      return(true);
   int count=PositionsTotal()+OrdersTotal();
   if(count!=settledCount)
     {
      settledCount=count;
      settledSince=NowMs();
     }
   if(NowMs()-settledSince<(ulong)SettleMs)
      return(false);
   ls_set_ready(1);
   return(true);
  }

void Changed(bool connected)
  {
   wasConnected=connected;
   Unsettle();
   ReadAccount(connected);
   if(linked && account.login!=0 && ls_account(account)!=0)
      Lost();
  }

void Snapshot()
  {
   wanted=!SendSnapshot();
   lastBeat=NowMs();
   if(!wanted)
      return;
   WireSnapshotRequest request;
   if(ls_poll(request)<0)
      Lost();
  }

void Beat(bool good)
  {
   if(NowMs()-lastBeat<1000)
      return;
   lastBeat=NowMs();
   if(good)
      Compare();
   ReadAccount(good);
   if(account.login!=0 && ls_account(account)!=0)
      Lost();
   else
      SendQuotes();
  }

// Positions that changed without an event: late ones of a login, events that a full queue lost.
void Compare()
  {
   if(IsOddAgain())
      wanted=true;
  }

// The chart's own symbol tells of its ticks by itself; the symbols of other positions are looked at with each beat.
void SendQuotes()
  {
   for(int i=0; i<PositionsTotal() && linked; i++)
      if(PositionAt(i)!=0 && PositionGetString(POSITION_SYMBOL)!=Symbol() && SendTick(PositionGetString(POSITION_SYMBOL))!=0)
         Lost();
  }

void OnTick()
  {
   if(linked && ls_ready()!=0 && SendTick(Symbol())!=0)
      Lost();
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
      case TRADE_TRANSACTION_POSITION:
         rc=(wanted ? 0 : SendStops(trans,seen));
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
      wanted=true;
   if(rc<0 && linked)
      Lost();
  }

// Where it left the working orders but is not in the history yet, the next transaction tells of it.
int OnOrder(const MqlTradeTransaction &trans,long seen)
  {
   if(!IsPendingKind(trans.order_type))
      return(0);
   int rc=SendPending(trans.order,!wanted,seen);
   return(rc>0 && trans.type==TRADE_TRANSACTION_ORDER_DELETE ? 0 : rc);
  }

// What happens while a snapshot is due will be in it.
int OnDeal(const MqlTradeTransaction &trans,long seen)
  {
   if(trans.deal_type!=DEAL_TYPE_BUY && trans.deal_type!=DEAL_TYPE_SELL)
     {
      lastBeat=0;
      return(0);
     }
   if(!wanted)
      return(SendDeal(trans,seen));
   if(HistoryDealSelect(trans.deal))
      ls_dealt(HistoryDealGetInteger(trans.deal,DEAL_MAGIC));
   return(0);
  }
