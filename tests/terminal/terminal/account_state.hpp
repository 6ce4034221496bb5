// What the terminal knows of its account. The broker's lines change it; the programs' threads read it.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "../runtime/abi.hpp"
#include "lock.hpp"
#include "text.hpp"

class AccountState {
  public:
    // Applies a line of the broker. Appends the transactions that OnTradeTransaction must get.
    void apply(const Line& line, std::vector<mql::Transaction>& out);
    void begin_login(const std::string& server);  // forgets positions, orders and history: the broker sends them again
    void set_connected(bool connected);
    bool connected();

    mql::Account figures();
    int64_t server_time_msc();
    std::vector<mql::Position> positions();
    std::vector<mql::Order> orders();
    bool order(uint64_t ticket, mql::Order& out);
    std::vector<mql::Order> past_orders(int64_t from_s, int64_t to_s);
    bool past_order(uint64_t ticket, mql::Order& out);
    std::vector<mql::Deal> deals(int64_t from_s, int64_t to_s);
    std::vector<mql::Deal> deals_of(uint64_t position);
    bool deal(uint64_t ticket, mql::Deal& out);
    bool position(uint64_t ticket, mql::Position& out);
    bool position_at(size_t index, mql::Position& out);
    size_t position_count();
    std::vector<mql::Symbol> symbols(bool selected);
    bool symbol(const std::wstring& name, mql::Symbol& out);
    bool session(const std::wstring& name, int day, int index, mql::Session& out);
    bool select(const std::wstring& name, bool selected);
    bool quote(const std::wstring& name, mql::Quote& out);

    // Keeps a request for OnTradeTransaction, which gets it together with the answer.
    void sent(uint32_t id, const mql::Request& request);
    // Answers every unanswered request with this retcode.
    void answer_all(uint32_t retcode, std::vector<mql::Transaction>& out);
    size_t symbol_count();

    // MT4's view: orders that are open and past ones.
    size_t ticket_count(bool past);
    bool ticket_at(size_t index, bool past, mql::Ticket& out);
    bool ticket(int64_t number, mql::Ticket& out);
    int64_t newest_quote_msc();
    // Waits for the answer to a request. False if none comes in time.
    bool await_answer(uint32_t id, unsigned timeout_ms, mql::Answer& out);

  private:
    void apply_account(const Line& line);
    void apply_symbol(const Line& line);
    void apply_position(const Line& line, std::vector<mql::Transaction>& out);
    void apply_deal(const Line& line, std::vector<mql::Transaction>& out);
    void apply_order(const Line& line, std::vector<mql::Transaction>& out);
    void apply_request(const Line& line, std::vector<mql::Transaction>& out);
    void apply_tick(const Line& line);
    void apply_ticket(const Line& line);
    void show(const std::wstring& name);
    void answer(const mql::Transaction& t, std::vector<mql::Transaction>& out);

    Lock lock_;
    mql::Account account_{};
    std::string server_;
    bool connected_ = false;
    int64_t time_msc_ = 0;
    int64_t newest_quote_msc_ = 0;
    ULONGLONG time_at_ = 0;
    std::map<uint64_t, mql::Position> positions_;  // by identifier
    std::map<uint64_t, mql::Order> orders_;
    std::map<uint64_t, mql::Order> past_orders_;
    std::map<uint64_t, mql::Deal> deals_;
    std::vector<mql::Symbol> symbols_;
    std::map<std::wstring, std::vector<mql::Session>> sessions_;
    std::map<std::wstring, ULONGLONG> shown_since_;  // the symbols in Market Watch
    std::map<std::wstring, mql::Quote> quotes_;
    std::map<uint32_t, mql::Request> requests_;
    std::vector<mql::Ticket> tickets_;       // open, by number
    std::vector<mql::Ticket> past_tickets_;  // in the order in which they ended
    std::map<int64_t, size_t> past_places_;
    std::map<uint32_t, mql::Answer> answers_;  // MT4: of requests for whose answer a program waits
    CONDITION_VARIABLE answered_ = CONDITION_VARIABLE_INIT;
};
