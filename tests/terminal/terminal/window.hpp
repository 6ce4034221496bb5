// The terminal's window, which can be closed as a person closes it. Without a display there is none.
#pragma once
#include <string>

// Returns when the window was closed or the session ends; without a window never.
void run_window(const std::wstring& title);
