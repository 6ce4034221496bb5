#include "account_state.hpp"

// A symbol that has just been put into Market Watch has no quote for so long.
static constexpr ULONGLONG FIRST_TICK_MS = 20;

mql::Account AccountState::figures() {
    LockGuard guard(lock_);
    return account_;
}

int64_t AccountState::server_time_msc() {
    LockGuard guard(lock_);
    return time_msc_ == 0 ? 0 : time_msc_ + static_cast<int64_t>(GetTickCount64() - time_at_);
}

std::vector<mql::Position> AccountState::positions() {
    LockGuard guard(lock_);
    std::vector<mql::Position> out;
    for (const auto& [ticket, position] : positions_) out.push_back(position);
    return out;
}

size_t AccountState::position_count() {
    LockGuard guard(lock_);
    return positions_.size();
}

bool AccountState::position_at(size_t index, mql::Position& out) {
    LockGuard guard(lock_);
    if (index >= positions_.size()) return false;
    out = std::next(positions_.begin(), static_cast<std::ptrdiff_t>(index))->second;
    return true;
}

bool AccountState::position(uint64_t ticket, mql::Position& out) {
    LockGuard guard(lock_);
    for (const auto& [identifier, position] : positions_)
        if (position.ticket == ticket) {
            out = position;
            return true;
        }
    return false;
}

template <class T>
static bool find_by_ticket(const std::map<uint64_t, T>& all, uint64_t ticket, T& out) {
    const auto found = all.find(ticket);
    if (found == all.end()) return false;
    out = found->second;
    return true;
}

bool AccountState::order(uint64_t ticket, mql::Order& out) {
    LockGuard guard(lock_);
    return find_by_ticket(orders_, ticket, out);
}

bool AccountState::past_order(uint64_t ticket, mql::Order& out) {
    LockGuard guard(lock_);
    return find_by_ticket(past_orders_, ticket, out);
}

std::vector<mql::Order> AccountState::past_orders(int64_t from_s, int64_t to_s) {
    LockGuard guard(lock_);
    std::vector<mql::Order> out;
    for (const auto& [ticket, order] : past_orders_)
        if (order.placed_msc / 1000 >= from_s && order.placed_msc / 1000 <= to_s) out.push_back(order);
    return out;
}

std::vector<mql::Order> AccountState::orders() {
    LockGuard guard(lock_);
    std::vector<mql::Order> out;
    for (const auto& [ticket, order] : orders_) out.push_back(order);
    return out;
}

std::vector<mql::Deal> AccountState::deals(int64_t from_s, int64_t to_s) {
    LockGuard guard(lock_);
    std::vector<mql::Deal> out;
    for (const auto& [ticket, deal] : deals_)
        if (deal.time_msc / 1000 >= from_s && deal.time_msc / 1000 <= to_s) out.push_back(deal);
    return out;
}

std::vector<mql::Deal> AccountState::deals_of(uint64_t position) {
    LockGuard guard(lock_);
    std::vector<mql::Deal> out;
    for (const auto& [ticket, deal] : deals_)
        if (deal.position == position) out.push_back(deal);
    return out;
}

bool AccountState::deal(uint64_t ticket, mql::Deal& out) {
    LockGuard guard(lock_);
    return find_by_ticket(deals_, ticket, out);
}

std::vector<mql::Symbol> AccountState::symbols(bool selected) {
    LockGuard guard(lock_);
    std::vector<mql::Symbol> out;
    for (const mql::Symbol& symbol : symbols_)
        if (!selected || shown_since_.count(symbol.name) != 0) out.push_back(symbol);
    return out;
}

size_t AccountState::symbol_count() {
    LockGuard guard(lock_);
    return symbols_.size();
}

bool AccountState::symbol(const std::wstring& name, mql::Symbol& out) {
    LockGuard guard(lock_);
    for (const mql::Symbol& symbol : symbols_)
        if (name == symbol.name) {
            out = symbol;
            return true;
        }
    return false;
}

bool AccountState::session(const std::wstring& name, int day, int index, mql::Session& out) {
    LockGuard guard(lock_);
    for (const mql::Session& session : sessions_[name])
        if (session.day == day && index-- == 0) {
            out = session;
            return true;
        }
    return false;
}

bool AccountState::select(const std::wstring& name, bool selected) {
    LockGuard guard(lock_);
    bool is_known = false;
    for (const mql::Symbol& symbol : symbols_) is_known = is_known || name == symbol.name;
    if (is_known && selected) show(name);
    if (is_known && !selected) shown_since_.erase(name);
    return is_known;
}

bool AccountState::quote(const std::wstring& name, mql::Quote& out) {
    LockGuard guard(lock_);
    const auto found = quotes_.find(name);
    const auto shown = shown_since_.find(name);
    if (found == quotes_.end() || shown == shown_since_.end() || GetTickCount64() - shown->second < FIRST_TICK_MS) return false;
    out = found->second;
    return true;
}
