"""Scenarios of guards that pause copying: it resumes by itself despite faults, and the invariants find wrong ends."""

from typing import Any

import msgspec
import pytest

from lockstep_core.decision import guards
from lockstep_core.decision.guard_measures import GuardState
from lockstep_core.decision.guard_pauses import after_pause
from lockstep_core.rules.rules import GuardLimit
from tests.simulation.scenario import Step
from tests.simulation.test_market_scenarios import AFTER, BEFORE, LOSS, LOT, play_with_guard

MINUTE: dict[str, Any] = {"type": "week", "max_absolute_risk": "500", "reset": "paused", "pause_minutes": 1}
RECOVERED: dict[str, Any] = {"type": "week", "max_absolute_risk": "500", "reset": "paused", "pause_until": "recovered"}
GAIN = Step(20_000, "cash", 1, amount=400)
LAST = Step(75_000, "open", 0, 3, LOT, "EURUSD")


def test_copying_goes_on_when_its_time_is_over() -> None:
    outcome = play_with_guard(MINUTE, BEFORE, LOSS, AFTER, LAST)
    assert (outcome.problem, outcome.copies) == ("", {"open": 2, "skipped guard_paused": 1})


@pytest.mark.parametrize("death", ["kill_router", "kill_relay", "kill_terminal"])
def test_whoever_dies_in_between(death: str) -> None:
    outcome = play_with_guard(MINUTE, BEFORE, LOSS, AFTER, Step(30_000, death, 1, amount=3_000), LAST)
    assert (outcome.problem, outcome.copies) == ("", {"open": 2, "skipped guard_paused": 1})


def test_copying_goes_on_when_the_loss_is_smaller() -> None:
    outcome = play_with_guard(RECOVERED, BEFORE, LOSS, AFTER, GAIN, LAST)
    assert (outcome.problem, outcome.copies) == ("", {"open": 2, "skipped guard_paused": 1})
    outcome = play_with_guard(RECOVERED, BEFORE, LOSS, AFTER, LAST)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1, "skipped guard_paused": 2})


def test_money_that_is_paid_in_ends_no_pause() -> None:
    outcome = play_with_guard(RECOVERED, BEFORE, LOSS, AFTER, Step(20_000, "pay", 1, amount=400), LAST)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1, "skipped guard_paused": 2})


def test_a_pause_that_ends_before_its_time_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(limit: GuardLimit, state: GuardState, utc_ms: int) -> GuardState:
        return after_pause(limit, state, utc_ms + 20_000)

    monkeypatch.setattr(guards, "after_pause", early)
    assert "ends its pause" in play_with_guard(MINUTE, BEFORE, LOSS, LAST).problem


def test_a_pause_that_never_ends_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "after_pause", lambda _limit, state, _utc_ms: state)
    assert "still pauses" in play_with_guard(MINUTE, BEFORE, LOSS, LAST).problem
    monkeypatch.setattr(guards, "has_recovered", lambda *_: False)
    assert "still pauses" in play_with_guard(RECOVERED, BEFORE, LOSS, GAIN, LAST).problem


def test_a_pause_whose_end_is_forgotten_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = guards.fitted
    monkeypatch.setattr(
        guards, "fitted", lambda *args: tuple(msgspec.structs.replace(one, paused_ms=0) for one in right(*args))
    )
    assert "is not over" in play_with_guard(MINUTE, BEFORE, LOSS, LAST).problem
