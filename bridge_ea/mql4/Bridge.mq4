// Both halves of the bridge for MetaTrader 4: a script whose loop carries out commands and watches the account.
#property copyright "Lockstep"
#property version   "1.00"
#property strict
#include "../mql5/Dll.mqh"
#include "LinksDll.mqh"
#include "Compat.mqh"
#include "../mql5/Beat.mqh"
#include "../mql5/Quotes.mqh"
#include "../mql5/Symbols.mqh"
#include "../mql5/Hours.mqh"
#include "../mql5/Subscriptions.mqh"
#include "Errors.mqh"
#include "Tickets.mqh"
#include "Links.mqh"
#include "Known.mqh"
#include "Report.mqh"
#include "Past.mqh"
#include "Money.mqh"
#include "Watch.mqh"
#include "../mql5/Account.mqh"
#include "Snapshot.mqh"
#include "Relay.mqh"
#include "LinkState.mqh"
#include "Send.mqh"
#include "Commands.mqh"

input int EventsPort  =9101;  // port on which the relay takes events
input int CommandsPort=9102;  // port on which the relay sends commands
input int WaitMs      =1;     // longest wait for a command between two looks at the orders
input int PassMs      =25;    // pause between two passes of what is less urgent
input int SettleMs    =300;   // how long the orders must be unchanged after a login
input int Login       =0;     // the only account this terminal may report; 0: any

#define FROZEN_MS 3000
#define TRY_AGAIN_MS 200

bool  commandsOpen=false;
ulong lastTryMs=0;
ulong lastTurnMs=0;
ulong lastPassMs=0;

void OnStart()
  {
   CheckLayout();
   ls_set_ready(0);
   ZeroMemory(account);
   OpenLinks();
   Print(StringFormat("bridge up: events port %d, terminal build %d",EventsPort,TerminalInfoInteger(TERMINAL_BUILD)));
   while(!IsStopped())
      Turn();
   ls_set_ready(0);
   ls_commands_close();
   ls_events_close();
   Print("bridge down");
  }

void Turn()
  {
   // Counted from the start of one turn to the start of the next, so that a freeze at any place in a turn is noticed.
   ulong now=NowMs();
   if(lastTurnMs!=0 && now-lastTurnMs>FROZEN_MS)
      DistrustTerminal();
   lastTurnMs=now;
   TakeCommand();
   if(NowMs()-lastPassMs>=(ulong)PassMs)
     {
      ReportAlive();
      Pass();
      lastPassMs=NowMs();
     }
   if(relayConnected && !snapshotDue && ls_ready()!=0 && IsConnected() && Watch()<0)
      RelayLost();
  }

// One loop does both halves, so both connections get its beats.
void ReportAlive()
  {
   if(!IsBeatDue())
      return;
   if(relayConnected && ls_beat(WIRE_PROGRAM_WATCHES,beats)!=0)
      RelayLost();
   if(commandsOpen && ls_beat(WIRE_PROGRAM_EXECUTES,beats)!=0)
      commandsOpen=false;
  }

// Carries out a command. Without one it waits a moment: a new command ends the wait at once, without a look at the
// connection.
void TakeCommand()
  {
   if(!commandsOpen && NowMs()-lastTryMs>=TRY_AGAIN_MS)
     {
      lastTryMs=NowMs();
      commandsOpen=(ls_commands_listen(CommandsPort)==0);
      BeatAtOnce();
     }
   if(!commandsOpen)
     {
      Sleep(WaitMs);
      return;
     }
   WireCommand c;
   WireQuoteRequest q;
   int got=ls_wait(c,q,WaitMs);
   if(got==WIRE_KIND_COMMAND)
      commandsOpen=Handle(c);
   if(got==WIRE_KIND_QUOTE_REQUEST)
      commandsOpen=AnswerQuote(q);
   if(got<0)
      commandsOpen=false;
  }

// Work that can wait for some milliseconds.
void Pass()
  {
   if(!relayConnected)
      Connect(EventsPort);
   bool settled=IsSettled(SettleMs,Login);
   if(!relayConnected)
      return;
   TakeRequests();
   if(settled && relayConnected && (StreamQuotes()!=0 || ReportChangedSymbols()!=0 || ReportChangedHours()!=0))
      RelayLost();
   if(settled && snapshotDue && relayConnected)
      Snapshot();
   if(relayConnected)
      Heartbeat(settled,Login);
   if(relayConnected && settled && !snapshotDue && SendDueMoney()!=0)
      RelayLost();
  }
