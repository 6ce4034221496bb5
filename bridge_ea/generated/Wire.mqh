// Generated from core/src/lockstep_core/wire/frames.py by `make wire`; do not edit.
#ifndef WIRE_MQH
#define WIRE_MQH
#define WIRE_VERSION 2
#define WIRE_MAX_FRAME 1024
#define WIRE_SIDE_BUY 0
#define WIRE_SIDE_SELL 1
#define WIRE_DEAL_ENTRY_IN 0
#define WIRE_DEAL_ENTRY_OUT 1
#define WIRE_DEAL_ENTRY_INOUT 2
#define WIRE_DEAL_ENTRY_OUT_BY 3
#define WIRE_ACTION_OPEN 1
#define WIRE_ACTION_SET_VOLUME 2
#define WIRE_ACTION_SET_STOPS 3
#define WIRE_ACTION_CLOSE 4
#define WIRE_ACTION_SET_NET 5
#define WIRE_ACTION_QUERY 6
#define WIRE_ACTION_PLACE 7
#define WIRE_ACTION_SET_ORDER 8
#define WIRE_ACTION_DELETE 9
#define WIRE_STAGE_PLACED 1
#define WIRE_STAGE_DONE 2
#define WIRE_STAGE_REJECTED 3
#define WIRE_STAGE_ALREADY_OPEN 4
#define WIRE_STAGE_ALREADY_CLOSED 5
#define WIRE_STAGE_IN_FLIGHT 6
#define WIRE_STAGE_NOTHING 7
#define WIRE_CAPABILITY_NET 1
#define WIRE_CAPABILITY_ORDERS 2
#define WIRE_CAPABILITY_QUOTES 4
#define WIRE_LIMIT_SPREAD 1
#define WIRE_LIMIT_SLIPPAGE 2
#define WIRE_LIMIT_CODE_SPREAD 9001
#define WIRE_LIMIT_CODE_SLIPPAGE 9002
#define WIRE_LIMIT_CODE_QUOTE 9003
#define WIRE_PERMISSION_SAID 1
#define WIRE_PERMISSION_ACCOUNT 2
#define WIRE_PERMISSION_EXPERTS 4
#define WIRE_PERMISSION_AUTOTRADING 8
#define WIRE_PERMISSION_PROGRAM 16
#define WIRE_PERMISSION_FIFO 32
#define WIRE_PROGRAM_WATCHES 1
#define WIRE_PROGRAM_EXECUTES 2
#define WIRE_TRADE_CONTEXT_SAID 1
#define WIRE_TRADE_CONTEXT_BUSY 2
#define WIRE_OPERATION_BALANCE 2
#define WIRE_OPERATION_CREDIT 3
#define WIRE_OPERATION_CHARGE 4
#define WIRE_OPERATION_CORRECTION 5
#define WIRE_OPERATION_BONUS 6
#define WIRE_OPERATION_COMMISSION 7
#define WIRE_OPERATION_COMMISSION_DAILY 8
#define WIRE_OPERATION_COMMISSION_MONTHLY 9
#define WIRE_OPERATION_COMMISSION_AGENT_DAILY 10
#define WIRE_OPERATION_COMMISSION_AGENT_MONTHLY 11
#define WIRE_OPERATION_INTEREST 12
#define WIRE_OPERATION_BUY_CANCELED 13
#define WIRE_OPERATION_SELL_CANCELED 14
#define WIRE_OPERATION_DIVIDEND 15
#define WIRE_OPERATION_DIVIDEND_FRANKED 16
#define WIRE_OPERATION_TAX 17
#define WIRE_MARGIN_MODE_NETTING 0
#define WIRE_MARGIN_MODE_EXCHANGE 1
#define WIRE_MARGIN_MODE_HEDGING 2
#define WIRE_ACCOUNT_TRADE_MODE_DEMO 0
#define WIRE_ACCOUNT_TRADE_MODE_CONTEST 1
#define WIRE_ACCOUNT_TRADE_MODE_REAL 2
#define WIRE_TERMINAL_STATE_PREPARING 1
#define WIRE_TERMINAL_STATE_STARTING 2
#define WIRE_TERMINAL_STATE_AUTHORIZING 3
#define WIRE_TERMINAL_STATE_CONNECTED 4
#define WIRE_TERMINAL_STATE_READY 5
#define WIRE_TERMINAL_STATE_DISCONNECTED 6
#define WIRE_TERMINAL_STATE_FAILED 7
#define WIRE_TERMINAL_STATE_STOPPED 8
#define WIRE_KIND_ACCOUNT 1
#define WIRE_SIZE_ACCOUNT 248
struct WireAccount
  {
   long login;
   double balance;
   double equity;
   double margin_free;
   long server_time_msc;
   long sent_ns;
   uint leverage;
   uint margin_mode;
   uint connected;
   uint trade_allowed;
   uint build;
   uint platform;
   uint currency_digits;
   uint capabilities;
   uint trade_mode;
   uint reserved;
   uchar currency[16];
   uchar server[64];
   uchar company[64];
   double credit;
   uint permissions;
   uint reserved_2;
  };
