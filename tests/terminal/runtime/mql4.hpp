// The part of MQL4 that the bridge's program uses, as mql.hpp has it of MQL5.
#pragma once
#include <ctime>

#include "market.hpp"

namespace mql {

struct Api : Market {
    using Market::Market;

    datetime TimeCurrent() { return terminal->newest_quote_msc() / 1000; }
    datetime TimeGMT() { return static_cast<datetime>(time(nullptr)); }
    bool IsConnected() { return terminal->connected(); }
    bool RefreshRates() { return true; }
    string TerminalInfoString(ENUM_TERMINAL_INFO_STRING) { return string(terminal->data_folder()); }
    int AccountNumber() { return static_cast<int>(AccountInfoInteger(ACCOUNT_LOGIN)); }
    double AccountBalance() { return AccountInfoDouble(ACCOUNT_BALANCE); }
    double AccountCredit() { return AccountInfoDouble(ACCOUNT_CREDIT); }
    double AccountFreeMargin() { return AccountInfoDouble(ACCOUNT_MARGIN_FREE); }
    string AccountCurrency() { return AccountInfoString(ACCOUNT_CURRENCY); }

    // The broker has MQL5's numbers.
    int64 SymbolInfoInteger(const string& name, ENUM_SYMBOL_INFO_INTEGER what) {
        const int64 value = Market::SymbolInfoInteger(name, what);
        if (what == SYMBOL_TRADE_MODE) return value == 4 ? SYMBOL_TRADE_MODE_FULL : value == 3 ? SYMBOL_TRADE_MODE_CLOSEONLY : SYMBOL_TRADE_MODE_DISABLED;
        return what == SYMBOL_TRADE_CALC_MODE && (value == 1 || value == 2) ? 3 - value : value;
    }

    int OrdersTotal() { return terminal->tickets(false); }
    int OrdersHistoryTotal() { return terminal->tickets(true); }
    bool OrderSelect(int index, int select, int pool = MODE_TRADES) {
        if (select == SELECT_BY_TICKET) return terminal->ticket(index, selected_);
        return terminal->ticket_at(index, pool == MODE_HISTORY, selected_);
    }
    int OrderTicket() { return static_cast<int>(selected_.ticket); }
    int OrderType() { return static_cast<int>(selected_.type); }
    int OrderMagicNumber() { return static_cast<int>(selected_.magic); }
    double OrderLots() { return selected_.lots; }
    double OrderOpenPrice() { return selected_.open_price; }
    double OrderClosePrice() { return selected_.close_price; }
    double OrderStopLoss() { return selected_.sl; }
    double OrderTakeProfit() { return selected_.tp; }
    double OrderProfit() { return selected_.profit; }
    double OrderCommission() { return selected_.commission; }
    double OrderSwap() { return selected_.swap; }
    datetime OrderOpenTime() { return selected_.opened_s; }
    datetime OrderCloseTime() { return selected_.closed_s; }
    datetime OrderExpiration() { return selected_.expires_s; }
    string OrderSymbol() { return string(selected_.symbol); }
    string OrderComment() { return string(selected_.comment); }

    int OrderSend(const string& symbol, int type, double lots, double price, int slippage, double sl, double tp, const string& comment,
                  int magic, datetime expires, int) {
        Request r = {};
        r.action = type > OP_SELL ? TRADE_ACTION_PENDING : TRADE_ACTION_DEAL;
        r.type = type;
        r.magic = static_cast<uint64>(magic);
        r.volume = lots;
        r.price = price;
        r.sl = sl;
        r.tp = tp;
        r.deviation = static_cast<uint64>(slippage);
        r.expiration = expires;
        put(r.symbol, symbol);
        put(r.comment, comment);
        Answer answer = {};
        return sent(r, answer) ? static_cast<int>(answer.order) : -1;
    }
    bool OrderClose(int ticket, double lots, double price, int slippage, int) {
        Ticket t = {};
        if (!found(ticket, t)) return false;
        Request r = about(t, TRADE_ACTION_DEAL);
        r.type = t.type == OP_BUY ? OP_SELL : OP_BUY;
        r.position = static_cast<uint64>(ticket);
        r.volume = lots;
        r.price = price;
        r.deviation = static_cast<uint64>(slippage);
        Answer answer = {};
        return sent(r, answer);
    }
    bool OrderModify(int ticket, double price, double sl, double tp, datetime expires, int) {
        Ticket t = {};
        if (!found(ticket, t)) return false;
        const bool waits = t.type > OP_SELL;
        Request r = about(t, waits ? TRADE_ACTION_MODIFY : TRADE_ACTION_SLTP);
        (waits ? r.order : r.position) = static_cast<uint64>(ticket);
        r.price = price;
        r.sl = sl;
        r.tp = tp;
        r.expiration = expires;
        Answer answer = {};
        return sent(r, answer);
    }
    bool OrderDelete(int ticket, int) {
        Ticket t = {};
        if (!found(ticket, t)) return false;
        Request r = about(t, TRADE_ACTION_REMOVE);
        r.order = static_cast<uint64>(ticket);
        Answer answer = {};
        return sent(r, answer);
    }

  private:
    template <int N>
    static void put(wchar_t (&out)[N], const string& text) {
        wcsncpy(out, text, N - 1);
        out[N - 1] = 0;
    }
    bool found(int ticket, Ticket& out) {
        if (terminal->ticket(ticket, out) && out.closed_s == 0) return true;
        last_error = ERR_INVALID_TICKET;
        return false;
    }
    static Request about(const Ticket& t, int action) {
        Request r = {};
        r.action = action;
        r.type = static_cast<int>(t.type);
        r.magic = static_cast<uint64>(t.magic);
        r.volume = t.lots;
        put(r.symbol, string(t.symbol));
        return r;
    }
    bool sent(const Request& request, Answer& answer) {
        if (terminal->send_and_wait(request, answer)) return true;
        last_error = answer.error;
        return false;
    }

    Ticket selected_{};
};

}  // namespace mql
