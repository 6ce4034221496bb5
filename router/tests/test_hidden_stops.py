"""Hidden stops: the broker holds none of them, the router watches the price and closes the copy."""

from typing import Any

import pytest

from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action

from .engine_harness import COPIER, MASTER, SLAVE, EngineHarness, a_harness, copier, restart, volumes
from .terminals import LOT


def quote(harness: EngineHarness, bid: float, pass_ms: int = 2_000) -> None:
    """The slave's terminal tells a quote."""
    harness.quotes[SLAVE]["EURUSD"] = Prices(bid, round(bid + 0.0001, 5), harness.now_ns + 5_000_000_000)
    out = harness.engine.on_quotes(SLAVE, harness.now_ns)
    if out is not None:
        harness.act(out)
    harness.run()
    harness.pass_ms(pass_ms)


def at_broker(harness: EngineHarness) -> list[tuple[float, float]]:
    return [(position.sl, position.tp) for position in harness.slave.positions.values()]


def kept(harness: EngineHarness) -> list[tuple[float | None, float | None, str | None]]:
    """What rows of open copies say of their stops."""
    rows = harness.rows().values()
    return [(row.stop_loss, row.take_profit, row.stops_kept) for row in rows if row.status == "open"]


def opened(nets: bool = False, disaster: int | None = None, **stops: Any) -> EngineHarness:
    """A copy of a buy at 1.1 whose stop loss at 1.09 is hidden."""
    hidden = {} if disaster is None else {"disaster_points": disaster}
    harness = a_harness(slave_nets=nets, stops={"hidden": hidden, **stops})
    harness.master.open(LOT, sl=1.09)
    harness.run()
    harness.pass_ms(2_000)
    return harness


@pytest.mark.parametrize("nets", [False, True])
def test_the_broker_never_hears_of_them_and_the_row_says_who_watches(nets: bool) -> None:
    harness = opened(nets)
    harness.master.set_stops(next(iter(harness.master.positions)), 1.095, 1.2)
    harness.run()
    harness.pass_ms(3_000)
    assert at_broker(harness) == [(0.0, 0.0)]
    assert all((command.sl, command.tp) == (0.0, 0.0) for command in harness.slave.received)
    assert kept(harness) == [(1.095, 1.2, "service")]


@pytest.mark.parametrize("nets", [False, True])
def test_a_quote_at_the_stop_closes_the_copy(nets: bool) -> None:
    harness = opened(nets)
    quote(harness, 1.0901)
    assert volumes(harness) == [100]
    quote(harness, 1.0900)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", "stop_reached")])


@pytest.mark.parametrize("nets", [False, True])
def test_a_router_that_starts_anew_watches_on_though_the_master_is_away(nets: bool) -> None:
    harness = opened(nets)
    del harness.peers[next(peer for peer, terminal in harness.peers.items() if terminal is harness.terminals[MASTER])]
    harness.start_router(*harness.known())
    harness.connect(harness.slave)
    harness.pass_ms(3_000)
    assert at_broker(harness) == [(0.0, 0.0)]
    quote(harness, 1.0890)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", "stop_reached")])


@pytest.mark.parametrize("nets", [False, True])
def test_a_stop_that_was_passed_while_the_terminal_was_away_is_carried_out(nets: bool) -> None:
    harness = opened(nets)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.08, 1.0801, harness.now_ns + 60_000_000_000)
    restart(harness)
    quote(harness, 1.0801)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", "stop_reached")])


@pytest.mark.parametrize("nets", [False, True])
def test_a_disaster_stop_stands_at_the_broker(nets: bool) -> None:
    harness = opened(nets, disaster=3_000)
    assert at_broker(harness) == [(1.07, 0.0)]
    quote(harness, 1.0890)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", "stop_reached")])


def test_of_a_shared_position_the_broker_sees_nothing_of_a_hidden_trade() -> None:
    other = {"sizing": {"mode": "none"}, "stops": {"hidden": {}}}
    first = copier({"sizing": {"mode": "none"}})
    second = copier(other, number=type(COPIER)(int=COPIER.int + 1))
    harness = a_harness(slave_nets=True)
    harness.change_plan(first, second)
    harness.master.open(LOT, sl=1.09)
    harness.run()
    harness.pass_ms(3_000)
    assert (volumes(harness), at_broker(harness)) == ([200], [(0.0, 0.0)])
    quote(harness, 1.0890)
    assert volumes(harness) == []


def test_stops_are_at_the_broker_again_when_they_are_not_hidden_any_more() -> None:
    for nets in (False, True):
        harness = opened(nets)
        harness.change_plan(copier({"sizing": {"mode": "none"}}))
        harness.pass_ms(3_000)
        assert at_broker(harness) == [(1.09, 0.0)]
        assert kept(harness) == ([(1.09, 0.0, "broker")] if nets else [(None, None, None)])
        assert harness.engine.on_quotes(SLAVE, harness.now_ns) is None
        harness.change_plan(copier({"sizing": {"mode": "none"}, "stops": {"hidden": {}}}))
        harness.pass_ms(3_000)
        assert (at_broker(harness), kept(harness)) == ([(0.0, 0.0)], [(1.09, 0.0, "service")])


def test_break_even_moves_the_hidden_stop_without_a_message() -> None:
    harness = opened(break_even={"after_points": 200})
    before = len(harness.slave.received)
    quote(harness, 1.1020)
    assert (kept(harness), len(harness.slave.received)) == ([(1.1, 0.0, "service")], before)
    restart(harness)
    quote(harness, 1.0999)
    assert (volumes(harness), harness.statuses()) == ([], [("closed", "stop_reached")])


def test_a_refused_closing_is_tried_again_though_the_price_came_back() -> None:
    harness = opened()
    harness.slave.refusals = [10004]
    quote(harness, 1.0900, pass_ms=100)
    quote(harness, 1.0950, pass_ms=5_000)
    assert (volumes(harness), harness.slave.heard.count(Action.CLOSE) > 1) == ([], True)