#define WIRE_KIND_SYMBOL 2
#define WIRE_SIZE_SYMBOL 176
struct WireSymbol
  {
   double contract_size;
   double point;
   double tick_size;
   double tick_value;
   long volume_min;
   long volume_max;
   long volume_step;
   uint digits;
   uint stops_level;
   uint freeze_level;
   uint trade_mode;
   uint filling;
   uint calc_mode;
   uchar symbol[32];
   uchar currency_base[16];
   uchar currency_profit[16];
   uchar currency_margin[16];
   long volume_limit;
   double calc_value;
  };
#define WIRE_KIND_POSITION 3
#define WIRE_SIZE_POSITION 144
struct WirePosition
  {
   ulong ticket;
   long magic;
   long volume;
   double price;
   double sl;
   double tp;
   long time_msc;
   long age_ms;
   uint side;
   uint allocation;
   uchar symbol[32];
   uchar comment[32];
   long link;
  };
#define WIRE_KIND_SNAPSHOT_BEGIN 4
#define WIRE_SIZE_SNAPSHOT_BEGIN 16
struct WireSnapshotBegin
  {
   long sent_ns;
   uint positions;
   uint symbols;
  };
#define WIRE_KIND_SNAPSHOT_END 5
#define WIRE_SIZE_SNAPSHOT_END 16
struct WireSnapshotEnd
  {
   long sent_ns;
   uint positions;
   uint symbols;
  };
#define WIRE_KIND_TRADE 6
#define WIRE_SIZE_TRADE 160
struct WireTrade
  {
   ulong deal;
   ulong order;
   ulong position;
   long magic;
   long volume;
   double price;
   double sl;
   double tp;
   long time_msc;
   long seen_ns;
   uint side;
   uint entry;
   uchar symbol[32];
   uchar comment[32];
   long link;
  };
#define WIRE_KIND_STOPS 7
#define WIRE_SIZE_STOPS 80
struct WireStops
  {
   ulong position;
   long magic;
   double sl;
   double tp;
   long time_msc;
   long seen_ns;
   uchar symbol[32];
  };
#define WIRE_KIND_RESULT 8
#define WIRE_SIZE_RESULT 152
struct WireResult
  {
   ulong command;
   long link;
   ulong request;
   ulong order;
   ulong deal;
   ulong position;
   long volume;
   double price;
   long received_ns;
   long called_ns;
   long answered_ns;
   uint stage;
   uint action;
   uint retcode;
   uint error;
   uchar comment[32];
   double bid;
   double ask;
  };
