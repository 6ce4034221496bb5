// What MT4 shows: one list of open orders and one of past ones.
#include <algorithm>

#include "account_state.hpp"

using mql::Ticket;

static Ticket ticket_of(const Line& line) {
    Ticket t = {};
    t.ticket = line.integer("ticket");
    t.type = line.integer("kind");
    t.magic = line.integer("magic");
    t.opened_s = line.integer("opened_msc") / 1000;
    t.closed_s = line.integer("closed_msc") / 1000;
    t.expires_s = line.integer("expires_msc") / 1000;
    t.lots = line.lots("volume");
    t.open_price = line.real("open_price");
    t.close_price = line.real("close_price");
    t.sl = line.real("sl");
    t.tp = line.real("tp");
    t.profit = line.real("profit");
    t.commission = line.real("commission");
    t.swap = line.real("swap");
    put(t.symbol, line.text("symbol"));
    put(t.comment, line.text("comment"));
    return t;
}

static std::vector<Ticket>::iterator place_of(std::vector<Ticket>& all, int64_t number) {
    return std::lower_bound(all.begin(), all.end(), number, [](const Ticket& t, int64_t wanted) { return t.ticket < wanted; });
}

void AccountState::apply_ticket(const Line& line) {
    const Ticket t = ticket_of(line);
    const auto open = place_of(tickets_, t.ticket);
    const bool is_open = open != tickets_.end() && open->ticket == t.ticket;
    if (t.symbol[0] != 0) show(t.symbol);
    if (t.closed_s == 0) {
        if (is_open) *open = t;
        else tickets_.insert(open, t);
        return;
    }
    if (is_open) tickets_.erase(open);
    const auto [past, is_new] = past_places_.emplace(t.ticket, past_tickets_.size());
    if (is_new) past_tickets_.push_back(t);
    else past_tickets_[past->second] = t;
}

size_t AccountState::ticket_count(bool past) {
    LockGuard guard(lock_);
    return (past ? past_tickets_ : tickets_).size();
}

bool AccountState::ticket_at(size_t index, bool past, Ticket& out) {
    LockGuard guard(lock_);
    const std::vector<Ticket>& all = past ? past_tickets_ : tickets_;
    if (index >= all.size()) return false;
    out = all[index];
    return true;
}

bool AccountState::ticket(int64_t number, Ticket& out) {
    LockGuard guard(lock_);
    const auto open = place_of(tickets_, number);
    const auto past = past_places_.find(number);
    if (open != tickets_.end() && open->ticket == number) out = *open;
    else if (past != past_places_.end()) out = past_tickets_[past->second];
    else return false;
    return true;
}

int64_t AccountState::newest_quote_msc() {
    LockGuard guard(lock_);
    return newest_quote_msc_;
}

bool AccountState::await_answer(uint32_t id, unsigned timeout_ms, mql::Answer& out) {
    LockGuard guard(lock_);
    const ULONGLONG end = GetTickCount64() + timeout_ms;
    while (answers_.count(id) == 0) {
        const ULONGLONG now = GetTickCount64();
        if (now >= end || SleepConditionVariableSRW(&answered_, lock_.raw(), static_cast<DWORD>(end - now), 0) == 0) {
            if (answers_.count(id) != 0) break;
            requests_.erase(id);
            return false;
        }
    }
    out = answers_[id];
    answers_.erase(id);
    return true;
}
