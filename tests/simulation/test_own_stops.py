"""Copies with break-even and trailing, with faults, and the errors that the invariants find."""

from typing import Any

import pytest

from lockstep_core.decision import protection
from tests.simulation.broker_data import AccountKind
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
EVEN: dict[str, Any] = {"break_even": {"after_points": 200, "offset_points": 20}}
TRAIL: dict[str, Any] = {"trailing": {"after_points": 250, "distance_points": 200, "step_points": 40}}
OPENED = Step(5_000, "open", 0, 1, LOT, "EURUSD", sl=1.1)
UP = Step(10_000, "move", symbol="EURUSD", price=1.0035)
BACK = Step(14_000, "move", symbol="EURUSD", price=1.001)
LOOSENED = Step(16_000, "stops", 0, 1, sl=1.3)
KINDS = (AccountKind.HEDGING, AccountKind.MT4)


def play_with(stops: dict[str, Any], *steps: Step, slave: AccountKind = AccountKind.HEDGING) -> PlayResult:
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000, settings={"stops": stops})
    return play(Scenario(7, 2, 50_000, (spec,), steps, kinds=(AccountKind.HEDGING, slave), moves=True))


def is_protected(outcome: PlayResult) -> bool:
    return (outcome.problem, outcome.coverage["a copy's stop loss was moved into profit"]) == ("", 1)


@pytest.mark.parametrize("slave", KINDS)
@pytest.mark.parametrize("stops", [EVEN, TRAIL])
def test_a_stop_loss_goes_into_profit_and_stays_there(stops: dict[str, Any], slave: AccountKind) -> None:
    assert is_protected(play_with(stops, OPENED, UP, BACK, LOOSENED, slave=slave))


@pytest.mark.parametrize("fault", ["kill_router", "kill_terminal", "kill_relay"])
@pytest.mark.parametrize("who", [0, 1])
def test_whoever_dies_before_or_after_the_price(fault: str, who: int) -> None:
    for at_ms in (9_000, 12_000):
        dies = Step(at_ms, fault, who, amount=3_000)
        steps = sorted((OPENED, UP, dies, LOOSENED), key=lambda step: step.at_ms)
        assert is_protected(play_with(TRAIL, *steps))


def test_a_stop_loss_that_is_not_moved_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "_reached", lambda *_: 0.0)
    assert "were right" in play_with(TRAIL, OPENED, UP).problem


def test_one_that_is_taken_back_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection, "_is_won", lambda *_: False)
    assert "which is further from the market" in play_with(TRAIL, OPENED, UP, BACK, LOOSENED).problem


def test_one_that_is_moved_too_far_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    trailed = protection._trailed
    monkeypatch.setattr(protection, "_trailed", lambda *of: trailed(*of) + 7)
    assert "which nothing asked for" in play_with(TRAIL, OPENED, UP).problem
