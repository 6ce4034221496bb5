#include "book.hpp"

mql::Account Book::account() {
    Hold hold(lock_);
    return account_;
}

int64_t Book::server_time_msc() {
    Hold hold(lock_);
    return time_msc_ == 0 ? 0 : time_msc_ + static_cast<int64_t>(GetTickCount64() - time_at_);
}

std::vector<mql::Position> Book::positions() {
    Hold hold(lock_);
    std::vector<mql::Position> out;
    for (const auto& [ticket, position] : positions_) out.push_back(position);
    return out;
}

size_t Book::position_count() {
    Hold hold(lock_);
    return positions_.size();
}

bool Book::position_at(size_t index, mql::Position& out) {
    Hold hold(lock_);
    if (index >= positions_.size()) return false;
    out = std::next(positions_.begin(), static_cast<std::ptrdiff_t>(index))->second;
    return true;
}

bool Book::position(uint64_t ticket, mql::Position& out) {
    Hold hold(lock_);
    for (const auto& [identifier, position] : positions_)
        if (position.ticket == ticket) {
            out = position;
            return true;
        }
    return false;
}

template <class T>
static bool look_up(const std::map<uint64_t, T>& all, uint64_t ticket, T& out) {
    const auto found = all.find(ticket);
    if (found == all.end()) return false;
    out = found->second;
    return true;
}

bool Book::order(uint64_t ticket, mql::Order& out) {
    Hold hold(lock_);
    return look_up(orders_, ticket, out);
}

bool Book::past_order(uint64_t ticket, mql::Order& out) {
    Hold hold(lock_);
    return look_up(past_orders_, ticket, out);
}

std::vector<mql::Order> Book::past_orders(int64_t from_s, int64_t to_s) {
    Hold hold(lock_);
    std::vector<mql::Order> out;
    for (const auto& [ticket, order] : past_orders_)
        if (order.placed_msc / 1000 >= from_s && order.placed_msc / 1000 <= to_s) out.push_back(order);
    return out;
}

std::vector<mql::Order> Book::orders() {
    Hold hold(lock_);
    std::vector<mql::Order> out;
    for (const auto& [ticket, order] : orders_) out.push_back(order);
    return out;
}

std::vector<mql::Deal> Book::deals(int64_t from_s, int64_t to_s) {
    Hold hold(lock_);
    std::vector<mql::Deal> out;
    for (const auto& [ticket, deal] : deals_)
        if (deal.time_msc / 1000 >= from_s && deal.time_msc / 1000 <= to_s) out.push_back(deal);
    return out;
}

std::vector<mql::Deal> Book::deals_of(uint64_t position) {
    Hold hold(lock_);
    std::vector<mql::Deal> out;
    for (const auto& [ticket, deal] : deals_)
        if (deal.position == position) out.push_back(deal);
    return out;
}

bool Book::deal(uint64_t ticket, mql::Deal& out) {
    Hold hold(lock_);
    return look_up(deals_, ticket, out);
}

std::vector<mql::Symbol> Book::symbols(bool selected) {
    Hold hold(lock_);
    std::vector<mql::Symbol> out;
    for (const mql::Symbol& symbol : symbols_)
        if (!selected || selected_[symbol.name]) out.push_back(symbol);
    return out;
}

size_t Book::symbol_count() {
    Hold hold(lock_);
    return symbols_.size();
}

bool Book::symbol(const std::wstring& name, mql::Symbol& out) {
    Hold hold(lock_);
    for (const mql::Symbol& symbol : symbols_)
        if (name == symbol.name) {
            out = symbol;
            return true;
        }
    return false;
}

bool Book::select(const std::wstring& name, bool selected) {
    Hold hold(lock_);
    const auto found = selected_.find(name);
    if (found == selected_.end()) return false;
    found->second = selected;
    return true;
}

bool Book::quote(const std::wstring& name, mql::Quote& out) {
    Hold hold(lock_);
    const auto found = quotes_.find(name);
    if (found == quotes_.end()) return false;
    out = found->second;
    return true;
}
