// One MQL program: its module, its thread, its queue of events, and its view of the terminal.
#pragma once
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "../runtime/abi.hpp"
#include "book.hpp"
#include "broker_link.hpp"
#include "journal.hpp"
#include "options.hpp"

// What all programs of a terminal share.
struct Desk {
    const Options& options;
    Book& book;
    Journal& journal;  // the terminal's
    Journal& prints;   // the programs'
    unsigned events_late_ms = 0;
    BrokerLink* link = nullptr;
    volatile LONG requests = 0;
};

class Running : public mql::Terminal {
  public:
    Running(Desk& desk, const std::wstring& module, const std::wstring& title, const std::map<std::string, std::string>& inputs);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    bool load();
    // Asks it to end; after 3 s it is ended by force, as in MetaTrader.
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
    bool connected() override { return desk_.book.connected(); }
    bool trade_allowed() override { return desk_.options.allow_live && desk_.options.experts_enabled; }
    int build() override { return 9999; }
    int64_t server_time_msc() override { return desk_.book.server_time_msc(); }
    bool account(mql::Account& out) override;
    int symbols(bool selected) override { return static_cast<int>(desk_.book.symbols(selected).size()); }
    bool symbol_at(int index, bool selected, mql::Symbol& out) override;
    bool symbol(const wchar_t* name, mql::Symbol& out) override { return desk_.book.symbol(name, out); }
    bool select_symbol(const wchar_t* name, bool selected) override { return desk_.book.select(name, selected); }
    bool quote(const wchar_t* name, mql::Quote& out) override { return desk_.book.quote(name, out); }
    int positions() override { return static_cast<int>(desk_.book.position_count()); }
    bool position_at(int index, mql::Position& out) override;
    bool position(uint64_t ticket, mql::Position& out) override { return desk_.book.position(ticket, out); }
    int orders() override { return static_cast<int>(desk_.book.orders().size()); }
    bool order_at(int index, mql::Order& out) override;
    bool order(uint64_t ticket, mql::Order& out) override { return desk_.book.order(ticket, out); }
    void select_history(int64_t from_s, int64_t to_s) override;
    void select_history_of(uint64_t position) override;
    int history_deals() override { return static_cast<int>(history_.size()); }
    bool history_at(int index, mql::Deal& out) override;
    int history_orders() override { return static_cast<int>(past_orders_.size()); }
    bool history_order_at(int index, mql::Order& out) override;
    bool history_order(uint64_t ticket, mql::Order& out) override { return desk_.book.past_order(ticket, out); }
    bool deal(uint64_t ticket, mql::Deal& out) override { return desk_.book.deal(ticket, out); }
    bool send(const mql::Request& request, mql::Answer& answer) override;

  private:
    struct Event {
        int kind = 0;
        mql::Transaction transaction{};
        ULONGLONG due = 0;
    };
    static DWORD WINAPI enter(void* self);
    void run();
    void loop();
    Event next();
    DWORD patience(ULONGLONG now) const;
    void handle(const Event& event);

    Desk& desk_;
    std::wstring module_path_, title_, symbol_;
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
