// The limits of an opening's price, natively. Prints each broken rule and ends with 1 if there is one.
#include "../dll/limits.hpp"

#include <cmath>
#include <cstdio>
#include <initializer_list>

static int failures = 0;

static void rule(bool holds, const char* text) {
    if (holds) return;
    printf("broken: %s\n", text);
    failures++;
}

static constexpr MarketNow MARKET = {1.1, 1.1001, 0.00001, 0};

static wire::Command opening(uint32_t side, uint32_t limits, uint32_t spread, uint32_t slippage, double reference) {
    wire::Command c = {};
    c.action = wire::ACTION_OPEN;
    c.side = side;
    c.limits = limits;
    c.max_spread = spread;
    c.max_slippage = slippage;
    c.reference_price = reference;
    return c;
}

static void spreads() {
    rule(limit_code(opening(0, 0, 0, 0, 0), MARKET) == 0, "without limits everything is sent");
    rule(limit_code(opening(0, wire::LIMIT_SPREAD, 10, 0, 0), MARKET) == 0, "a spread of ten points is within ten");
    rule(limit_code(opening(0, wire::LIMIT_SPREAD, 9, 0, 0), MARKET) == wire::LIMIT_CODE_SPREAD, "and beyond nine");
    rule(limit_code(opening(0, wire::LIMIT_SPREAD, 0, 0, 0), MARKET) == wire::LIMIT_CODE_SPREAD, "a limit may be zero points");
}

static void slippages() {
    const uint32_t limit = wire::LIMIT_SLIPPAGE;
    rule(limit_code(opening(0, limit, 0, 10, 1.1), MARKET) == 0, "a buy pays the ask");
    rule(limit_code(opening(0, limit, 0, 9, 1.1), MARKET) == wire::LIMIT_CODE_SLIPPAGE, "which is ten points worse than 1.1");
    rule(limit_code(opening(0, limit, 0, 0, 1.2), MARKET) == 0, "better is always fine");
    rule(limit_code(opening(1, limit, 0, 10, 1.1001), MARKET) == 0, "a sell gets the bid");
    rule(limit_code(opening(1, limit, 0, 9, 1.1001), MARKET) == wire::LIMIT_CODE_SLIPPAGE, "which is ten points worse than 1.1001");
    wire::Command net = opening(0, limit, 0, 9, 1.1001);
    net.action = wire::ACTION_SET_NET;
    net.volume = -5;
    net.expected = 0;
    rule(limit_code(net, MARKET) == wire::LIMIT_CODE_SLIPPAGE, "a net position that falls is a sell");
    net.volume = 5;
    rule(limit_code(net, MARKET) == 0, "and one that rises is a buy");
}

static void quotes() {
    const wire::Command c = opening(0, wire::LIMIT_SPREAD, 100, 0, 0);
    rule(limit_code(c, {0, 0, 0.00001, 0}) == wire::LIMIT_CODE_QUOTE, "without a quote no limit can be held");
    rule(limit_code(c, {1.2, 1.1, 0.00001, 0}) == wire::LIMIT_CODE_QUOTE, "nor by an impossible one");
    rule(limit_code(c, {1.1, 1.1001, 0, 0}) == wire::LIMIT_CODE_QUOTE, "nor without the size of a point");
    rule(limit_code(c, {1.1, 1.1001, 0.00001, 60000}) == 0, "a tick that is a minute old still counts");
    rule(limit_code(c, {1.1, 1.1001, 0.00001, 60001}) == wire::LIMIT_CODE_QUOTE, "an older one does not");
    rule(limit_code(opening(0, 0, 0, 0, 0), {0, 0, 0, 0}) == 0, "without limits no quote is needed");
}

static void no_numbers() {
    for (const double reference : {static_cast<double>(NAN), -static_cast<double>(INFINITY)})
        rule(limit_code(opening(0, wire::LIMIT_SLIPPAGE, 0, 10, reference), MARKET) == wire::LIMIT_CODE_SLIPPAGE,
             "a slippage from no price is beyond every limit");
    const wire::Command c = opening(0, wire::LIMIT_SPREAD, 100, 0, 0);
    for (const MarketNow& market : {MarketNow{1.1, INFINITY, 0.00001, 0}, MarketNow{INFINITY, INFINITY, 0.00001, 0}, MarketNow{1.1, NAN, 0.00001, 0}})
        rule(limit_code(c, market) == wire::LIMIT_CODE_QUOTE, "a price that is no number is no quote");
}

int main() {
    no_numbers();
    spreads();
    slippages();
    quotes();
    return failures == 0 ? 0 : 1;
}
