#pragma once
#include <cstdint>

// QueryPerformanceCounter in nanoseconds. Wine reads it from the node's CLOCK_MONOTONIC_RAW, so relay and terminal share a clock.
int64_t now_ns();
