#include "clock.hpp"

#include <windows.h>

int64_t now_ns() {
    LARGE_INTEGER count;
    LARGE_INTEGER per_second;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&per_second);
    // Seconds and remainder apart: at 10 MHz, count * 1e9 overflows 63 bits after a quarter of an hour.
    const int64_t whole = count.QuadPart / per_second.QuadPart;
    const int64_t rest = count.QuadPart % per_second.QuadPart;
    return whole * 1000000000LL + rest * 1000000000LL / per_second.QuadPart;
}
