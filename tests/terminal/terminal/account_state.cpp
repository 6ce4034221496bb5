#include "account_state.hpp"

#include <sstream>

#include "../runtime/constants.hpp"
#include "platform.hpp"

using mql::Transaction;

static Transaction transaction(int type) {
    Transaction t = {};
    t.type = type;
    return t;
}

void AccountState::apply(const Line& line, std::vector<Transaction>& out) {
    LockGuard guard(lock_);
    if (line.verb == "ACCOUNT") apply_account(line);
    else if (line.verb == "SYMBOL") apply_symbol(line);
    else if (line.verb == "POSITION") apply_position(line, out);
    else if (line.verb == "DEAL") apply_deal(line, out);
    else if (line.verb == "ORDER") apply_order(line, out);
    else if (line.verb == "REQUEST") apply_request(line, out);
    else if (line.verb == "TICK") apply_tick(line);
    else if (line.verb == "TICKET") apply_ticket(line);
    if (line.fields.count("time_msc") != 0 && line.integer("time_msc") > time_msc_) {
        time_msc_ = line.integer("time_msc");
        time_at_ = GetTickCount64();
    }
}

void AccountState::begin_login(const std::string& server) {
    LockGuard guard(lock_);
    positions_.clear();
    orders_.clear();
    past_orders_.clear();
    deals_.clear();
    tickets_.clear();
    past_tickets_.clear();
    past_places_.clear();
    server_ = server;
}

void AccountState::set_connected(bool connected) {
    LockGuard guard(lock_);
    connected_ = connected;
}

bool AccountState::connected() {
    LockGuard guard(lock_);
    return connected_;
}

void AccountState::apply_account(const Line& line) {
    account_.login = line.integer("login");
    account_.leverage = line.integer("leverage");
    account_.margin_mode = line.integer("margin_mode");
    account_.trade_mode = line.integer("trade_mode");
    account_.digits = line.integer("digits");
    account_.balance = line.real("balance");
    account_.equity = line.real("equity");
    account_.margin_free = line.real("margin_free");
    account_.credit = line.real("credit");
    account_.fifo = line.integer("fifo") != 0;
    account_.trade_allowed = line.integer("trade_allowed") != 0;
    put(account_.currency, line.text("currency"));
    put(account_.company, line.text("company"));
    put(account_.server, server_);
}

// Sessions as the broker writes them: "day from to", separated by commas.
static std::vector<mql::Session> sessions_of(const std::string& text) {
    std::vector<mql::Session> out;
    for (const std::string& one : split(text, ',')) {
        mql::Session s = {};
        if (std::istringstream(one) >> s.day >> s.from_s >> s.to_s) out.push_back(s);
    }
    return out;
}

void AccountState::apply_symbol(const Line& line) {
    mql::Symbol s = {};
    put(s.name, line.text("name"));
    put(s.currency_base, line.text("base"));
    put(s.currency_profit, line.text("profit"));
    put(s.currency_margin, line.text("margin"));
    s.contract_size = line.real("contract_size");
    s.point = line.real("point");
    s.tick_size = line.real("tick_size");
    s.tick_value = line.real("tick_value");
    s.volume_min = line.lots("volume_min");
    s.volume_max = line.lots("volume_max");
    s.volume_step = line.lots("volume_step");
    s.volume_limit = line.lots("volume_limit");
    s.profit_rate = line.real("profit_rate");
    s.digits = line.integer("digits");
    s.stops_level = line.integer("stops_level");
    s.freeze_level = line.integer("freeze_level");
    s.trade_mode = line.integer("trade_mode");
    s.filling = line.integer("filling");
    s.expiration = mql::SYMBOL_EXPIRATION_GTC | mql::SYMBOL_EXPIRATION_SPECIFIED;
    s.calc_mode = line.integer("calc_mode");
    sessions_[s.name] = sessions_of(line.text("sessions"));
    for (mql::Symbol& known : symbols_)
        if (wcscmp(known.name, s.name) == 0) {
            known = s;
            return;
        }
    symbols_.push_back(s);
    if (line.integer("shown") != 0) shown_since_.emplace(s.name, 0);
}

void AccountState::apply_position(const Line& line, std::vector<Transaction>& out) {
    mql::Position p = {};
    p.ticket = line.natural("ticket");
    p.identifier = line.natural("id");
    p.magic = line.integer("magic");
    p.time_msc = line.integer("opened_msc");
    p.side = line.integer("side");
    p.volume = line.lots("volume");
    p.price = line.real("price");
    p.sl = line.real("sl");
    p.tp = line.real("tp");
    put(p.symbol, line.text("symbol"));
    put(p.comment, line.text("comment"));
    show(p.symbol);
    if (line.integer("volume") == 0) positions_.erase(p.identifier);
    else positions_[p.identifier] = p;
    if (line.integer("changed") == 0) return;
    Transaction t = transaction(mql::TRADE_TRANSACTION_POSITION);
    t.position = p.ticket;
    t.volume = p.volume;
    t.price = p.price;
    t.sl = p.sl;
    t.tp = p.tp;
    put(t.symbol, line.text("symbol"));
    out.push_back(t);
}

