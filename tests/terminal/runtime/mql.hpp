// The part of MQL5 that the bridge's programs use. Every MQL function is a member of Api, and a program is one class derived
// from it. So a function may be used before its declaration, globals start afresh with each load, and no name clashes with C++.
#pragma once
#include "market.hpp"

namespace mql {

struct Api : Market {
    using Market::Market;
    Position selected{};

    int PositionsTotal() { return terminal->positions(); }
    uint64 PositionGetTicket(int index) { return terminal->position_at(index, selected) ? selected.ticket : 0; }
    bool PositionSelectByTicket(uint64 ticket) {
        if (terminal->position(ticket, selected)) return true;
        last_error = ERR_TRADE_POSITION_NOT_FOUND;
        return false;
    }
    bool PositionSelect(const string& symbol) {
        for (int i = 0; terminal->position_at(i, selected); i++)
            if (symbol == string(selected.symbol)) return true;
        last_error = ERR_TRADE_POSITION_NOT_FOUND;
        return false;
    }
    int64 PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER what) {
        switch (what) {
            case POSITION_TICKET: return static_cast<int64>(selected.ticket);
            case POSITION_IDENTIFIER: return static_cast<int64>(selected.identifier);
            case POSITION_MAGIC: return selected.magic;
            case POSITION_TIME_MSC: return selected.time_msc;
            default: return selected.side;
        }
    }
    double PositionGetDouble(ENUM_POSITION_PROPERTY_DOUBLE what) {
        switch (what) {
            case POSITION_VOLUME: return selected.volume;
            case POSITION_PRICE_OPEN: return selected.price;
            case POSITION_SL: return selected.sl;
            default: return selected.tp;
        }
    }
    string PositionGetString(ENUM_POSITION_PROPERTY_STRING what) {
        return string(what == POSITION_SYMBOL ? selected.symbol : selected.comment);
    }

    int OrdersTotal() { return terminal->orders(); }
    uint64 OrderGetTicket(int index) { return terminal->order_at(index, order_) ? order_.ticket : 0; }
    bool OrderSelect(uint64 ticket) { return terminal->order(ticket, order_); }
    int64 OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER what) { return integer_of(order_, what); }
    double OrderGetDouble(ENUM_ORDER_PROPERTY_DOUBLE what) { return double_of(order_, what); }
    string OrderGetString(ENUM_ORDER_PROPERTY_STRING what) { return text_of(order_, what); }

    bool HistorySelect(datetime from, datetime to) {
        terminal->select_history(from, to);
        return true;
    }
    bool HistorySelectByPosition(int64 position) {
        terminal->select_history_of(static_cast<uint64>(position));
        return true;
    }
    int HistoryOrdersTotal() { return terminal->history_orders(); }
    uint64 HistoryOrderGetTicket(int index) {
        Order o = {};
        return terminal->history_order_at(index, o) ? o.ticket : 0;
    }
    bool HistoryOrderSelect(uint64 ticket) {
        Order o = {};
        return terminal->history_order(ticket, o);
    }
    int64 HistoryOrderGetInteger(uint64 ticket, ENUM_ORDER_PROPERTY_INTEGER what) { return integer_of(past(ticket), what); }
    double HistoryOrderGetDouble(uint64 ticket, ENUM_ORDER_PROPERTY_DOUBLE what) { return double_of(past(ticket), what); }
    string HistoryOrderGetString(uint64 ticket, ENUM_ORDER_PROPERTY_STRING what) { return text_of(past(ticket), what); }

    int HistoryDealsTotal() { return terminal->history_deals(); }
    uint64 HistoryDealGetTicket(int index) {
        Deal d = {};
        return terminal->history_at(index, d) ? d.ticket : 0;
    }
    bool HistoryDealSelect(uint64 ticket) {
        Deal d = {};
        return terminal->deal(ticket, d);
    }
    int64 HistoryDealGetInteger(uint64 ticket, ENUM_DEAL_PROPERTY_INTEGER what) {
        Deal d = {};
        if (!terminal->deal(ticket, d)) return 0;
        switch (what) {
            case DEAL_MAGIC: return d.magic;
            case DEAL_TIME_MSC: return d.time_msc;
            case DEAL_ENTRY: return d.entry;
            case DEAL_POSITION_ID: return static_cast<int64>(d.position);
            case DEAL_ORDER: return static_cast<int64>(d.order);
            case DEAL_REASON: return d.reason;
            default: return d.side;
        }
    }
    double HistoryDealGetDouble(uint64 ticket, ENUM_DEAL_PROPERTY_DOUBLE what) {
        Deal d = {};
        if (!terminal->deal(ticket, d)) return 0;
        switch (what) {
            case DEAL_VOLUME: return d.volume;
            case DEAL_PROFIT: return d.profit;
            case DEAL_COMMISSION: return d.commission;
            case DEAL_SWAP: return d.swap;
            case DEAL_FEE: return d.fee;
            default: return d.price;
        }
    }
    string HistoryDealGetString(uint64 ticket, ENUM_DEAL_PROPERTY_STRING what) {
        Deal d = {};
        if (!terminal->deal(ticket, d)) return string();
        return string(what == DEAL_SYMBOL ? d.symbol : d.comment);
    }

    bool OrderSendAsync(const MqlTradeRequest& from, MqlTradeResult& out) {
        Answer answer = {};
        const bool sent = terminal->send(to_request(from), answer);
        if (!sent) last_error = answer.error;
        out = to_result(answer);
        return sent;
    }

    static Request to_request(const MqlTradeRequest& from);
    static MqlTradeRequest from_request(const Request& from);
    static MqlTradeResult to_result(const Answer& from);
    static MqlTradeTransaction to_transaction(const Transaction& from);

  private:
    static int64 integer_of(const Order& o, ENUM_ORDER_PROPERTY_INTEGER what) {
        switch (what) {
            case ORDER_MAGIC: return o.magic;
            case ORDER_TYPE: return o.type;
            case ORDER_STATE: return o.state;
            case ORDER_TIME_SETUP_MSC: return o.placed_msc;
            case ORDER_POSITION_BY_ID: return 0;  // the test broker closes no position by another
            case ORDER_TYPE_TIME: return o.expires_s != 0 ? ORDER_TIME_SPECIFIED : ORDER_TIME_GTC;
            default: return o.expires_s;
        }
    }
    static double double_of(const Order& o, ENUM_ORDER_PROPERTY_DOUBLE what) {
        switch (what) {
            case ORDER_VOLUME_INITIAL: return o.volume;
            case ORDER_VOLUME_CURRENT: return o.left;
            case ORDER_PRICE_OPEN: return o.price;
            case ORDER_PRICE_STOPLIMIT: return o.limit;
            case ORDER_SL: return o.sl;
            default: return o.tp;
        }
    }
    static string text_of(const Order& o, ENUM_ORDER_PROPERTY_STRING what) {
        return string(what == ORDER_SYMBOL ? o.symbol : o.comment);
    }
    Order past(uint64 ticket) {
        Order o = {};
        terminal->history_order(ticket, o);
        return o;
    }

    Order order_{};
};

}  // namespace mql
