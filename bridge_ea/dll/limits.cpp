#include "limits.hpp"

#include <cmath>

// An older tick counts as no quote, as in lockstep_core.market.money: the market may be closed, or its symbol was not shown
// for long.
static constexpr int64_t MAX_TICK_AGE_MS = 60000;

static bool is_quote(const MarketNow& market) {
    return market.bid > 0 && market.ask >= market.bid && std::isfinite(market.ask) && market.point > 0 && market.age_ms <= MAX_TICK_AGE_MS;
}

static bool buys(const wire::Command& command) {
    return command.action == wire::ACTION_SET_NET ? command.volume > command.expected : command.side == wire::SIDE_BUY;
}

// If a price is no number, the distance is unknown and within no limit.
static bool within(double distance, double point, uint32_t most) { return std::round(distance / point) <= most; }

uint32_t limit_code(const wire::Command& command, const MarketNow& market) {
    if (command.limits == 0) return 0;
    if (!is_quote(market)) return wire::LIMIT_CODE_QUOTE;
    const double spread = market.ask - market.bid;
    if ((command.limits & wire::LIMIT_SPREAD) != 0 && !within(spread, market.point, command.max_spread)) return wire::LIMIT_CODE_SPREAD;
    const double worse = buys(command) ? market.ask - command.reference_price : command.reference_price - market.bid;
    const bool slips = (command.limits & wire::LIMIT_SLIPPAGE) != 0 && !within(worse, market.point, command.max_slippage);
    return slips ? wire::LIMIT_CODE_SLIPPAGE : 0;
}
