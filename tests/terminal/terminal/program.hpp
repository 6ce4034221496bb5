// One running MQL program: its module, its thread, its queue of events, and the terminal's functions that it may call.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "../runtime/abi.hpp"
#include "account_state.hpp"
#include "broker_connection.hpp"
#include "journal.hpp"
#include "options.hpp"
#include "platform.hpp"

// What all programs of a terminal have in common.
struct TerminalContext {
    const Options& options;
    AccountState& account;
    Journal& journal;  // the terminal's own
    Journal& prints;   // what programs print
    unsigned events_late_ms = 0;
    unsigned trade_timeout_ms = 0;  // MT4: how long an order waits for its answer
    BrokerConnection* connection = nullptr;
    volatile LONG requests = 0;
    volatile LONG context_busy = 0;
};

class RunningProgram : public mql::Terminal {
  public:
    RunningProgram(TerminalContext& context, const std::wstring& module, const std::wstring& title,
                   const std::map<std::string, std::string>& inputs);
    ~RunningProgram();
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;

    bool load();
    // Asks the program to end. After 3 s its thread is ended by force, as in MetaTrader.
    void unload(int reason);
    void post(const mql::Transaction& transaction);
    void tick(const std::wstring& symbol);

    void log(const wchar_t* text) override;
    bool stopped() override { return stopping_ != 0; }
    void sleep(int ms) override;
    bool timer(int ms) override;
    uint64_t microseconds() override;
    void* import(const wchar_t* dll, const char* name) override;
    bool input(const wchar_t* name, wchar_t* out, int size) override;
    const wchar_t* chart_symbol() override { return symbol_.c_str(); }
    bool connected() override { return context_.account.connected(); }
    bool trade_allowed() override { return context_.options.allow_live && context_.options.experts_enabled; }
    int build() override { return BUILD; }
    int64_t server_time_msc() override { return context_.account.server_time_msc(); }
    bool account(mql::Account& out) override;
    int symbols(bool selected) override { return static_cast<int>(context_.account.symbols(selected).size()); }
    bool symbol_at(int index, bool selected, mql::Symbol& out) override;
    bool symbol(const wchar_t* name, mql::Symbol& out) override { return context_.account.symbol(name, out); }
    bool session(const wchar_t* name, int day, int index, mql::Session& out) override { return context_.account.session(name, day, index, out); }
    bool select_symbol(const wchar_t* name, bool selected) override { return context_.account.select(name, selected); }
    bool quote(const wchar_t* name, mql::Quote& out) override { return context_.account.quote(name, out); }
    int positions() override { return static_cast<int>(context_.account.position_count()); }
    bool position_at(int index, mql::Position& out) override;
    bool position(uint64_t ticket, mql::Position& out) override { return context_.account.position(ticket, out); }
    int orders() override { return static_cast<int>(context_.account.orders().size()); }
    bool order_at(int index, mql::Order& out) override;
    bool order(uint64_t ticket, mql::Order& out) override { return context_.account.order(ticket, out); }
    void select_history(int64_t from_s, int64_t to_s) override;
    void select_history_of(uint64_t position) override;
    int history_deals() override { return static_cast<int>(history_.size()); }
    bool history_at(int index, mql::Deal& out) override;
    int history_orders() override { return static_cast<int>(past_orders_.size()); }
    bool history_order_at(int index, mql::Order& out) override;
    bool history_order(uint64_t ticket, mql::Order& out) override { return context_.account.past_order(ticket, out); }
    bool deal(uint64_t ticket, mql::Deal& out) override { return context_.account.deal(ticket, out); }
    bool send(const mql::Request& request, mql::Answer& answer) override;
    const wchar_t* data_folder() override;
    int64_t newest_quote_msc() override { return context_.account.newest_quote_msc(); }
    int tickets(bool past) override { return static_cast<int>(context_.account.ticket_count(past)); }
    bool ticket_at(int index, bool past, mql::Ticket& out) override { return index >= 0 && context_.account.ticket_at(static_cast<size_t>(index), past, out); }
    bool ticket(int64_t number, mql::Ticket& out) override { return context_.account.ticket(number, out); }
    bool send_and_wait(const mql::Request& request, mql::Answer& answer) override;

  private:
    struct Event {
        int kind = 0;
        mql::Transaction transaction{};
        ULONGLONG due = 0;
    };
    static DWORD WINAPI thread_main(void* self);
    void run();
    void loop();
    Event next();
    DWORD wait_ms(ULONGLONG now) const;
    void handle(const Event& event);

    TerminalContext& context_;
    std::wstring module_path_, title_, symbol_, data_folder_;
    std::map<std::string, std::string> inputs_;
    std::vector<HMODULE> dlls_;
    std::vector<mql::Deal> history_;
    std::vector<mql::Order> past_orders_;
    HMODULE module_ = nullptr;
    mql::Program* program_ = nullptr;
    HANDLE thread_ = nullptr;
    volatile LONG stopping_ = 0;
    int reason_ = 0;
    int64_t started_us_ = 0;

    Lock lock_;
    CONDITION_VARIABLE wake_ = CONDITION_VARIABLE_INIT;
    std::deque<Event> queue_;
    bool tick_waiting_ = false;
    bool overflowed_ = false;
    int timer_ms_ = 0;
    ULONGLONG timer_due_ = 0;
};
