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
    table.answered(1, RequestKind::VOLUME);
    table.dealt(1);
    rule(table.in_flight(1, RequestKind::VOLUME) == 0, "answer and deal end what is in flight");
    rule(!table.claim(1, wire::ACTION_OPEN, 2000 * SECOND), "a link is opened once");
    rule(table.claim(2, wire::ACTION_OPEN, 0), "links do not know each other");
    table.release(2, RequestKind::VOLUME);
    rule(table.claim(2, wire::ACTION_OPEN, 1), "a rejection gives the right back");
}

static void changing(Inflight& table) {
    rule(table.claim(3, wire::ACTION_SET_VOLUME, 0), "a volume may be set");
    rule(!table.claim(3, wire::ACTION_SET_VOLUME, 30 * SECOND), "not again while it is in flight");
    table.answered(3, RequestKind::VOLUME);
    rule(!table.claim(3, wire::ACTION_SET_VOLUME, SECOND), "the answer alone does not end it");
    table.dealt(3);
    rule(table.claim(3, wire::ACTION_SET_VOLUME, SECOND), "answer and deal do");
    table.dealt(3);
    rule(!table.claim(3, wire::ACTION_SET_VOLUME, 2 * SECOND), "the deal alone does not end it");
    rule(!table.claim(3, wire::ACTION_CLOSE, 5 * SECOND), "a close waits for it");
    rule(table.claim(3, wire::ACTION_CLOSE, 12 * SECOND), "but not longer than ten seconds");
    rule(table.claim(3, wire::ACTION_SET_STOPS, 12 * SECOND), "stops are in flight apart from volume");
    rule(!table.claim(3, wire::ACTION_SET_STOPS, 13 * SECOND), "stops are set once at a time");
    table.answered(3, RequestKind::STOPS);
    rule(table.claim(3, wire::ACTION_SET_STOPS, 13 * SECOND), "until they are answered");
    rule(table.in_flight(3, RequestKind::VOLUME) == wire::ACTION_CLOSE, "which says nothing of the volume");
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
    table.answered(5, RequestKind::ORDER);
    rule(table.in_flight(5, RequestKind::ORDER) == 0, "the answer alone ends what is in flight for an order");
    rule(table.claim(5, wire::ACTION_SET_ORDER, SECOND), "an order that is there may be changed");
    rule(!table.claim(5, wire::ACTION_DELETE, 2 * SECOND), "and not deleted meanwhile");
    table.release(5, RequestKind::ORDER);
    rule(!table.claim(5, wire::ACTION_PLACE, 2 * SECOND), "a refused change does not free the link");
    rule(table.claim(5, wire::ACTION_DELETE, 3 * SECOND), "but may be tried again");
    table.order_gone(5);
    rule(table.in_flight(5, RequestKind::ORDER) == 0, "an order that is gone has nothing in flight");
    rule(table.claim(5, wire::ACTION_OPEN, 4 * SECOND), "a link whose order is gone unfilled may be opened");
    rule(table.claim(6, wire::ACTION_PLACE, 0), "placed");
    table.release(6, RequestKind::ORDER);
    rule(table.claim(6, wire::ACTION_PLACE, 1), "a refused placing frees the link");
    table.order_gone(7);
    rule(table.claim(7, wire::ACTION_PLACE, 0), "nobody knows an order that nobody placed");
}

static void an_order_that_filled(Inflight& table) {
    rule(table.claim(8, wire::ACTION_PLACE, 0), "placed");
    table.answered(8, RequestKind::ORDER);
    table.dealt(8);
    rule(!table.claim(8, wire::ACTION_PLACE, SECOND), "what became a position is not placed again");
    rule(!table.claim(8, wire::ACTION_OPEN, SECOND), "nor opened");
    rule(table.claim(8, wire::ACTION_CLOSE, SECOND), "but closed at once");
}

