// The functions of lockstep.dll, and the conversions that both programs need for its frames.
#ifndef DLL_MQH
#define DLL_MQH
#include "../generated/Wire.mqh"
// What a request changes: RequestKind in dll/inflight.hpp.
#define REQUEST_VOLUME 0
#define REQUEST_STOPS  1
#define REQUEST_ORDER  2
#import "lockstep.dll"
long ls_now();
int  ls_events_open(int port);
void ls_events_close();
int  ls_commands_open(int port);
void ls_commands_close();
int  ls_account(const WireAccount &frame);
int  ls_symbol(const WireSymbol &frame);
int  ls_symbol_session(const WireSymbolSession &frame);
int  ls_symbol_page_end(const WireSymbolPageEnd &frame);
int  ls_position(const WirePosition &frame);
int  ls_snapshot_begin(int positions,int symbols);
int  ls_snapshot_end(int positions,int symbols);
int  ls_trade(const WireTrade &frame);
int  ls_stops(const WireStops &frame);
int  ls_order(const WirePendingOrder &frame);
int  ls_deal_money(const WireDealMoney &frame);
int  ls_operation(const WireMoneyOperation &frame);
int  ls_tick(const WireTick &frame);
int  ls_outcome(const WireResult &frame);
int  ls_poll(WireSubscribe &subscribe,WireSymbolPage &page);
int  ls_wait(WireCommand &command,WireQuoteRequest &quote,int timeout_ms);
int  ls_quote(const WireTick &frame);
int  ls_beat(int program,ulong counter);
long ls_received();
int  ls_result(const WireResult &frame);
int  ls_limit(const WireCommand &command,double bid,double ask,double point,long age_ms);
int  ls_claim(long link,int action,uint target_id);
int  ls_in_flight(long link,int kind);
long ls_claimed_ns(long link,int kind);
int  ls_blocking(long link);
void ls_answered(long link,int kind);
void ls_dealt(long link);
void ls_release(long link,int kind);
void ls_order_gone(long link);
void ls_set_ready(int ready);
int  ls_ready();
#import

// Checks the frames' sizes at compile time. MQL has no static_assert, but a second 'case 0' is an error in MQL and in C++.
void CheckLayout()
  {
   int x=1;
   switch(x)
     {
      case 0:
         break;
      case (sizeof(WireTrade)==WIRE_SIZE_TRADE && sizeof(WireResult)==WIRE_SIZE_RESULT && sizeof(WireCommand)==WIRE_SIZE_COMMAND
            && sizeof(WireAccount)==WIRE_SIZE_ACCOUNT && sizeof(WireSymbol)==WIRE_SIZE_SYMBOL && sizeof(WirePosition)==WIRE_SIZE_POSITION
            && sizeof(WireStops)==WIRE_SIZE_STOPS && sizeof(WireTick)==WIRE_SIZE_TICK && sizeof(WireSubscribe)==WIRE_SIZE_SUBSCRIBE
            && sizeof(WireSymbolPage)==WIRE_SIZE_SYMBOL_PAGE && sizeof(WireQuoteRequest)==WIRE_SIZE_QUOTE_REQUEST
            && sizeof(WireSymbolPageEnd)==WIRE_SIZE_SYMBOL_PAGE_END && sizeof(WireDealMoney)==WIRE_SIZE_DEAL_MONEY
            && sizeof(WireMoneyOperation)==WIRE_SIZE_MONEY_OPERATION && sizeof(WireSymbolSession)==WIRE_SIZE_SYMBOL_SESSION
            && sizeof(WirePendingOrder)==WIRE_SIZE_PENDING_ORDER):
         break;
     }
  }

// The wire has lots as whole units of 1e-8.
long UnitsOf(double lots)
  {
   return((long)MathRound(lots*100000000.0));
  }

double LotsOf(long units)
  {
   return(NormalizeDouble(units/100000000.0,8));
  }

bool SamePrice(double a,double b,double point)
  {
   return(MathAbs(a-b)<(point>0.0 ? point/2.0 : 0.0000000001));
  }
#endif
