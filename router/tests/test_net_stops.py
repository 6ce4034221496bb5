"""Stops of trades that share a netting account's position: the broker holds the furthest, the router watches the others."""

from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action
from lockstep_router.journal.records import CopyRow, HistoryEvent

from .engine_harness import SLAVE, EngineHarness, a_harness, volumes
from .terminals import LOT

MARKET_CLOSED, INVALID_STOPS = 10018, 10016
MAGICS_OF_HAND = 0


def settle(harness: EngineHarness) -> None:
    harness.run()
    harness.pass_ms(1500)


def quote(harness: EngineHarness, bid: float) -> None:
    """The slave's terminal tells a quote."""
    harness.quotes[SLAVE]["EURUSD"] = Prices(bid, round(bid + 0.0001, 5), harness.now_ns + 5_000_000_000)
    out = harness.engine.on_quotes(SLAVE, harness.now_ns)
    if out is not None:
        harness.act(out)
    harness.run()


def stops(harness: EngineHarness) -> list[tuple[float, float]]:
    """What the slave's broker holds."""
    return [(position.sl, position.tp) for position in harness.slave.positions.values()]


def kept(harness: EngineHarness) -> list[tuple[float | None, str | None]]:
    """What rows of open copies say of their stop loss."""
    return [(row.stop_loss, row.stops_kept) for row in harness.rows().values() if row.status == "open"]


