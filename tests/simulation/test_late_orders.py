"""Scenarios in which a slave is offline when its master opens: an order at the master's price replaces the opening."""

from typing import Any

import pytest

from lockstep_core.decision import late_orders, opening
from tests.simulation.broker_data import AccountKind
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
LATE: dict[str, Any] = {"points": 20, "minutes": 10, "further_away": "order", "order_minutes": 1_000}
AWAY = Step(1_000, "kill_relay", 1, amount=13_000)
OPENED = Step(5_000, "open", 0, 1, LOT, "EURUSD", sl=1.1)
UP = Step(6_000, "move", symbol="EURUSD", price=1.0035)
MOVED = Step(20_000, "stops", 0, 1, sl=1.3)
COMES = Step(25_000, "fill_late", 1)
LEAVES = Step(22_000, "close", 0, 1)
PLACED, FILLED = "an order was placed for a late opening", "an order for a late opening filled"


def play_with(*steps: Step, slave: AccountKind = AccountKind.HEDGING, **late: Any) -> PlayResult:
    settings = {"late_openings": {**LATE, **late}}
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=1_000, settings=settings)
    return play(Scenario(7, 2, 50_000, (spec,), steps, kinds=(AccountKind.HEDGING, slave), moves=True))


@pytest.mark.parametrize("slave", list(AccountKind))
def test_its_fill_is_the_copy(slave: AccountKind) -> None:
    outcome = play_with(AWAY, OPENED, UP, MOVED, COMES, slave=slave)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1})
    assert (outcome.coverage[PLACED], outcome.coverage[FILLED]) == (1, 1)


def test_without_one_it_waits_until_it_expires() -> None:
    assert play_with(AWAY, OPENED, UP, MOVED).copies == {"sent": 1}
    outcome = play_with(AWAY, OPENED, UP, MOVED, order_minutes=1)
    assert (outcome.problem, outcome.copies) in (("", {"sent": 1}), ("", {"closed order_gone": 1}))


def test_it_is_gone_when_its_master_is() -> None:
    outcome = play_with(AWAY, OPENED, UP, LEAVES)
    assert (outcome.problem, outcome.copies) == ("", {"closed order_gone": 1})


@pytest.mark.parametrize("fault", ["kill_router", "kill_terminal", "kill_relay", "replace_pod"])
@pytest.mark.parametrize("at_ms", [14_500, 19_000, 24_900])
def test_whatever_dies_nothing_is_doubled(fault: str, at_ms: int) -> None:
    steps = sorted((AWAY, OPENED, UP, Step(at_ms, fault, 1, amount=2_000), COMES), key=lambda step: step.at_ms)
    assert play_with(*steps).problem == ""


def test_a_late_opening_at_a_far_price_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_late", lambda *_: None)
    assert "is to be opened late" in play_with(AWAY, OPENED, UP, MOVED).problem


def test_an_order_without_the_masters_stops_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_orders, "as_wanted", lambda *_: None)
    assert "its order's stops are" in play_with(AWAY, OPENED, UP, MOVED).problem


def test_an_order_for_ever_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_orders, "_expiry", lambda *_: 0)
    assert "lasts for" in play_with(AWAY, OPENED, UP).problem
