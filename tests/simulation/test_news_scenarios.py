"""Scenarios with a news calendar: copiers keep away from near news, and the invariants find one that does not."""

import pytest

from lockstep_core.decision import opening
from lockstep_core.decision.context import NewsItem
from lockstep_router.execution.decision_context import ContextBuilder
from tests.simulation.broker import UTC_MS
from tests.simulation.play import PlayResult, play
from tests.simulation.scenario import CopierSpec, Scenario, Step

LOT = 100_000_000
BEGIN_MS = UTC_MS + 1_000_000
FILTER = {
    "priorities": ["high"],
    "open_position_preceding_time_gap_in_minutes": 1,
    "open_position_following_time_gap_in_minutes": 0,
    "close_position_time_gap_in_minutes": 1,
}


def play_with(*steps: Step, ahead_ms: int = 70_000, currency: str = "USD", priority: str = "high") -> PlayResult:
    """The result of a scenario with one copier that has a news filter."""
    spec = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=5_000, settings={"filters": {"news_filter": FILTER}})
    news = (NewsItem(BEGIN_MS + ahead_ms, currency, priority, "Payrolls"),)
    return play(Scenario(7, 2, 50_000, (spec,), steps, news=news))


BEFORE = Step(5_000, "open", 0, 1, LOT, "EURUSD")
WITHIN = Step(20_000, "open", 0, 2, LOT, "EURUSD")


def test_what_is_open_is_closed_in_time_and_nothing_is_opened_near_news() -> None:
    outcome = play_with(BEFORE, WITHIN)
    assert (outcome.problem, outcome.copies) == ("", {"closed news": 1, "skipped news": 1})


@pytest.mark.parametrize(("currency", "priority"), [("JPY", "high"), ("USD", "low")])
def test_other_news_change_nothing(currency: str, priority: str) -> None:
    outcome = play_with(BEFORE, WITHIN, currency=currency, priority=priority)
    assert (outcome.problem, outcome.copies) == ("", {"open": 2})


def test_news_that_are_announced_late_count_at_once() -> None:
    sudden = Step(10_000, "news", symbol="EUR", lasts_ms=30_000)
    outcome = play_with(BEFORE, sudden, WITHIN, ahead_ms=10**7)
    assert (outcome.problem, outcome.copies) == ("", {"closed news": 1, "skipped news": 1})


@pytest.mark.parametrize("who", [0, 1])
def test_what_news_close_is_closed_whoever_is_away(who: int) -> None:
    outcome = play_with(BEFORE, Step(8_000, "kill_terminal", who, amount=6_000), WITHIN)
    assert (outcome.problem, outcome.copies["closed news"]) == ("", 1)


def test_news_that_are_not_looked_at_by_openings_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_news", lambda *_: None)
    assert "news forbid it" in play_with(BEFORE, WITHIN).problem


def test_news_whose_moment_nobody_waits_for_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ContextBuilder, "due_news_closings", lambda *_: ())
    assert "is open though news are near" in play_with(BEFORE, WITHIN).problem