void AccountState::apply_deal(const Line& line, std::vector<Transaction>& out) {
    mql::Deal d = {};
    d.ticket = line.natural("ticket");
    d.order = line.natural("order");
    d.position = line.natural("position");
    d.magic = line.integer("magic");
    d.time_msc = line.integer("time_msc");
    d.side = line.integer("side");
    d.entry = line.integer("entry");
    d.reason = line.integer("reason");
    d.profit = line.real("profit");
    d.commission = line.real("commission");
    d.swap = line.real("swap");
    d.fee = line.real("fee");
    d.volume = line.lots("volume");
    d.price = line.real("price");
    d.sl = line.real("sl");
    d.tp = line.real("tp");
    put(d.symbol, line.text("symbol"));
    put(d.comment, line.text("comment"));
    deals_[d.ticket] = d;
    if (line.integer("live") == 0) return;
    Transaction t = transaction(line.text("what") == "updated" ? mql::TRADE_TRANSACTION_DEAL_UPDATE : mql::TRADE_TRANSACTION_DEAL_ADD);
    t.deal = d.ticket;
    t.order = d.order;
    t.position = d.position;
    t.deal_type = static_cast<int>(d.side);
    t.volume = d.volume;
    t.price = d.price;
    t.sl = d.sl;
    t.tp = d.tp;
    put(t.symbol, line.text("symbol"));
    out.push_back(t);
}

static mql::Order order_of(const Line& line) {
    mql::Order o = {};
    o.ticket = line.natural("ticket");
    o.magic = line.integer("magic");
    o.type = line.integer("kind");
    o.state = line.integer("state");
    o.placed_msc = line.integer("placed_msc");
    o.expires_s = line.integer("expires_msc") / 1000;
    o.volume = line.lots("volume");
    o.left = line.lots("left");
    o.price = line.real("price");
    o.limit = line.real("limit");
    o.sl = line.real("sl");
    o.tp = line.real("tp");
    put(o.symbol, line.text("symbol"));
    put(o.comment, line.text("comment"));
    return o;
}

void AccountState::apply_order(const Line& line, std::vector<Transaction>& out) {
    const mql::Order o = order_of(line);
    show(o.symbol);
    const std::string what = line.text("what");
    if (what == "deleted") {
        orders_.erase(o.ticket);
        past_orders_[o.ticket] = o;
    } else {
        orders_[o.ticket] = o;
    }
    if (line.integer("live") == 0) return;
    Transaction t = transaction(what == "added"     ? mql::TRADE_TRANSACTION_ORDER_ADD
                                : what == "updated" ? mql::TRADE_TRANSACTION_ORDER_UPDATE
                                                    : mql::TRADE_TRANSACTION_ORDER_DELETE);
    t.order = o.ticket;
    t.order_type = static_cast<int>(o.type);
    t.order_state = static_cast<int>(o.state);
    t.volume = o.left;
    t.price = o.price;
    t.sl = o.sl;
    t.tp = o.tp;
    put(t.symbol, line.text("symbol"));
    out.push_back(t);
    if (what != "deleted") return;
    t.type = mql::TRADE_TRANSACTION_HISTORY_ADD;
    out.push_back(t);
}

void AccountState::apply_request(const Line& line, std::vector<Transaction>& out) {
    const uint32_t id = static_cast<uint32_t>(line.natural("id"));
    const auto known = requests_.find(id);
    if (known == requests_.end()) return;
    Transaction t = transaction(mql::TRADE_TRANSACTION_REQUEST);
    t.request = known->second;
    t.answer.request_id = id;
    t.answer.retcode = static_cast<uint32_t>(line.natural("retcode"));
    t.answer.order = line.natural("order");
    t.answer.deal = line.natural("deal");
    t.answer.volume = line.lots("volume");
    t.answer.price = line.real("price");
    put(t.answer.comment, line.text("comment"));
    if (t.answer.retcode != mql::TRADE_RETCODE_PLACED) requests_.erase(known);
    answer(t, out);
}

// Hands an answer to whoever waits for it: a program of MT4, or the queues of MT5's programs.
void AccountState::answer(const Transaction& t, std::vector<Transaction>& out) {
    out.push_back(t);
    if (!IS_MT4) return;
    answers_[t.answer.request_id] = t.answer;
    WakeAllConditionVariable(&answered_);
}

// Puts a symbol into Market Watch, as MetaTrader does with those of positions and orders.
void AccountState::show(const std::wstring& name) { shown_since_.emplace(name, GetTickCount64()); }

void AccountState::apply_tick(const Line& line) {
    if (line.integer("time_msc") > newest_quote_msc_) newest_quote_msc_ = line.integer("time_msc");
    quotes_[widen(line.text("symbol"))] = {line.real("bid"), line.real("ask"), line.integer("time_msc")};
}

void AccountState::sent(uint32_t id, const mql::Request& request) {
    LockGuard guard(lock_);
    requests_[id] = request;
}

void AccountState::answer_all(uint32_t retcode, std::vector<Transaction>& out) {
    LockGuard guard(lock_);
    for (const auto& [id, request] : requests_) {
        Transaction t = transaction(mql::TRADE_TRANSACTION_REQUEST);
        t.request = request;
        t.answer.request_id = id;
        t.answer.retcode = retcode;
        answer(t, out);
    }
    requests_.clear();
}
