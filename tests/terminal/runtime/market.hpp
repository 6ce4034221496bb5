// The account, the symbols and their quotes.
#pragma once
#include "text.hpp"

namespace mql {

struct Market : Text {
    using Text::Text;

    int TerminalInfoInteger(ENUM_TERMINAL_INFO_INTEGER what) {
        if (what == TERMINAL_BUILD) return terminal->build();
        return what == TERMINAL_CONNECTED ? terminal->connected() : terminal->trade_allowed();
    }
    int MQLInfoInteger(ENUM_MQL_INFO_INTEGER) { return terminal->trade_allowed(); }
    datetime TimeTradeServer() { return terminal->server_time_msc() / 1000; }
    datetime TimeCurrent() { return TimeTradeServer(); }
    string Symbol() { return string(terminal->chart_symbol()); }

    int64 AccountInfoInteger(ENUM_ACCOUNT_INFO_INTEGER what) {
        mql::Account a = {};
        terminal->account(a);
        switch (what) {
            case ACCOUNT_LOGIN: return a.login;
            case ACCOUNT_LEVERAGE: return a.leverage;
            case ACCOUNT_MARGIN_MODE: return a.margin_mode;
            case ACCOUNT_TRADE_MODE: return a.trade_mode;
            case ACCOUNT_CURRENCY_DIGITS: return a.digits;
            case ACCOUNT_FIFO_CLOSE: return a.fifo;
            default: return a.trade_allowed;
        }
    }
    double AccountInfoDouble(ENUM_ACCOUNT_INFO_DOUBLE what) {
        mql::Account a = {};
        terminal->account(a);
        switch (what) {
            case ACCOUNT_BALANCE: return a.balance;
            case ACCOUNT_EQUITY: return a.equity;
            case ACCOUNT_CREDIT: return a.credit;
            default: return a.margin_free;
        }
    }
    string AccountInfoString(ENUM_ACCOUNT_INFO_STRING what) {
        mql::Account a = {};
        terminal->account(a);
        return string(what == ACCOUNT_CURRENCY ? a.currency : what == ACCOUNT_SERVER ? a.server : a.company);
    }

    int SymbolsTotal(bool selected) { return terminal->symbols(selected); }
    string SymbolName(int index, bool selected) {
        mql::Symbol s = {};
        return terminal->symbol_at(index, selected, s) ? string(s.name) : string();
    }
    bool SymbolSelect(const string& name, bool selected) { return terminal->select_symbol(name, selected); }
    bool SymbolInfoTick(const string& name, MqlTick& out) {
        Quote q = {};
        if (!terminal->quote(name, q)) return false;
        out.time = q.time_msc / 1000;
        out.bid = q.bid;
        out.ask = q.ask;
        out.time_msc = q.time_msc;
        return true;
    }
    bool SymbolInfoSessionTrade(const string& name, ENUM_DAY_OF_WEEK day, uint index, datetime& from, datetime& to) {
        Session s = {};
        if (!terminal->session(name, day, static_cast<int>(index), s)) return false;
        from = s.from_s;
        to = s.to_s;
        return true;
    }
    int64 SymbolInfoInteger(const string& name, ENUM_SYMBOL_INFO_INTEGER what) {
        mql::Symbol s = {};
        terminal->symbol(name, s);
        switch (what) {
            case SYMBOL_DIGITS: return s.digits;
            case SYMBOL_TRADE_STOPS_LEVEL: return s.stops_level;
            case SYMBOL_TRADE_FREEZE_LEVEL: return s.freeze_level;
            case SYMBOL_TRADE_MODE: return s.trade_mode;
            case SYMBOL_FILLING_MODE: return s.filling;
            case SYMBOL_EXPIRATION_MODE: return s.expiration;
            default: return s.calc_mode;
        }
    }
    double SymbolInfoDouble(const string& name, ENUM_SYMBOL_INFO_DOUBLE what) {
        if (what == SYMBOL_BID || what == SYMBOL_ASK) {
            Quote q = {};
            terminal->quote(name, q);
            return what == SYMBOL_BID ? q.bid : q.ask;
        }
        mql::Symbol s = {};
        terminal->symbol(name, s);
        switch (what) {
            case SYMBOL_POINT: return s.point;
            case SYMBOL_TRADE_CONTRACT_SIZE: return s.contract_size;
            case SYMBOL_TRADE_TICK_SIZE: return s.tick_size;
            case SYMBOL_TRADE_TICK_VALUE: return s.tick_value;
            case SYMBOL_VOLUME_MIN: return s.volume_min;
            case SYMBOL_VOLUME_MAX: return s.volume_max;
            case SYMBOL_VOLUME_LIMIT: return s.volume_limit;
            default: return s.volume_step;
        }
    }
    // By the contract, as the broker reckons it; of futures by the value of a tick.
    bool OrderCalcProfit(ENUM_ORDER_TYPE action, const string& name, double volume, double open, double close, double& profit) {
        mql::Symbol s = {};
        if ((action != ORDER_TYPE_BUY && action != ORDER_TYPE_SELL) || volume <= 0 || open <= 0 || close <= 0) return false;
        if (!terminal->symbol(name, s) || s.tick_size <= 0) return false;
        mql::Account a = {};
        terminal->account(a);
        const double move = (action == ORDER_TYPE_BUY ? close - open : open - close) * volume;
        const bool of_ticks = s.calc_mode == SYMBOL_CALC_MODE_FUTURES || s.calc_mode == SYMBOL_CALC_MODE_EXCH_FUTURES;
        const double earned = of_ticks ? move / s.tick_size * s.tick_value : move * s.contract_size * s.profit_rate;
        profit = NormalizeDouble(earned, static_cast<int>(a.digits));
        return true;
    }
    string SymbolInfoString(const string& name, ENUM_SYMBOL_INFO_STRING what) {
        mql::Symbol s = {};
        terminal->symbol(name, s);
        if (what == SYMBOL_CURRENCY_BASE) return string(s.currency_base);
        return string(what == SYMBOL_CURRENCY_PROFIT ? s.currency_profit : s.currency_margin);
    }
};

}  // namespace mql
