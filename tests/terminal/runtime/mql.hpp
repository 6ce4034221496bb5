// MQL5 as far as the bridge's programs use it. Every function is a member of Api and a program is one class derived from it:
// use before declaration works, globals start afresh with each load, and nothing clashes with the C++ world outside.
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
    int64 PositionGetInteger(ENUM_POSITION_PROPERTY_INTEGER what) {
        switch (what) {
            case POSITION_TICKET: return static_cast<int64>(selected.ticket);
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
    int64 OrderGetInteger(ENUM_ORDER_PROPERTY_INTEGER what) {
        return what == ORDER_MAGIC ? order_.magic : static_cast<int64>(order_.ticket);
    }

    bool HistorySelect(datetime from, datetime to) {
        found_ = terminal->select_history(from, to);
        return true;
    }
    int HistoryDealsTotal() { return found_; }
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
            default: return d.side;
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
    Order order_{};
    int found_ = 0;
};

}  // namespace mql
