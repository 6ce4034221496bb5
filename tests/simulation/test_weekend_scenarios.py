"""Scenarios of a copier that holds nothing over the weekend, with faults when it begins."""

import pytest

from lockstep_core.decision import open_copies, opening, pending_orders
from lockstep_router.execution.weekend_clock import WeekendClock
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
WEEKEND = {"closes_on": "mon", "closes_at": "00:18", "opens_on": "mon", "opens_at": "00:19", "time_zone": "UTC"}
"""A minute of rest, which begins 80 seconds after a scenario does."""
BEFORE = Step(5_000, "open", 0, 1, LOT, "EURUSD")
ORDER = Step(6_000, "place", 0, 3, LOT, "EURUSD", price=0.9, order=2)
WITHIN = Step(95_000, "open", 0, 2, LOT, "EURUSD")
LATE = Step(145_000, "open", 0, 4, LOT, "EURUSD")


def play_with(*steps: Step, left_open: tuple[str, ...] = ()) -> PlayResult:
    weekend = {**WEEKEND, "minutes_before": 0, "left_open": list(left_open)}
    settings = {"filters": {"weekend": weekend}, "pending": {"mode": "copy"}}
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000, settings=settings)
    return play(Scenario(7, 2, 50_000, (spec,), steps, moves=True))


def test_what_is_open_is_closed_in_time_and_nothing_is_opened_meanwhile() -> None:
    outcome = play_with(BEFORE, ORDER, WITHIN, LATE)
    assert (outcome.problem, outcome.copies) == (
        "",
        {"closed weekend": 1, "closed order_gone": 1, "skipped weekend": 1, "open": 1},
    )


@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize("death", ["kill_router", "kill_relay", "kill_terminal"])
def test_whoever_is_away_when_it_begins(death: str, who: int) -> None:
    outcome = play_with(BEFORE, Step(78_000, death, who, amount=6_000), WITHIN)
    assert (outcome.problem, outcome.copies) == ("", {"closed weekend": 1, "skipped weekend": 1})


def test_a_symbol_that_trades_then_is_left_alone() -> None:
    outcome = play_with(BEFORE, WITHIN, left_open=("EUR*",))
    assert (outcome.problem, outcome.copies) == ("", {"open": 2})


def test_a_weekend_that_nobody_waits_for_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WeekendClock, "begun", lambda *_: ())
    assert "is held over the weekend" in play_with(BEFORE, Step(87_000, "open", 0, 2, LOT, "EURUSD")).problem


def test_a_weekend_that_closes_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_copies, "rests", lambda *_: False)
    assert "is held over the weekend" in play_with(BEFORE, Step(87_000, "open", 0, 2, LOT, "EURUSD")).problem


def test_a_weekend_that_leaves_orders_waiting_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_orders, "rests", lambda *_: False)
    assert "is held over the weekend" in play_with(ORDER, Step(87_000, "open", 0, 2, LOT, "EURUSD")).problem


def test_an_opening_at_the_weekend_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "forbids_weekend", lambda *_: None)
    assert "though it is the weekend" in play_with(WITHIN).problem