#define WIRE_KIND_TICK 9
#define WIRE_SIZE_TICK 80
struct WireTick
  {
   double bid;
   double ask;
   long time_msc;
   long seen_ns;
   uchar symbol[32];
   long server_time_msc;
   ulong request;
  };
#define WIRE_KIND_STATE 10
#define WIRE_SIZE_STATE 208
struct WireState
  {
   long since_ns;
   uint state;
   uint reserved;
   uchar reason[32];
   uchar message[160];
  };
#define WIRE_KIND_PENDING_ORDER 11
#define WIRE_SIZE_PENDING_ORDER 176
struct WirePendingOrder
  {
   ulong ticket;
   long magic;
   long volume;
   long left;
   double price;
   double limit;
   double sl;
   double tp;
   long expires_msc;
   long age_ms;
   long time_msc;
   long seen_ns;
   uint order_kind;
   uint working;
   uchar symbol[32];
   uchar comment[32];
   long link;
  };
#define WIRE_KIND_SYMBOL_SESSION 12
#define WIRE_SIZE_SYMBOL_SESSION 56
struct WireSymbolSession
  {
   uint day;
   uint session;
   uint sessions;
   uint from_s;
   uint to_s;
   uint quotes;
   uchar symbol[32];
  };
#define WIRE_KIND_DEAL_MONEY 13
#define WIRE_SIZE_DEAL_MONEY 144
struct WireDealMoney
  {
   ulong deal;
   ulong position;
   ulong order;
   ulong closes;
   long magic;
   long link;
   long time_msc;
   double profit;
   double commission;
   double swap;
   double fee;
   uint entry;
   uint reason;
   uchar symbol[32];
   long volume;
   double price;
  };
#define WIRE_KIND_MONEY_OPERATION 14
#define WIRE_SIZE_MONEY_OPERATION 64
struct WireMoneyOperation
  {
   ulong deal;
   double amount;
   long time_msc;
   uint operation;
   uint reserved;
   uchar comment[32];
  };
#define WIRE_KIND_SYMBOL_PAGE_END 15
#define WIRE_SIZE_SYMBOL_PAGE_END 24
struct WireSymbolPageEnd
  {
   ulong request;
   uint first;
   uint count;
   uint total;
   uint reserved;
  };
#define WIRE_KIND_PROGRAM_BEAT 16
#define WIRE_SIZE_PROGRAM_BEAT 32
struct WireProgramBeat
  {
   ulong counter;
   long sent_ns;
   uint program;
   uint chart;
   uint trade_context;
   uint reserved;
  };
#define WIRE_KIND_COMMAND 32
#define WIRE_SIZE_COMMAND 192
struct WireCommand
  {
   ulong command;
   long link;
   ulong position;
   long volume;
   double price;
   double sl;
   double tp;
   double limit;
   long expected;
   long expires_msc;
   long sent_ns;
   uint action;
   uint side;
   uint deviation;
   uint target_id;
   uchar symbol[32];
   uchar comment[32];
   double reference_price;
   uint max_spread;
   uint max_slippage;
   uint limits;
   uint reserved;
  };
#define WIRE_KIND_SNAPSHOT_REQUEST 33
#define WIRE_SIZE_SNAPSHOT_REQUEST 8
struct WireSnapshotRequest
  {
   ulong request;
  };
#define WIRE_KIND_SUBSCRIBE 34
#define WIRE_SIZE_SUBSCRIBE 40
struct WireSubscribe
  {
   uint wanted;
   uint reserved;
   uchar symbol[32];
  };
#define WIRE_KIND_QUOTE_REQUEST 35
#define WIRE_SIZE_QUOTE_REQUEST 40
struct WireQuoteRequest
  {
   ulong request;
   uchar symbol[32];
  };
#define WIRE_KIND_SYMBOL_PAGE 36
#define WIRE_SIZE_SYMBOL_PAGE 48
struct WireSymbolPage
  {
   ulong request;
   uint first;
   uint most;
   uchar symbol[32];
  };
#endif
