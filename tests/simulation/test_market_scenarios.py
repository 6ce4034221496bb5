"""Scenarios in which prices and money move: the invariants find wrong guards and wrong checks of the market."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from lockstep_core.decision import decide, guard_measures, guards, opening
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.guard_measures import GuardState
from lockstep_core.decision.guards import Notice
from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import GuardLimit, GuardRule
from lockstep_core.wire.frames import AccountFrame
from lockstep_router.engine.frame_handler import FrameHandler
from lockstep_router.execution import guards as guarding
from lockstep_router.journal.outputs import Outputs
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
CLOSES: dict[str, Any] = {"kind": "drawdown", "type": "week", "max_absolute_risk": "500", "close_positions": True}
STOPS = {"type": "lifetime", "max_absolute_risk": "500", "warn_fraction": "0.5", "reset": "manual"}
BEFORE = Step(5_000, "open", 0, 1, LOT, "EURUSD")
LOSS = Step(8_000, "cash", 1, amount=-600)
AFTER = Step(12_000, "open", 0, 2, LOT, "EURUSD")
LATE = Step(16_000, "open", 0, 2, LOT, "EURUSD")


def play_with(*steps: Step, **settings: Any) -> PlayResult:
    """The result of a scenario with one copier."""
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000, settings=settings)
    return play(Scenario(7, 2, 50_000, (spec,), steps, moves=True))


def play_with_guard(limit: dict[str, Any], *steps: Step) -> PlayResult:
    return play_with(*steps, guards={"risk_limits": [limit]})


def test_a_guard_that_closes_leaves_nothing_open_and_opens_nothing() -> None:
    outcome = play_with_guard(CLOSES, BEFORE, LOSS, AFTER)
    assert (outcome.problem, outcome.copies) == ("", {"closed guard": 1, "skipped guard": 1})


def test_a_guard_that_only_stops_leaves_open_what_is_open() -> None:
    outcome = play_with_guard(STOPS, BEFORE, LOSS, AFTER)
    assert (outcome.problem, outcome.copies) == ("", {"open": 1, "skipped guard": 1})


def test_a_loss_of_an_open_position_counts() -> None:
    outcome = play_with_guard(CLOSES, BEFORE, Step(8_000, "move", symbol="EURUSD", price=0.99))
    assert (outcome.problem, outcome.copies) == ("", {"closed guard": 1})


def test_copying_goes_on_once_its_user_says_so() -> None:
    outcome = play_with_guard(STOPS, BEFORE, LOSS, Step(10_000, "reset", 0, 0), AFTER)
    assert (outcome.problem, outcome.copies) == ("", {"open": 2})


def test_what_has_tripped_stays_so_whatever_dies() -> None:
    gain = Step(9_000, "cash", 1, amount=600)
    deaths = (Step(11_000, "kill_router", amount=500), Step(11_000, "kill_terminal", 1, amount=500))
    outcome = play_with_guard(CLOSES, BEFORE, LOSS, gain, *deaths, LATE)
    assert (outcome.problem, outcome.copies) == ("", {"closed guard": 1, "skipped guard": 1})


@pytest.mark.parametrize("limit", [CLOSES, STOPS])
def test_money_that_is_paid_out_is_no_loss_also_while_nobody_looks(limit: dict[str, Any]) -> None:
    paid = Step(8_000, "pay", 1, amount=-600)
    assert play_with_guard(limit, BEFORE, paid, AFTER).copies == {"open": 2}
    away = (Step(7_000, "kill_router", amount=3_000), paid)
    outcome = play_with_guard(limit, BEFORE, *away, LATE)
    assert (outcome.problem, outcome.copies) == ("", {"open": 2})


def test_money_that_is_paid_in_hides_no_loss() -> None:
    outcome = play_with_guard(CLOSES, BEFORE, LOSS, Step(8_000, "pay", 1, amount=1_000))
    assert (outcome.problem, outcome.copies) == ("", {"closed guard": 1})


def test_a_guard_that_takes_payments_for_losses_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "moved", lambda _limit, state, *_: state)
    assert "was never reached" in play_with_guard(CLOSES, Step(8_000, "pay", 1, amount=-600)).problem


def test_a_guard_that_fires_twice_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = guards._notices

    def twice(
        rule: GuardRule, shown: Figures, limit: GuardLimit, before: GuardState, after: GuardState, index: int
    ) -> tuple[Notice, ...]:
        again = msgspec.structs.replace(before, tripped=before.tripped and not after.tripped)
        return right(rule, shown, limit, again, after, index)

    monkeypatch.setattr(guards, "_notices", twice)
    assert "fires twice" in play_with_guard(CLOSES, LOSS).problem


@pytest.mark.parametrize("limit", [CLOSES, STOPS])
def test_a_guard_that_never_fires_is_caught(monkeypatch: pytest.MonkeyPatch, limit: dict[str, Any]) -> None:
    monkeypatch.setattr(guards, "measure", lambda *_: (Fraction(-1), Fraction(10**9)))
    assert "did not fire" in play_with_guard(limit, LOSS).problem


def test_a_guard_that_is_past_before_anybody_looked_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "measure", lambda *_: (Fraction(-1), Fraction(10**9)))
    back = Step(13_000, "cash", 1, amount=600)
    assert "never fired" in play_with_guard(CLOSES, LOSS, back).problem


def test_a_guard_that_fires_too_early_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = guard_measures.measure
    monkeypatch.setattr(guards, "measure", lambda *of: (measured(*of)[0] + 50, measured(*of)[1]))
    assert "was never reached" in play_with_guard(CLOSES, Step(8_000, "cash", 1, amount=-460)).problem


def test_a_guard_that_a_restart_makes_forget_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    known = guarding._state
    monkeypatch.setattr(guarding, "_state", lambda row: msgspec.structs.replace(known(row), tripped=False))
    problem = play_with_guard(CLOSES, LOSS, Step(11_000, "kill_router", amount=500), LATE).problem
    assert "fires twice" in problem


def test_a_guard_that_is_never_let_go_on_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "reset", lambda state, _: state)
    assert "was not reset" in play_with_guard(STOPS, LOSS, Step(11_000, "reset", 0, 0)).problem


def test_a_guard_that_looks_at_a_terminal_without_its_broker_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = FrameHandler._on_account

    def as_if_connected(intake: FrameHandler, account: Any, frame: AccountFrame, now_ns: int, out: Outputs) -> None:
        right(intake, account, msgspec.structs.replace(frame, connected=1, balance=1.0, equity=1.0), now_ns, out)

    monkeypatch.setattr(FrameHandler, "_on_account", as_if_connected)
    assert "never reached" in play_with_guard(CLOSES, BEFORE, Step(8_000, "lose_broker", 1, amount=4_000)).problem


def test_an_opening_that_a_guard_has_stopped_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def unhalted(copier: Copier, opened_ns: int, evidence: DecisionContext) -> Any:
        return opening.may_begin(copier, opened_ns, msgspec.structs.replace(evidence, halt=None))

    monkeypatch.setattr(decide, "may_begin", unhalted)
    assert "stopped its copier" in play_with_guard(CLOSES, LOSS, AFTER).problem


def test_a_guard_that_closes_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "close_by_rule", lambda *_: None)
    assert "has closed everything" in play_with_guard(CLOSES, BEFORE, LOSS).problem


@pytest.mark.parametrize(
    ("check", "before", "settings"),
    [
        ("spread", Step(8_000, "spread", 1, amount=200, symbol="EURUSD"), {"max_spread_points": 50}),
        ("slippage", Step(8_000, "spread", 1, amount=200, symbol="EURUSD"), {"max_slippage_points": 30}),
    ],
)
def test_an_opening_at_a_bad_price_is_caught(
    monkeypatch: pytest.MonkeyPatch, check: str, before: Step, settings: dict[str, Any]
) -> None:
    assert play_with(before, AFTER, **settings).copies == {f"skipped {check}": 1}
    monkeypatch.setattr(opening, "_beyond", lambda *_: None)
    assert "forbid it" in play_with(before, AFTER, **settings).problem
