// The acting half of the bridge: waits for commands and carries out each one on the thread that received it.
#property service
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
#include "Requests.mqh"
#include "LinkState.mqh"
#include "Commands.mqh"
#include "OrderCommands.mqh"
#include "NetCommands.mqh"

input int CommandsPort=9102;  // port on which the relay sends commands
input int WaitMs      =200;   // longest wait for a command; MetaTrader can stop the service only between two waits

void OnStart()
  {
   CheckLayout();
   bool up=false;
   while(!IsStopped())
     {
      if(!up)
         up=Connect();
      if(up)
         up=(Beat(WIRE_PROGRAM_EXECUTES) && Pass());
      else
         Sleep(200);
     }
   ls_commands_close();
   Print("executor down");
  }

bool Connect()
  {
   BeatAtOnce();
   return(ls_commands_open(CommandsPort)==0);
  }

bool Pass()
  {
   WireCommand c;
   WireQuoteRequest q;
   int got=ls_wait(c,q,WaitMs);
   if(got==WIRE_KIND_COMMAND)
      return(Handle(c));
   if(got==WIRE_KIND_QUOTE_REQUEST)
      return(AnswerQuote(q));
   return(got==0);
  }

// False if the connection to the relay is gone.
bool Handle(const WireCommand &c)
  {
   WireResult r;
   StartAnswer(r,c);
   if(ls_ready()==0 || TerminalInfoInteger(TERMINAL_CONNECTED)==0)
      return(Refuse(r,TRADE_RETCODE_CONNECTION,0,"not connected to the broker"));
   if(c.link<=0 || (c.volume<0 && c.action!=WIRE_ACTION_SET_NET))
      return(Refuse(r,TRADE_RETCODE_INVALID,0,"no such link or volume"));
   switch((int)c.action)
     {
      case WIRE_ACTION_QUERY:
         return(Query(c,r));
      case WIRE_ACTION_SET_STOPS:
         return(SetStops(c,r));
      case WIRE_ACTION_PLACE:
         return(Place(c,r));
      case WIRE_ACTION_SET_ORDER:
      case WIRE_ACTION_DELETE:
         return(SetOrder(c,r));
     }
   if((c.action==WIRE_ACTION_SET_NET)!=IsNetting())
      return(Refuse(r,0,0,"unsupported by this account"));
   return(SetVolume(c,r));
  }

bool SetVolume(const WireCommand &c,WireResult &r)
  {
   switch((int)c.action)
     {
      case WIRE_ACTION_OPEN:
         return(Open(c,r));
      case WIRE_ACTION_SET_VOLUME:
         return(Reduce(c,r,c.volume));
      case WIRE_ACTION_CLOSE:
         return(Reduce(c,r,0));
      case WIRE_ACTION_SET_NET:
         return(SetNet(c,r));
     }
   return(Refuse(r,TRADE_RETCODE_INVALID,0,"unknown action"));
  }
