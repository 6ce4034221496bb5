"""How many trades and lots copiers open on an account in one day, over restarts of the router and from day to day."""

from typing import Any

import pytest

from .engine_harness import EngineHarness, copier
from .terminals import LOT
from .test_guards_kept import restart
from .test_locked_guards import OTHER_MASTER, skip_to_the_next_day, unguarded


def a_harness(**guards: Any) -> EngineHarness:
    return EngineHarness(copier({"sizing": {"mode": "none"}, "guards": guards}), unguarded())


def open_one(harness: EngineHarness, lots: float = 1) -> int:
    """The master opens something; how much the slave holds then."""
    harness.master.open(round(LOT * lots))
    harness.run()
    return len(harness.slave.positions)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_so_many_trades_are_opened_in_a_day_closed_ones_included(is_restarted: bool) -> None:
    harness = a_harness(max_trades_per_day=2)
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket)
    harness.run()
    assert not harness.slave.positions
    assert open_one(harness) == 1
    if is_restarted:
        restart(harness)
    assert open_one(harness) == 1
    assert ("skipped", "too_many_today") in harness.statuses()
    skip_to_the_next_day(harness)
    assert open_one(harness) == 2


def test_trades_of_other_copiers_count() -> None:
    harness = a_harness(max_trades_per_day=1)
    harness.terminals[OTHER_MASTER].open(LOT)
    harness.run()
    assert open_one(harness) == 1
    assert ("skipped", "too_many_today") in harness.statuses()


def test_so_many_lots_are_opened_in_a_day() -> None:
    harness = a_harness(max_lots_per_day="2.5")
    assert open_one(harness, 2) == 1
    assert open_one(harness, 0.51) == 1
    assert open_one(harness, 0.5) == 2
    assert open_one(harness, 0.01) == 2


def test_openings_that_are_under_way_count() -> None:
    harness = a_harness(max_trades_per_day=1)
    harness.to_terminal = lambda terminal, _message: terminal is not harness.slave
    harness.master.open(LOT)
    harness.master.open(LOT)
    harness.run()
    assert sorted(harness.statuses(), key=str) == [("sent", None), ("skipped", "too_many_today")]


def test_a_copier_without_such_limits_counts_nothing() -> None:
    harness = a_harness()
    assert open_one(harness) == 1
    assert harness.guards() == []
