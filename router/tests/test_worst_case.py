"""Before it opens anything a copier may ask whether all stops together would reach one of its guards."""

from typing import Any

import pytest

from .engine_harness import EngineHarness, copier
from .terminals import LOT
from .test_guards_kept import equity, restart

DAILY = {"counts_from": "balance", "max_absolute_risk": "500", "close_positions": True, "reset": "locked"}


def a_harness(before_opening: str, **more: Any) -> EngineHarness:
    guards = {"before_opening": before_opening, "risk_limits": [{**DAILY, **more}]}
    harness = EngineHarness(copier({"sizing": {"mode": "none"}, "guards": guards}))
    equity(harness, 10_000)
    return harness


def open_one(harness: EngineHarness, lots: float, sl: float) -> list[int]:
    """The master buys at 1.1 with a stop; the lots of the slave's positions then, in hundredths."""
    harness.master.open(round(LOT * lots), sl=sl)
    harness.run()
    return sorted(position.volume // (LOT // 100) for position in harness.slave.positions.values())


@pytest.mark.parametrize("is_restarted", [True, False])
def test_what_would_reach_the_days_floor_is_skipped(is_restarted: bool) -> None:
    harness = a_harness("skip")
    assert open_one(harness, 0.5, 1.095) == [50]
    if is_restarted:
        restart(harness)
    assert open_one(harness, 0.5, 1.095) == [50]
    assert ("waiting", "worst_case") in harness.statuses()
    assert open_one(harness, 0.49, 1.095) == [49, 50]


def test_or_cut_down() -> None:
    harness = a_harness("cut")
    assert open_one(harness, 5, 1.095) == [99]


def test_a_profit_of_the_day_leaves_more_room() -> None:
    harness = a_harness("cut")
    harness.slave.set_equity(10_400, balance=10_400)
    harness.slave.report(harness.slave.figures())
    harness.run()
    assert open_one(harness, 5, 1.095) == [179]


def test_a_copier_that_does_not_ask_opens_all() -> None:
    harness = a_harness("allow")
    assert open_one(harness, 5, 1.095) == [500]
