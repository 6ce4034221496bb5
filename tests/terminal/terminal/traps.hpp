// Surprises of a real terminal that tests switch on with a file `traps.ini` in the terminal's folder:
//   SelfUpdateOnce=1        writes the LiveUpdate lines and ends with 143, once (the key is removed)
//   FirstBootDelayMs=N      sleeps N ms before it does anything, once
//   CrashAfterMs=N          ends with 3 after N ms and writes nothing, at each start
//   CrashOnceAfterMs=N      the same, once
//   TradeTimeoutMs=N        MT4: an order that is not answered for N ms ends in error 128 (30,000 without it)
//   TradeEventsLateMs=N     OnTradeTransaction is called N ms after the program can see the change
//   NoChartOf=SYMBOL        the broker does not have the symbol: its chart is not opened, and its expert not started
#pragma once
#include <string>

#include "journal.hpp"

constexpr int SELF_UPDATE = 143;
constexpr int CRASHED = 3;

// Runs the traps of the start. Returns the exit code with which the process must end, or 0.
int run_early_traps(const std::wstring& home, Journal& journal);
// The delay of OnTradeTransaction.
unsigned trade_events_late_ms(const std::wstring& home);
// Whether there is no chart of a symbol.
bool has_no_chart(const std::wstring& home, const std::string& symbol);
unsigned trade_timeout_ms(const std::wstring& home);
// Starts the timer of a crash, if one is switched on.
void arm_crash(const std::wstring& home);
