#pragma once
#include <cstdint>

// Nanoseconds of QueryPerformanceCounter; under Wine this is the node's CLOCK_MONOTONIC_RAW.
int64_t now_ns();
