// The rules of the in-flight table, natively. Prints the first broken rule and ends with 1.
#include "../dll/inflight.hpp"

#include <cstdio>
#include <initializer_list>
#include <memory>

#include "wire.hpp"

static constexpr int64_t SECOND = 1000000000;

static int failures = 0;

static void rule(bool holds, const char* text) {
    if (holds) return;
    printf("broken: %s\n", text);
    failures++;
}

static void opening(Inflight& table) {
    rule(table.claim(1, wire::ACTION_OPEN, 0), "a new link may be opened");
    rule(!table.claim(1, wire::ACTION_OPEN, 1000 * SECOND), "an unanswered open is never given up");
    table.answered(1, false);
    table.dealt(1);
    rule(table.pending(1, false) == 0, "answer and deal end what is under way");
    rule(!table.claim(1, wire::ACTION_OPEN, 2000 * SECOND), "a link is opened once");
    rule(table.claim(2, wire::ACTION_OPEN, 0), "links do not know each other");
    table.rejected(2, false);
    rule(table.claim(2, wire::ACTION_OPEN, 1), "a rejection gives the right back");
}

static void changing(Inflight& table) {
    rule(table.claim(3, wire::ACTION_SET_VOLUME, 0), "a volume may be set");
    rule(!table.claim(3, wire::ACTION_SET_VOLUME, 30 * SECOND), "not again while it is under way");
    table.answered(3, false);
    rule(!table.claim(3, wire::ACTION_SET_VOLUME, SECOND), "the answer alone does not end it");
    table.dealt(3);
    rule(table.claim(3, wire::ACTION_SET_VOLUME, SECOND), "answer and deal do");
    table.dealt(3);
    rule(!table.claim(3, wire::ACTION_SET_VOLUME, 2 * SECOND), "the deal alone does not end it");
    rule(!table.claim(3, wire::ACTION_CLOSE, 5 * SECOND), "a close waits for it");
    rule(table.claim(3, wire::ACTION_CLOSE, 12 * SECOND), "but not longer than ten seconds");
    rule(table.claim(3, wire::ACTION_SET_STOPS, 12 * SECOND), "stops are under way apart from volume");
    rule(!table.claim(3, wire::ACTION_SET_STOPS, 13 * SECOND), "stops are set once at a time");
    table.answered(3, true);
    rule(table.claim(3, wire::ACTION_SET_STOPS, 13 * SECOND), "until they are answered");
    rule(table.pending(3, false) == wire::ACTION_CLOSE, "which says nothing of the volume");
    rule(table.claim(3, wire::ACTION_SET_VOLUME, 100 * SECOND), "a lost change is given up after a minute");
}

static void closing_what_was_never_answered(Inflight& table) {
    rule(table.claim(4, wire::ACTION_OPEN, 0), "opened");
    rule(!table.claim(4, wire::ACTION_SET_VOLUME, SECOND), "not reduced while the open may still be answered");
    rule(table.claim(4, wire::ACTION_CLOSE, SECOND), "a position that is there may be closed");
    rule(!table.claim(4, wire::ACTION_OPEN, 2 * SECOND), "and the link stays used");
}

static void pending_orders(Inflight& table) {
    rule(table.claim(5, wire::ACTION_PLACE, 0), "an order may be placed for a new link");
    rule(!table.claim(5, wire::ACTION_PLACE, 1000 * SECOND), "an unanswered placing is never given up");
    rule(!table.claim(5, wire::ACTION_OPEN, 1000 * SECOND), "nor is the link opened otherwise");
    rule(!table.claim(5, wire::ACTION_SET_ORDER, SECOND), "an order is not changed while it is being placed");
    table.answered(5, false);
    rule(table.pending(5, false) == 0, "the answer alone ends what is under way for an order");
    rule(table.claim(5, wire::ACTION_SET_ORDER, SECOND), "an order that is there may be changed");
    rule(!table.claim(5, wire::ACTION_DELETE, 2 * SECOND), "and not deleted meanwhile");
    table.rejected(5, false);
    rule(!table.claim(5, wire::ACTION_PLACE, 2 * SECOND), "a refused change does not free the link");
    rule(table.claim(5, wire::ACTION_DELETE, 3 * SECOND), "but may be tried again");
    table.gone(5);
    rule(table.pending(5, false) == 0, "an order that is gone has nothing under way");
    rule(table.claim(5, wire::ACTION_OPEN, 4 * SECOND), "a link whose order is gone unfilled may be opened");
    rule(table.claim(6, wire::ACTION_PLACE, 0), "placed");
    table.rejected(6, false);
    rule(table.claim(6, wire::ACTION_PLACE, 1), "a refused placing frees the link");
    table.gone(7);
    rule(table.claim(7, wire::ACTION_PLACE, 0), "nobody knows an order that nobody placed");
}

static void an_order_that_filled(Inflight& table) {
    rule(table.claim(8, wire::ACTION_PLACE, 0), "placed");
    table.answered(8, false);
    table.dealt(8);
    rule(!table.claim(8, wire::ACTION_PLACE, SECOND), "what became a position is not placed again");
    rule(!table.claim(8, wire::ACTION_OPEN, SECOND), "nor opened");
    rule(table.claim(8, wire::ACTION_CLOSE, SECOND), "but closed at once");
}

static void netting(Inflight& table) {
    rule(table.claim(9, wire::ACTION_OPEN, 0), "a share is begun as a position is");
    table.answered(9, false);
    table.dealt(9);
    rule(table.claim(9, wire::ACTION_SET_NET, SECOND), "and then changed");
    rule(!table.claim(9, wire::ACTION_SET_NET, 30 * SECOND), "by one order at a time");
    table.dealt(9);
    rule(!table.claim(9, wire::ACTION_SET_NET, 30 * SECOND), "until both its deal");
    table.answered(9, false);
    rule(table.claim(9, wire::ACTION_SET_NET, 30 * SECOND), "and its answer were seen");
    rule(table.claim(9, wire::ACTION_SET_NET, 91 * SECOND), "or a minute went by");
}

static void forgetting(Inflight& table) {
    const int64_t base = 1LL << 40;
    for (size_t i = 0; i < LINKS_KEPT; i++) table.claim(base + static_cast<int64_t>(i), wire::ACTION_OPEN, 0);
    rule(!table.claim(base, wire::ACTION_OPEN, 0), "as many links as it holds are remembered");
    table.claim(base - 1, wire::ACTION_OPEN, 0);
    rule(!table.claim(base + 1, wire::ACTION_OPEN, 0), "only the oldest is forgotten");
    rule(table.claim(base, wire::ACTION_OPEN, 0), "the oldest is forgotten");
}

int main() {
    for (auto* part : {opening, changing, closing_what_was_never_answered, pending_orders, an_order_that_filled, netting, forgetting}) {
        const auto table = std::make_unique<Inflight>();
        part(*table);
    }
    return failures == 0 ? 0 : 1;
}
