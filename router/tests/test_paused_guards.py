"""A guard that pauses copying: it goes on by itself, whatever became of the router meanwhile."""

from typing import Any

import pytest

from lockstep_router.journal.records import HistoryEvent

from .engine_harness import MS, EngineHarness, copier
from .terminals import LOT, UTC_NS
from .test_guards_kept import equity, reported, restart
from .test_locked_guards import open_one, unguarded

PAUSE = {"max_absolute_risk": "500", "reset": "paused", "pause_minutes": 30}
MINUTE_MS = 60_000


def a_harness(**more: Any) -> EngineHarness:
    return EngineHarness(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": [{**PAUSE, **more}]}}))


def wait(harness: EngineHarness, minutes: float) -> None:
    harness.now_ns += round(minutes * MINUTE_MS) * MS
    harness.pass_ms(100)


def skipped(harness: EngineHarness) -> list[dict[str, Any]]:
    return [event.data for event in harness.journal if isinstance(event, HistoryEvent) and event.kind == "skipped"]


@pytest.mark.parametrize("is_restarted", [True, False])
def test_copying_goes_on_when_the_time_is_over(is_restarted: bool) -> None:
    harness = a_harness()
    equity(harness, 10_000)
    equity(harness, 9_500)
    assert open_one(harness) == 0
    if is_restarted:
        restart(harness)
    wait(harness, 29)
    equity(harness, 9_500)
    assert open_one(harness) == 0
    wait(harness, 1)
    equity(harness, 9_500)
    assert open_one(harness) == 1
    assert reported(harness) == ["guard_paused", "guard_pause_over"]


def test_it_is_told_until_when_in_the_guards_zone() -> None:
    harness = a_harness()
    equity(harness, 10_000)
    equity(harness, 9_500)
    open_one(harness)
    (paused,) = [event for event in harness.journal if isinstance(event, HistoryEvent) and event.kind == "guard_paused"]
    (skip,) = skipped(harness)
    assert skip["code"] == "guard_paused"
    assert skip["params"] == paused.data["params"]
    assert (skip["params"]["ends"], skip["params"]["zone"]) == ("time", "UTC")
    (row,) = harness.guards()
    assert row.paused_ms == (paused.at_ns + UTC_NS) // MS + 30 * MINUTE_MS


def test_a_pause_that_closes_closes_what_is_open() -> None:
    harness = a_harness(close_positions=True)
    equity(harness, 10_000)
    assert open_one(harness) == 1
    equity(harness, 9_500)
    assert not harness.slave.positions


def test_it_pauses_its_own_copier_alone() -> None:
    pausing = copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": [PAUSE]}})
    harness = EngineHarness(pausing, unguarded())
    equity(harness, 10_000)
    equity(harness, 9_500)
    harness.terminals[unguarded().master].open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1


def test_its_user_may_end_it_and_it_counts_anew() -> None:
    harness = a_harness()
    equity(harness, 10_000)
    equity(harness, 9_500)
    harness.change_plan(*harness.plan.copiers.values(), guards=harness.guards(requested_resets=1))
    equity(harness, 9_500)
    assert open_one(harness) == 1
    (row,) = harness.guards()
    assert (row.tripped, row.paused_ms, row.resets) == (False, 0, 1)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_a_pause_until_the_loss_is_smaller_ends_then(is_restarted: bool) -> None:
    harness = a_harness(pause_until="recovered", recovered_to="0.5")
    equity(harness, 10_000)
    equity(harness, 9_500)
    if is_restarted:
        restart(harness)
    wait(harness, 600)
    equity(harness, 9_750)
    assert open_one(harness) == 0
    wait(harness, 1)
    equity(harness, 9_751)
    assert open_one(harness) == 1


def test_a_guard_that_its_user_makes_a_pause_while_it_stops_copying_pauses_from_then_on() -> None:
    harness = a_harness(reset="manual")
    equity(harness, 10_000)
    equity(harness, 9_500)
    wait(harness, 60)
    harness.change_plan(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": [PAUSE]}}))
    equity(harness, 9_500)
    assert open_one(harness) == 0
    wait(harness, 30)
    equity(harness, 9_500)
    assert open_one(harness) == 1
    assert reported(harness) == ["guard_fired", "guard_paused", "guard_pause_over"]
