// The events connection, and the frames that are sent at regular times.
#ifndef RELAY_MQH
#define RELAY_MQH
#define TOUCH_MS 60000

bool relayConnected=false;
bool wasConnected=false;
bool failureLogged=false;
ulong unchangedSinceMs=0;
ulong lastHeartbeatMs=0;
ulong lastConnectMs=0;
ulong lastTouchMs=0;
int  lastCount=-1;

// A process that was frozen (SIGSTOP, a paused node) wakes up with its old list of orders, and reads the broker's messages
// only a moment later. Until then commands are refused. A snapshot follows.
void DistrustTerminal()
  {
   snapshotDue=true;
   lastCount=-1;
   ls_set_ready(0);
  }

void Connect(int port)
  {
   if(lastConnectMs!=0 && NowMs()-lastConnectMs<200)
      return;
   lastConnectMs=NowMs();
   int rc=ls_events_open(port);
   ForgetSubscribed();
   BeatAtOnce();
   relayConnected=(rc==0);
   snapshotDue=true;
   if(!relayConnected && !failureLogged)
      Print(StringFormat("no relay on port %d: error %d",port,rc));
   failureLogged=!relayConnected;
  }

void RelayLost()
  {
   relayConnected=false;
   snapshotDue=true;
   lastConnectMs=NowMs();
   Print("relay lost");
  }

// The router's requests to the watching half.
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

bool IsLoggedIn()
  {
   return(IsConnected() && AccountNumber()!=0 && TimeTradeServer()!=0);
  }

bool IsOtherAccount(int only)
  {
   return(only!=0 && AccountNumber()!=only);
  }

// Reports the account. If the terminal is logged in to another account than it may report, only the account's identity is
// sent, so that the agent can give the reason. True if the relay is gone.
bool IsLostWithAccount(bool connected,int only)
  {
   ReadAccount(connected);
   if(IsLoggedIn() && IsOtherAccount(only))
      ReadIdentity();
   if(connected && !snapshotDue && SendNewOperations()!=0)
      return(true);
   return(account.login!=0 && ls_account(account)!=0);
  }

// Whether the terminal shows all orders.
bool IsSettled(int settle_ms,int only)
  {
   bool connected=(IsLoggedIn() && !IsOtherAccount(only));
   if(connected!=wasConnected)
      BrokerConnectionChanged(connected,only);
   if(!connected)
      return(false);
   if(ls_ready()!=0)
      return(true);
   // After a login MetaTrader loads them one by one, without a flag for the end. So they count as complete once their number
   // has not changed for `settle_ms`.
   int count=OrdersTotal()+OrdersHistoryTotal();
   if(count!=lastCount)
     {
      lastCount=count;
      unchangedSinceMs=NowMs();
     }
   if(NowMs()-unchangedSinceMs<(ulong)settle_ms)
      return(false);
   ReadPast();
   ls_set_ready(1);
   return(true);
  }

void BrokerConnectionChanged(bool connected,int only)
  {
   wasConnected=connected;
   ForgetMoney();
   DistrustTerminal();
   if(relayConnected && IsLostWithAccount(connected,only))
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

void Heartbeat(bool settled,int only)
  {
   if(NowMs()-lastHeartbeatMs<1000)
      return;
   lastHeartbeatMs=NowMs();
   TouchLinks();
   if(IsLostWithAccount(settled,only) || (settled && SendQuotes()!=0))
      RelayLost();
  }

// The records of open orders must not expire.
void TouchLinks()
  {
   if(NowMs()-lastTouchMs<TOUCH_MS)
      return;
   lastTouchMs=NowMs();
   for(int i=ArraySize(knownOrders)-1; i>=0; i--)
      if(knownOrders[i].link!=0)
         ls_link_touch(knownOrders[i].ticket,ServerS());
  }

// A quote that is not repeated soon counts as old, so all quotes are sent with each heartbeat. -1 if the connection is gone.
int SendQuotes()
  {
   if(SendTick(Symbol())!=0)
      return(-1);
   string reported_symbols[];
   for(int i=0; i<ArraySize(knownOrders); i++)
     {
      if(!OrderSelect(knownOrders[i].ticket,SELECT_BY_TICKET) || IsAmong(reported_symbols,OrderSymbol()) || OrderSymbol()==Symbol())
         continue;
      int count=ArraySize(reported_symbols);
      ArrayResize(reported_symbols,count+1,16);
      reported_symbols[count]=OrderSymbol();
      if(SendTick(reported_symbols[count])!=0)
         return(-1);
     }
   return(ReportSubscribed());
  }

bool IsAmong(const string &names[],string name)
  {
   for(int i=ArraySize(names)-1; i>=0; i--)
      if(names[i]==name)
         return(true);
   return(false);
  }
#endif