static void an_answer_to_another_request(Inflight& table) {
    rule(table.claim(10, wire::ACTION_PLACE, 0), "placed");
    table.answered(10, RequestKind::ORDER);
    rule(table.claim(10, wire::ACTION_DELETE, SECOND), "and deleted");
    table.order_gone(10);
    rule(table.claim(10, wire::ACTION_OPEN, 2 * SECOND), "gone before anybody answered, so it is opened");
    table.release(10, RequestKind::ORDER);
    rule(!table.claim(10, wire::ACTION_OPEN, 3 * SECOND), "the refusal of the deletion does not free a link that is being opened");
    table.answered(10, RequestKind::ORDER);
    table.dealt(10);
    rule(table.in_flight(10, RequestKind::VOLUME) == wire::ACTION_OPEN, "nor does its answer count as that of the opening");
    table.order_gone(10);
    rule(!table.claim(10, wire::ACTION_OPEN, 4 * SECOND), "nor does the order's end when it is reported once more");
    table.answered(10, RequestKind::VOLUME);
    rule(table.in_flight(10, RequestKind::VOLUME) == 0, "the opening's own answer does");
    rule(table.claim(11, wire::ACTION_DELETE, 0), "an order of an earlier terminal is deleted");
    table.answered(11, RequestKind::VOLUME);
    table.release(11, RequestKind::VOLUME);
    rule(table.in_flight(11, RequestKind::VOLUME) == wire::ACTION_DELETE, "which an answer to something else does not end");
}

static void what_blocks_an_opening(Inflight& table) {
    rule(table.blocking(12) == 0, "nothing blocks a new link");
    rule(table.claim(12, wire::ACTION_PLACE, 0), "placed");
    rule(table.blocking(12) == wire::ACTION_PLACE, "an order that is being placed does");
    table.answered(12, RequestKind::ORDER);
    rule(table.blocking(12) == wire::ACTION_PLACE, "and one that was");
    rule(table.claim(12, wire::ACTION_DELETE, SECOND), "deleted");
    rule(table.blocking(12) == wire::ACTION_DELETE, "its deletion too");
    table.order_gone(12);
    rule(table.blocking(12) == 0, "until it is gone");
    rule(table.claim(12, wire::ACTION_OPEN, SECOND), "opened");
    rule(table.blocking(12) == wire::ACTION_OPEN, "then the opening does");
    table.answered(12, RequestKind::VOLUME);
    table.dealt(12);
    rule(table.blocking(12) == wire::ACTION_OPEN, "for good");
}

static void netting(Inflight& table) {
    rule(table.claim(9, wire::ACTION_OPEN, 0), "an allocation is begun as a position is");
    table.answered(9, RequestKind::VOLUME);
    table.dealt(9);
    rule(table.claim(9, wire::ACTION_SET_NET, SECOND), "and then changed");
    rule(!table.claim(9, wire::ACTION_SET_NET, 30 * SECOND), "by one order at a time");
    table.dealt(9);
    rule(!table.claim(9, wire::ACTION_SET_NET, 30 * SECOND), "until both its deal");
    table.answered(9, RequestKind::VOLUME);
    rule(table.claim(9, wire::ACTION_SET_NET, 30 * SECOND), "and its answer were seen");
    rule(table.claim(9, wire::ACTION_SET_NET, 91 * SECOND), "or a minute went by");
}

static void a_target_that_was_carried_out(Inflight& table) {
    rule(table.claim(13, wire::ACTION_SET_NET, 0, 7), "a target_id may be carried out");
    table.release(13, RequestKind::VOLUME);
    rule(table.claim(13, wire::ACTION_SET_NET, 0, 7), "and again where it was refused");
    table.dealt(13);
    table.answered(13, RequestKind::VOLUME);
    rule(table.in_flight(13, RequestKind::VOLUME) == 0, "done");
    rule(!table.claim(13, wire::ACTION_SET_NET, 100 * SECOND, 7), "what had its deal is never done again");
    rule(table.claim(13, wire::ACTION_SET_NET, SECOND, 8), "the next target_id is another");
    rule(table.claim(14, wire::ACTION_SET_NET, SECOND, 7), "so is that of another link");
    rule(!table.claim(14, wire::ACTION_SET_NET, 2 * SECOND, 7), "and not done twice at a time");
    rule(table.claim(14, wire::ACTION_SET_NET, 100 * SECOND, 7), "what never had a deal is given up after a minute");
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
    for (auto* part : {opening, changing, closing_what_was_never_answered, pending_orders, an_order_that_filled, an_answer_to_another_request,
                       what_blocks_an_opening, netting, a_target_that_was_carried_out, forgetting}) {
        const auto table = std::make_unique<Inflight>();
        part(*table);
    }
    return failures == 0 ? 0 : 1;
}
