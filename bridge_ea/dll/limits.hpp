#pragma once
#include <cstdint>

#include "wire.hpp"

// The market as the terminal sees it when an opening is about to be sent. `age_ms` is how old its last tick is by the broker's
// clock; `bid` is 0 without a tick.
struct MarketNow {
    double bid;
    double ask;
    double point;
    int64_t age_ms;
};

// 0 if an opening may be sent at this market, else the LimitCode with the reason.
uint32_t limit_code(const wire::Command& command, const MarketNow& market);
