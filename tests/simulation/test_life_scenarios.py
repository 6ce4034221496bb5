"""Scenarios of a copier that closes copies after a longest life, with faults."""

import pytest

from lockstep_core.books.positions import Position
from lockstep_core.decision import decide
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import LIFE_OVER, Target
from lockstep_core.wire.enums import Action
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
OPENED = Step(5_000, "open", 0, 1, LOT, "EURUSD")
LATER = Step(70_000, "open", 0, 2, LOT, "EURUSD")


def play_with(*steps: Step, minutes: int = 1) -> PlayResult:
    settings = {"limits": {"max_position_minutes": minutes}}
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000, settings=settings)
    return play(Scenario(7, 2, 50_000, (spec,), steps))


def test_a_copy_is_closed_when_its_life_is_over_and_a_younger_one_is_not() -> None:
    outcome = play_with(OPENED, LATER)
    assert (outcome.problem, outcome.copies) == ("", {"closed life_over": 1, "open": 1})


@pytest.mark.parametrize("who", [0, 1])
def test_whoever_is_away_in_between(who: int) -> None:
    outcome = play_with(OPENED, Step(30_000, "kill_terminal", who, amount=6_000), LATER)
    assert (outcome.problem, outcome.copies) == ("", {"closed life_over": 1, "open": 1})


def test_a_copy_that_is_closed_too_early_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(_copier: Copier, _position: Position, _context: DecisionContext) -> Target:
        return Target(Action.CLOSE, why=LIFE_OVER)

    monkeypatch.setattr(decide, "close_by_rule", early)
    assert "nobody did that" in play_with(OPENED, minutes=60).problem