def two_buys(first: float = 1.05, second: float = 1.08) -> tuple[EngineHarness, int, int]:
    """Two buys of one lot and of half a lot, with different stops."""
    harness = a_harness(slave_nets=True)
    tickets = harness.master.open(LOT, sl=first), harness.master.open(LOT // 2, sl=second)
    settle(harness)
    return harness, *tickets


def test_a_trailing_stop_after_an_addition_reaches_the_slave() -> None:
    harness = a_harness(slave_nets=True, master_nets=True)
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.master.add(ticket, LOT // 2)
    settle(harness)
    for sl in (1.06, 1.07):
        harness.master.set_stops(ticket, sl, 1.2)
        settle(harness)
    assert (volumes(harness), stops(harness)) == ([150], [(1.07, 1.2)])
    assert kept(harness) == [(1.07, "broker"), (1.07, "broker")]


def test_an_opening_brings_no_stop_that_would_close_another_trade() -> None:
    harness, _, _ = two_buys()
    (position,) = harness.slave.positions.values()
    assert harness.slave.broker.book.levels[position.ticket] == {(1.05, 0.0)}
    assert kept(harness) == [(1.05, "broker"), (1.08, "service")]


def test_a_watched_stop_closes_its_trade_alone_and_once() -> None:
    harness, _, second = two_buys()
    quote(harness, 1.0801)
    assert volumes(harness) == [150]
    quote(harness, 1.08)
    quote(harness, 1.1)
    settle(harness)
    assert (volumes(harness), stops(harness), kept(harness)) == ([100], [(1.05, 0.0)], [(1.05, "broker")])
    assert harness.statuses() == [("open", None), ("closed", "stop_reached")]
    harness.master.set_stops(second, 1.09, 0.0)
    settle(harness)
    assert volumes(harness) == [100], "the master is still in, and a copy is not opened twice"


def test_a_stop_that_was_reached_is_carried_out_though_the_price_comes_back_before_the_broker_takes_it() -> None:
    harness, _, _ = two_buys()
    harness.slave.refusals = [MARKET_CLOSED, MARKET_CLOSED]
    quote(harness, 1.079)
    quote(harness, 1.1)
    harness.pass_ms(120_000)
    assert volumes(harness) == [100]


def test_a_stop_is_watched_by_a_router_that_starts_anew_while_the_master_is_away() -> None:
    harness, _, _ = two_buys()
    harness.start_router(*harness.known())
    harness.connect(harness.slave)
    harness.pass_ms(3000)
    quote(harness, 1.08)
    settle(harness)
    assert volumes(harness) == [100]


def test_a_stop_that_was_passed_while_the_slave_was_away_is_carried_out_when_it_is_back() -> None:
    harness, _, _ = two_buys()
    harness.peers = {peer: terminal for peer, terminal in harness.peers.items() if terminal is not harness.slave}
    harness.pass_ms(20_000)
    harness.connect(harness.slave)
    harness.pass_ms(3000)
    quote(harness, 1.07)
    settle(harness)
    assert volumes(harness) == [100]


def test_an_old_quote_reaches_no_stop() -> None:
    harness, _, _ = two_buys()
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.07, 1.0701, harness.now_ns - 1)
    assert harness.engine.on_quotes(SLAVE, harness.now_ns) is not None
    settle(harness)
    assert volumes(harness) == [150]


def test_lots_that_the_owner_adds_are_closed_by_no_stop_of_ours() -> None:
    harness = a_harness(slave_nets=True)
    harness.master.open(LOT, sl=1.05)
    settle(harness)
    harness.slave.broker.open_by_hand("EURUSD", 0, LOT // 2, 1.05, 0.0, MAGICS_OF_HAND)
    settle(harness)
    assert (stops(harness), kept(harness)) == ([(0.0, 0.0)], [(1.05, "service")])
    quote(harness, 1.05)
    settle(harness)
    assert volumes(harness) == [50]


def test_a_stop_that_the_owner_set_beside_lots_of_their_own_is_left_alone() -> None:
    harness = a_harness(slave_nets=True)
    harness.master.open(LOT, sl=1.05)
    settle(harness)
    harness.slave.broker.open_by_hand("EURUSD", 0, LOT // 2, 1.02, 0.0, MAGICS_OF_HAND)
    settle(harness)
    assert (stops(harness), kept(harness)) == ([(1.02, 0.0)], [(1.05, "service")])


def test_trades_of_both_sides_are_watched_and_the_one_that_is_left_has_its_stop_at_the_broker() -> None:
    harness = a_harness(slave_nets=True)
    harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.master.open(LOT // 2, side=1, sl=1.15)
    settle(harness)
    assert (volumes(harness), stops(harness)) == ([50], [(0.0, 0.0)])
    quote(harness, 1.1499)
    settle(harness)
    assert (volumes(harness), stops(harness), kept(harness)) == ([100], [(1.05, 0.0)], [(1.05, "broker")])


def test_where_the_price_is_beyond_the_held_stop_too_the_broker_closes_the_whole_position() -> None:
    harness, _, _ = two_buys()
    harness.slave.received.clear()
    quote(harness, 1.04)
    harness.pass_ms(300)
    assert Action.SET_NET not in harness.slave.heard
    (ticket,) = harness.slave.positions
    harness.slave.close(ticket)
    settle(harness)
    harness.pass_ms(3000)
    assert (volumes(harness), harness.slave.orders[2:]) == ([], [])


def test_where_the_broker_does_not_close_the_whole_position_the_trade_is_closed_after_a_second() -> None:
    harness, _, _ = two_buys()
    for _ in range(2):
        quote(harness, 1.04)
        harness.pass_ms(1200)
    assert volumes(harness) == [100]


def test_what_is_watched_of_a_copier_that_was_removed_is_watched_no_more() -> None:
    harness, _, _ = two_buys()
    harness.change_plan()
    quote(harness, 1.07)
    settle(harness)
    assert volumes(harness) == [150]


def test_history_says_which_stops_were_watched_when_one_was_reached() -> None:
    harness, _, _ = two_buys()
    quote(harness, 1.08)
    found = [record for record in harness.journal if isinstance(record, HistoryEvent) and record.kind == "stop_reached"]
    assert [record.data for record in found] == [{"sl": 1.08, "tp": 0.0}]


def test_a_hedging_slaves_rows_say_nothing_of_stops() -> None:
    harness = a_harness()
    harness.master.open(LOT, sl=1.05)
    settle(harness)
    (row,) = [record for record in harness.rows().values() if isinstance(record, CopyRow)]
    assert (row.stop_loss, row.take_profit, row.stops_kept) == (None, None, None)


def test_refused_stops_are_set_once_the_whole_position_has_other_lots() -> None:
    harness, first, second = two_buys()
    harness.slave.refusals = [INVALID_STOPS] * 2
    harness.master.set_stops(first, 1.06, 0.0)
    settle(harness)
    harness.pass_ms(60_000)
    assert (volumes(harness), stops(harness), harness.slave.refusals) == ([150], [(1.05, 0.0)], [])
    harness.master.close(second)
    settle(harness)
    assert (volumes(harness), stops(harness)) == ([100], [(1.06, 0.0)])


def test_the_removal_of_stops_that_was_refused_is_tried_again_once_the_whole_position_is_of_the_other_side() -> None:
    harness = a_harness(slave_nets=True)
    harness.master.open(LOT, sl=1.05)
    settle(harness)
    harness.slave.broker.open_by_hand("EURUSD", 1, LOT // 2, 0.0, 0.0, MAGICS_OF_HAND)
    harness.slave.refusals = [INVALID_STOPS]
    settle(harness)
    harness.pass_ms(60_000)
    assert (volumes(harness), stops(harness), harness.slave.refusals) == ([50], [(1.05, 0.0)], [])
    harness.slave.broker.open_by_hand("EURUSD", 1, LOT, 1.05, 0.0, MAGICS_OF_HAND)
    settle(harness)
    assert (volumes(harness), stops(harness)) == ([-50], [(0.0, 0.0)])
