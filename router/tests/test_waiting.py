"""An opening that something passing keeps back is looked at again for as long as its signal is fresh."""

from typing import Any

import pytest

from lockstep_core.market.money import Prices
from lockstep_core.skips import PARAMS, PASSING, SkipCode
from lockstep_router.journal.records import CopyRow, HistoryEvent

from .engine_harness import SLAVE, EngineHarness, a_harness, copier, restart, volumes
from .terminals import LOT

WIDE, NARROW = Prices(1.1, 1.1032), Prices(1.1, 1.1001)
FRESH_MS = 5_000
SPREAD: dict[str, Any] = {"max_spread_points": 20, "max_signal_age_ms": FRESH_MS}
ONE: dict[str, Any] = {"limits": {"max_open_positions": 1}, "max_signal_age_ms": FRESH_MS}


def a_wide_market(**settings: Any) -> EngineHarness:
    """A harness whose slave's spread is too wide for its copier."""
    harness = a_harness(**{**SPREAD, **settings})
    harness.quotes[SLAVE]["EURUSD"] = WIDE
    return harness


def of_link(harness: EngineHarness, link: int) -> list[str]:
    """The statuses that were written of a link, in their order."""
    return [r.status for r in harness.journal if isinstance(r, CopyRow) and r.link == link]


def newest(harness: EngineHarness) -> CopyRow:
    return list(harness.rows().values())[-1]


def test_a_spread_that_is_too_wide_for_a_moment_does_not_cost_the_trade() -> None:
    harness = a_wide_market()
    harness.master.open(LOT)
    harness.pass_ms(300)
    row = newest(harness)
    assert (row.status, row.reason) == ("waiting", "spread")
    assert row.params == {"symbol": "EURUSD", "points": 320, "limit": 20}
    harness.quotes[SLAVE]["EURUSD"] = NARROW
    harness.pass_ms(500)
    assert volumes(harness) == [100]
    assert of_link(harness, row.link)[0] == "waiting"
    assert newest(harness).status == "open"


def test_what_never_passed_is_skipped_for_what_it_waited_for() -> None:
    harness = a_wide_market()
    harness.master.open(LOT)
    harness.pass_ms(FRESH_MS + 1_500)
    assert harness.statuses() == [("skipped", "spread")]
    harness.quotes[SLAVE]["EURUSD"] = NARROW
    harness.pass_ms(2_000)
    assert volumes(harness) == []
    assert [e.kind for e in harness.journal if isinstance(e, HistoryEvent) and e.kind in ("waiting", "skipped")] == [
        "waiting"
    ]


def test_an_opening_that_waits_is_over_with_its_masters_position() -> None:
    harness = a_wide_market()
    ticket = harness.master.open(LOT)
    harness.pass_ms(300)
    harness.master.close(ticket)
    harness.quotes[SLAVE]["EURUSD"] = NARROW
    harness.pass_ms(1_500)
    assert harness.statuses() == [("skipped", "spread")]
    assert volumes(harness) == []


def test_stop_and_reverse_under_a_limit_of_one_position_reverses() -> None:
    """The master's opening comes while the slave's closing is still at its broker."""
    harness = a_harness(**ONE)
    ticket = harness.master.open(LOT)
    harness.pass_ms(300)
    harness.slave.broker.holds = True
    harness.master.close(ticket)
    harness.master.open(LOT, side=1)
    harness.run()
    assert newest(harness).status == "waiting"
    harness.slave.broker.holds = False
    harness.slave.broker.release()
    harness.slave.settle()
    harness.run()
    assert volumes(harness) == [-100], "looked at as soon as the place was free, and not at the next look"


def test_looks_become_rarer() -> None:
    harness = a_wide_market(max_signal_age_ms=60_000)
    harness.master.open(LOT)
    harness.run()
    (copy,) = harness.engine._copy_manager.index.copies.values()
    harness.pass_ms(10_000, step_ms=10)
    assert 10 <= copy.waiting_looks <= 16


def test_a_waiting_opening_is_opened_once_although_the_router_ends() -> None:
    harness = a_wide_market()
    harness.master.open(LOT)
    harness.pass_ms(300)
    harness.quotes[SLAVE]["EURUSD"] = NARROW
    restart(harness)
    assert volumes(harness) == [100]
    restart(harness)
    assert volumes(harness) == [100]


def test_a_reason_that_comes_up_while_it_waits_and_will_not_pass_ends_the_waiting() -> None:
    harness = a_wide_market()
    harness.master.open(LOT)
    harness.pass_ms(300)
    harness.change_plan(copier({"sizing": {"mode": "none"}, **SPREAD}, "close_only"))
    harness.pass_ms(300)
    assert harness.statuses() == [("skipped", "close_only")]


def test_waiting_is_no_latency_of_the_router() -> None:
    harness = a_wide_market()
    harness.master.open(LOT)
    harness.pass_ms(1_000)
    harness.quotes[SLAVE]["EURUSD"] = NARROW
    harness.pass_ms(1_500)
    spans = newest(harness).spans
    assert spans["router_us"] == 0
    assert spans["pause_us"] >= 1_000_000


@pytest.mark.parametrize("code", sorted(PASSING))
def test_a_passing_reason_has_words(code: SkipCode) -> None:
    assert code in PARAMS
