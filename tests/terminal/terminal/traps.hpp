// The ways in which a real terminal surprises: switched on by a marker file `traps.ini` in the terminal's folder.
//   SelfUpdateOnce=1        writes the LiveUpdate lines and ends with 143, once (the key is struck out)
//   FirstBootDelayMs=N      sleeps so long before it does anything, once
//   CrashAfterMs=N          ends with 3 after that time, without a word, each time
//   CrashOnceAfterMs=N      the same, once
//   TradeEventsLateMs=N     programs hear of what happened to the account so much later than they could see it
#pragma once
#include <string>

#include "journal.hpp"

constexpr int SELF_UPDATE = 143;
constexpr int CRASHED = 3;

// Before anything else: sleeps if asked to; returns the exit code to end with, or 0.
int run_early_traps(const std::wstring& home, Journal& journal);
// How late programs hear of trades.
unsigned trade_events_late_ms(const std::wstring& home);
// Starts the clock of a crash.
void arm_crash(const std::wstring& home);
