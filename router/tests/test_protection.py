"""Break-even and trailing on the slave: stops that move by the slave's own quotes, one step at a time and never back."""

from typing import Any

import pytest

from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action

from .engine_harness import COPIER, SLAVE, EngineHarness, a_harness, copier, restart, volumes
from .terminals import LOT

EVEN = {"break_even": {"after_points": 200, "offset_points": 10}}
TRAIL = {"trailing": {"after_points": 200, "distance_points": 150, "step_points": 50}, "modify_interval_ms": 0}


def quote(harness: EngineHarness, bid: float, pass_ms: int = 600) -> None:
    """The slave's terminal tells a quote."""
    harness.quotes[SLAVE]["EURUSD"] = Prices(bid, round(bid + 0.0001, 5), harness.now_ns + 5_000_000_000)
    out = harness.engine.on_quotes(SLAVE, harness.now_ns)
    if out is not None:
        harness.act(out)
    harness.run()
    harness.pass_ms(pass_ms)


def held(harness: EngineHarness) -> list[float]:
    return [position.sl for position in harness.slave.positions.values()]


def changes(harness: EngineHarness) -> int:
    return harness.slave.heard.count(Action.SET_STOPS)


def opened(**stops: Any) -> EngineHarness:
    """A copy of a buy at 1.1 with its stop loss at 1.09."""
    nets = bool(stops.pop("slave_nets", False))
    harness = a_harness(slave_nets=nets, stops=stops)
    harness.master.open(LOT, sl=1.09)
    harness.run()
    harness.pass_ms(2_000)
    return harness


@pytest.mark.parametrize("nets", [False, True])
def test_the_stop_loss_goes_to_the_entry_and_stays_there(nets: bool) -> None:
    harness = opened(slave_nets=nets, **EVEN)
    quote(harness, 1.1019)
    assert held(harness) == [1.09]
    quote(harness, 1.1020)
    assert held(harness) == [1.1001]
    quote(harness, 1.1010)
    harness.master.set_stops(next(iter(harness.master.positions)), 1.08, 0.0)
    harness.run()
    harness.pass_ms(3_000)
    assert (held(harness), changes(harness)) == ([1.1001], 1)


@pytest.mark.parametrize("nets", [False, True])
def test_it_follows_the_price_by_steps_and_never_back(nets: bool) -> None:
    harness = opened(slave_nets=nets, **TRAIL)
    seen = []
    for bid in (1.1015, 1.1020, 1.1022, 1.1024, 1.1025, 1.1010, 1.1049, 1.1050, 1.1051):
        quote(harness, bid)
        seen.append(held(harness)[0])
    assert seen == [1.09, 1.1005, 1.1005, 1.1005, 1.101, 1.101, 1.103, 1.1035, 1.1035]
    assert changes(harness) == 4


def test_ticks_that_reach_no_step_send_nothing() -> None:
    harness = opened(**TRAIL)
    quote(harness, 1.1020)
    for tick in range(40):
        quote(harness, 1.1020 + tick % 5 / 100_000, pass_ms=100)
    assert changes(harness) == 1


def test_a_router_that_starts_anew_keeps_what_was_reached_and_goes_on() -> None:
    for nets in (False, True):
        harness = opened(slave_nets=nets, **TRAIL)
        quote(harness, 1.1030)
        assert held(harness) == [1.1015]
        quote(harness, 1.1016)
        restart(harness)
        assert held(harness) == [1.1015]
        quote(harness, 1.1040)
        assert held(harness) == [1.1025]


@pytest.mark.parametrize("nets", [False, True])
def test_it_goes_on_while_the_master_is_away(nets: bool) -> None:
    harness = opened(slave_nets=nets, **TRAIL)
    harness.peers = {peer: terminal for peer, terminal in harness.peers.items() if terminal is harness.slave}
    harness.start_router(*harness.known())
    harness.connect(harness.slave)
    harness.pass_ms(3_000)
    quote(harness, 1.1030)
    assert held(harness) == [1.1015]


def test_a_price_that_came_while_the_slave_was_away_counts_when_it_is_back() -> None:
    harness = opened(**EVEN)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1030, 1.1031)
    restart(harness)
    assert held(harness) == [1.1001]


def test_a_refused_step_is_tried_with_the_next() -> None:
    harness = opened(**TRAIL)
    harness.slave.refusals = [10016]
    quote(harness, 1.1020)
    assert held(harness) == [1.09]
    quote(harness, 1.1026, pass_ms=2_000)
    assert held(harness) == [1.101]


def test_the_price_is_not_watched_for_copies_without_it() -> None:
    harness = opened()
    assert harness.engine.on_quotes(SLAVE, harness.now_ns) is None
    harness = opened(**EVEN)
    assert harness.engine.on_quotes(SLAVE, harness.now_ns) is not None
    quote(harness, 1.1020)
    assert harness.engine.on_quotes(SLAVE, harness.now_ns) is None, "there is nothing more to move"
    harness = opened(**EVEN)
    harness.change_plan(copier({"sizing": {"mode": "none"}}, number=COPIER))
    harness.pass_ms(1_000)
    assert harness.engine.on_quotes(SLAVE, harness.now_ns) is None


def test_each_trade_of_a_shared_position_has_its_own() -> None:
    harness = opened(slave_nets=True, break_even={"after_risk": "1", "offset_points": 10})
    harness.master.open(LOT // 2, sl=1.098)
    harness.run()
    harness.pass_ms(2_000)
    quote(harness, 1.1020)
    assert held(harness) == [1.09], "the other trade has not won what it risks"
    quote(harness, 1.1001)
    harness.pass_ms(2_000)
    assert (volumes(harness), held(harness)) == ([100], [1.09])
