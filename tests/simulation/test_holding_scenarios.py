"""Scenarios of a copier that holds copies for a least time, with faults."""

import pytest

from lockstep_core.decision import decide
from tests.simulation.broker_data import AccountKind
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
OPENED = Step(5_000, "open", 0, 1, LOT, "EURUSD")
CLOSED = Step(9_000, "close", 0, 1)


def play_with(*steps: Step, kind: AccountKind = AccountKind.HEDGING, **limits: int) -> PlayResult:
    settings = {"limits": {"min_position_seconds": 10, **limits}}
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000, settings=settings)
    return play(Scenario(7, 2, 50_000, (spec,), steps, kinds=(AccountKind.HEDGING, kind), moves=True))


@pytest.mark.parametrize("kind", AccountKind)
@pytest.mark.parametrize("death", ["", "kill_router", "kill_relay", "kill_terminal"])
def test_a_copy_is_closed_once_it_is_old_enough(kind: AccountKind, death: str) -> None:
    deaths = (Step(10_000, death, 1, amount=1_000),) if death else ()
    outcome = play_with(OPENED, CLOSED, *deaths, kind=kind)
    assert (outcome.problem, outcome.copies) == ("", {"closed": 1})
    assert outcome.coverage["a copy was held for its least time"] >= 1


def test_a_part_is_closed_once_the_copy_is_old_enough() -> None:
    half = Step(9_000, "reduce", 0, 1, 50)
    outcome = play_with(OPENED, half)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1})


def test_both_times_may_be_set() -> None:
    outcome = play_with(OPENED, Step(70_000, "open", 0, 2, LOT, "EURUSD"), max_position_minutes=1)
    assert (outcome.problem, outcome.copies) == ("", {"closed life_over": 1, "open": 1})


def test_a_copy_that_is_closed_too_young_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "too_young", lambda *_: None)
    assert "is to be closed at" in play_with(OPENED, CLOSED).problem
