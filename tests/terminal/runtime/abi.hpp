// The interface between the terminal and a program module (.ex5). It has plain data and pure virtuals only: the two link their
// own C++ library, so no library type and no exception may cross from one to the other.
#pragma once
#include <cstdint>

namespace mql {

struct Account {
    int64_t login, leverage, margin_mode, trade_mode, digits;
    double balance, equity, margin_free, credit;
    bool trade_allowed, fifo;
    wchar_t currency[16], server[64], company[64];
};

struct Symbol {
    wchar_t name[32], currency_base[16], currency_profit[16], currency_margin[16];
    double contract_size, point, tick_size, tick_value, volume_min, volume_max, volume_step, volume_limit;
    double profit_rate;  // what one unit of the profit currency is worth in the account's
    int64_t digits, stops_level, freeze_level, trade_mode, filling, expiration, calc_mode;
};

// When a symbol can be traded on a day of the week, in seconds of the day.
struct Session {
    int64_t day, from_s, to_s;
};

struct Quote {
    double bid, ask;
    int64_t time_msc;
};

struct Position {
    uint64_t ticket, identifier;
    int64_t magic, time_msc, side;
    double volume, price, sl, tp;
    wchar_t symbol[32], comment[32];
};

struct Deal {
    uint64_t ticket, order, position;
    int64_t magic, time_msc, side, entry, reason;  // `side` is ENUM_DEAL_TYPE
    double volume, price, sl, tp, profit, commission, swap, fee;
    wchar_t symbol[32], comment[32];
};

struct Order {
    uint64_t ticket;
    int64_t magic, type, state, placed_msc, expires_s;
    double volume, left, price, limit, sl, tp;
    wchar_t symbol[32], comment[32];
};

// An order of MT4: a position, a pending order, a past one of either, or an operation of the account.
struct Ticket {
    int64_t ticket, type, magic, opened_s, closed_s, expires_s;
    double lots, open_price, close_price, sl, tp, profit, commission, swap;
    wchar_t symbol[32], comment[32];
};

struct Request {
    int action, type, type_filling, type_time;
    uint64_t magic, position, order;
    double volume, price, stoplimit, sl, tp;
    uint64_t deviation;
    int64_t expiration;
    wchar_t symbol[32], comment[32];
};

struct Answer {
    uint32_t retcode, request_id;
    int error;
    uint64_t deal, order;
    double volume, price;
    wchar_t comment[64];
};

struct Transaction {
    int type, deal_type, order_type, order_state;
    uint64_t deal, order, position;
    double price, volume, sl, tp;
    wchar_t symbol[32];
    Request request;
    Answer answer;
};

// What a program may ask of its terminal. Each program gets its own instance.
struct Terminal {
    virtual void log(const wchar_t* text) = 0;
    virtual bool stopped() = 0;
    virtual void sleep(int ms) = 0;
    virtual bool timer(int ms) = 0;  // 0: off
    virtual uint64_t microseconds() = 0;
    virtual void* import(const wchar_t* dll, const char* name) = 0;
    virtual bool input(const wchar_t* name, wchar_t* out, int size) = 0;
    virtual const wchar_t* chart_symbol() = 0;

    virtual bool connected() = 0;
    virtual bool trade_allowed() = 0;
    virtual int build() = 0;
    virtual int64_t server_time_msc() = 0;
    virtual bool account(Account& out) = 0;

    virtual int symbols(bool selected) = 0;
    virtual bool symbol_at(int index, bool selected, Symbol& out) = 0;
    virtual bool symbol(const wchar_t* name, Symbol& out) = 0;
    virtual bool session(const wchar_t* name, int day, int index, Session& out) = 0;
    virtual bool select_symbol(const wchar_t* name, bool selected) = 0;
    virtual bool quote(const wchar_t* name, Quote& out) = 0;

    virtual int positions() = 0;
    virtual bool position_at(int index, Position& out) = 0;
    virtual bool position(uint64_t ticket, Position& out) = 0;
    virtual int orders() = 0;
    virtual bool order_at(int index, Order& out) = 0;
    virtual bool order(uint64_t ticket, Order& out) = 0;
    virtual void select_history(int64_t from_s, int64_t to_s) = 0;
    virtual void select_history_of(uint64_t position) = 0;
    virtual int history_deals() = 0;
    virtual bool history_at(int index, Deal& out) = 0;
    virtual bool deal(uint64_t ticket, Deal& out) = 0;
    virtual int history_orders() = 0;
    virtual bool history_order_at(int index, Order& out) = 0;
    virtual bool history_order(uint64_t ticket, Order& out) = 0;

    virtual bool send(const Request& request, Answer& answer) = 0;  // asynchronous

    // What only MT4 has.
    virtual const wchar_t* data_folder() = 0;
    virtual int64_t newest_quote_msc() = 0;
    virtual int tickets(bool past) = 0;
    virtual bool ticket_at(int index, bool past, Ticket& out) = 0;
    virtual bool ticket(int64_t number, Ticket& out) = 0;
    virtual bool send_and_wait(const Request& request, Answer& answer) = 0;
};

enum { EV_INIT = 1, EV_DEINIT = 2, EV_TIMER = 4, EV_TICK = 8, EV_TRADE = 16, EV_START = 32, IS_SERVICE = 64 };

// What a module gives the terminal: the program's event handlers.
struct Program {
    virtual int handlers() = 0;
    virtual int init() = 0;
    virtual void deinit(int reason) = 0;
    virtual void timer_() = 0;
    virtual void tick() = 0;
    virtual void trade(const Transaction& transaction) = 0;
    virtual void start() = 0;
    virtual void destroy() = 0;
};

using Create = Program* (*)(Terminal*);

}  // namespace mql
