"""What the master had open before anybody saw it: opened while the price is near the master's, if the copier wants that."""

from typing import Any

import pytest

from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action
from tests.simulation.broker_data import ListedSymbol

from .engine_harness import SLAVE, EngineHarness, a_harness, copier, plan, restart, volumes
from .manual_request_harness import ManualRequestHarness
from .terminals import LOT

LATE = {"points": 50, "minutes": 2}
ORDER = {**LATE, "further_away": "order", "order_minutes": 30}
BUY_LIMIT = 2


def found_open(price: float, most: int = 100 * LOT, **settings: Any) -> EngineHarness:
    """The slave comes back half a minute after its master's opening at 1.1. Its broker takes `most` lots in one order."""
    harness = a_harness(**settings)
    harness.slave.list_symbols(ListedSymbol("EURUSD", 5, LOT // 100, LOT // 100, most))
    for peer in [peer for peer, terminal in harness.peers.items() if terminal is harness.slave]:
        del harness.peers[peer]
    harness.slave.up = False
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(30_000)
    harness.quotes[SLAVE]["EURUSD"] = Prices(price, price)
    harness.connect(harness.slave)
    harness.pass_ms(2_000)
    return harness


def test_it_is_opened_near_the_masters_price() -> None:
    harness = found_open(1.1003, late_openings=LATE)
    assert len(harness.slave.positions) == 1


def test_without_the_setting_it_is_out_of_sync() -> None:
    harness = found_open(1.1003)
    assert (len(harness.slave.positions), harness.statuses()[0][0]) == (0, "skipped")


def test_it_waits_for_the_price_and_no_longer_than_it_may() -> None:
    harness = found_open(1.1020, late_openings=LATE)
    assert harness.statuses() == [("waiting", "late_price")]
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1001, 1.1001)
    harness.pass_ms(3_000)
    assert len(harness.slave.positions) == 1

    harness = found_open(1.1020, late_openings=LATE)
    harness.pass_ms(120_000)
    assert harness.statuses() == [("skipped", "late_price")]
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1001, 1.1001)
    harness.pass_ms(5_000)
    assert len(harness.slave.positions) == 0


def test_an_order_waits_at_the_masters_price_and_its_fill_is_the_copy() -> None:
    harness = found_open(1.1020, late_openings=ORDER)
    ((ticket, order),) = harness.slave.pending_orders.items()
    assert (order.kind, order.price, order.volume) == (BUY_LIMIT, 1.1, LOT)
    assert harness.statuses() == [("sent", None)]
    harness.slave.fill(ticket)
    harness.pass_ms(1_000)
    assert (volumes(harness), harness.statuses()) == ([100], [("open", None)])
    harness.master.close(next(iter(harness.master.positions)))
    harness.pass_ms(1_000)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", None)])


def test_it_is_deleted_when_the_master_closes_first() -> None:
    harness = found_open(1.1020, late_openings=ORDER)
    harness.master.close(next(iter(harness.master.positions)))
    harness.pass_ms(1_000)
    assert (len(harness.slave.pending_orders), volumes(harness)) == (0, [])
    assert harness.statuses()[0][0] == "closed"


@pytest.mark.parametrize("when_filled", ["wait", "market"])
def test_nothing_takes_the_place_of_an_order_that_has_expired(when_filled: str) -> None:
    harness = found_open(1.1020, late_openings=ORDER, pending={"mode": "copy", "when_filled": when_filled})
    harness.slave.delete(next(iter(harness.slave.pending_orders)))
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1001, 1.1001)
    harness.pass_ms(10_000)
    assert (len(harness.slave.pending_orders), volumes(harness)) == (0, [])
    assert harness.statuses() == [("closed", "order_gone")]


def test_a_router_that_starts_anew_places_no_second_order() -> None:
    for unwritten in (0, 1, 2):
        harness = found_open(1.1020, late_openings=ORDER)
        restart(harness, unwritten)
        ((ticket, _),) = harness.slave.pending_orders.items()
        harness.slave.fill(ticket)
        harness.pass_ms(1_000)
        assert (volumes(harness), len(harness.slave.orders)) == ([100], 1)


def test_it_follows_the_masters_stops() -> None:
    harness = found_open(1.1020, late_openings=ORDER)
    harness.master.set_stops(next(iter(harness.master.positions)), 1.05, 1.2)
    harness.pass_ms(3_000)
    ((_, order),) = harness.slave.pending_orders.items()
    assert (order.sl, order.tp, order.price) == (1.05, 1.2, 1.1)


def test_a_netting_account_gets_the_order_too() -> None:
    harness = found_open(1.1020, slave_nets=True, late_openings=ORDER)
    harness.slave.fill(next(iter(harness.slave.pending_orders)))
    harness.pass_ms(1_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.pass_ms(1_000)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", None)])


def test_copy_now_may_go_by_the_same() -> None:
    late = {**ORDER, "copy_now": "late"}
    harness = ManualRequestHarness(copier({"sizing": {"mode": "none"}, "late_openings": late}, mode="close_only"))
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(600_000, step_ms=10_000)
    harness.plan = plan(copier({"sizing": {"mode": "none"}, "late_openings": late}))
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1020, 1.1020)
    harness.ask("copy_now", ticket)
    assert harness.outcomes() == [("done", None)]
    assert (len(harness.slave.pending_orders), volumes(harness)) == (1, [])


def test_an_opening_at_market_that_was_lost_is_not_sent_again_when_it_became_an_order() -> None:
    harness = a_harness(late_openings=ORDER, max_signal_age_ms=1_000)
    harness.slave.lost = {Action.OPEN}
    harness.master.open(LOT)
    harness.run()
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1020, 1.1020, harness.now_ns + 60_000_000_000)
    harness.pass_ms(1_500)
    harness.slave.lost = set()
    harness.pass_ms(10_000)
    assert (volumes(harness), len(harness.slave.pending_orders)) == ([], 1)


def test_what_is_more_than_the_broker_takes_in_one_order_becomes_several() -> None:
    harness = found_open(1.1020, most=LOT * 2 // 5, late_openings=ORDER)
    assert sorted(order.volume for order in harness.slave.pending_orders.values()) == [LOT // 5, LOT * 2 // 5, LOT * 2 // 5]
    for ticket in tuple(harness.slave.pending_orders):
        harness.slave.fill(ticket)
    harness.pass_ms(2_000)
    assert volumes(harness) == [20, 40, 40]
    harness.master.close(next(iter(harness.master.positions)))
    harness.pass_ms(2_000)
    assert volumes(harness) == []
