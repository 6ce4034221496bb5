// The terminal's window, so that it can be closed the way a person closes it. Works without a display, too.
#pragma once
#include <string>

// Returns when the window was closed or the session ends.
void run_window(const std::wstring& title);
