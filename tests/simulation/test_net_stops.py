"""Trades with different stops in one position of a netting slave: the invariants find what goes wrong."""

from collections.abc import Iterable
from typing import Any

import pytest

from lockstep_core.decision import net_stops, netting
from lockstep_core.decision.stops import NO_LEVELS, Levels
from lockstep_core.decision.target import Target
from lockstep_router.execution import stop_watch
from tests.simulation.broker_data import AccountKind
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
KINDS = (AccountKind.HEDGING, AccountKind.NETTING)
# Where prices move, a stop of 1.005 becomes one of 0.99, one of 1.0025 one of 0.995.
FAR = Step(5_000, "open", 0, 1, LOT, "EURUSD", sl=1.005)
NEAR = Step(7_000, "open", 0, 2, LOT, "EURUSD", sl=1.0025)
BETWEEN = Step(10_000, "move", symbol="EURUSD", price=0.993)
BACK = Step(12_000, "move", symbol="EURUSD", price=1.0)


def play_steps(*steps: Step) -> PlayResult:
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000)
    return play(Scenario(7, 2, 50_000, (spec,), steps, kinds=KINDS, moves=True))


def test_the_nearer_stop_closes_its_trade_alone() -> None:
    outcome = play_steps(FAR, NEAR, BETWEEN, BACK)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1, "closed stop_reached": 1})


def test_without_such_a_price_both_stay_open() -> None:
    outcome = play_steps(FAR, NEAR, Step(10_000, "move", symbol="EURUSD", price=0.998))
    assert (outcome.problem, outcome.copies) == ("", {"open": 2})


@pytest.mark.parametrize("fault", ["kill_router", "kill_terminal", "kill_relay"])
@pytest.mark.parametrize("who", [0, 1])
def test_a_stop_that_is_passed_while_something_is_dead_is_carried_out_after_that(fault: str, who: int) -> None:
    stay = Step(20_000, "move", symbol="EURUSD", price=0.9935)
    outcome = play_steps(FAR, NEAR, Step(9_500, fault, who, amount=2_000), BETWEEN, stay)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1, "closed stop_reached": 1})


def test_the_nearest_stop_at_the_broker_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def nearest(levels: Iterable[float], up: int) -> float:
        return max(levels) if up < 0 else min(levels)

    monkeypatch.setattr(net_stops, "_furthest", nearest)
    assert "its position's stops are 0.995" in play_steps(FAR, NEAR).problem


def test_an_opening_with_its_own_stop_is_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def own(_book: Any, target: Target, *_: Any) -> Levels:
        return Levels(target.sl, target.tp)

    monkeypatch.setattr(netting, "levels_with", own)
    assert play_steps(FAR, NEAR).problem == ""


def test_a_closing_without_such_a_price_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stop_watch, "is_reached", lambda levels, *_: levels != NO_LEVELS)
    assert "to which no price came" in play_steps(FAR, NEAR).problem
