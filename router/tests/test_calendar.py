"""The news calendar in a running router: what it keeps from being opened, and what is closed because of it."""

from typing import Any

from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.economic_news import items_of

from .engine_harness import MS, EngineHarness, copier
from .terminals import LOT, UTC_NS

MINUTE_MS = 60_000


def a_harness(**news_filter: Any) -> EngineHarness:
    return EngineHarness(copier({"sizing": {"mode": "none"}, "filters": {"news_filter": news_filter}}))


def in_minutes(harness: EngineHarness, minutes: float, *currencies: str, priority: str = "high") -> tuple[NewsItem, ...]:
    now_ms = (harness.now_ns + UTC_NS) // MS
    return items_of([(now_ms + round(minutes * MINUTE_MS), currencies or ("USD",), priority, "payrolls")])


def report(harness: EngineHarness, news: tuple[NewsItem, ...]) -> None:
    """Brings a calendar from the database."""
    harness.act(harness.engine.on_calendar(news, harness.now_ns))
    harness.run()


def open_one(harness: EngineHarness) -> int:
    """The master opens a position; returns how many the slave has then."""
    harness.master.open(LOT)
    harness.run()
    return len(harness.slave.positions)


def skips(harness: EngineHarness) -> list[tuple[str | None, str | None]]:
    return [(row.reason, row.setting) for row in harness.rows().values() if row.status == "skipped"]


def test_in_a_window_around_news_nothing_is_opened_and_after_it_copies_go_on() -> None:
    harness = a_harness(open_position_preceding_time_gap_in_minutes=2, open_position_following_time_gap_in_minutes=1)
    report(harness, in_minutes(harness, 1))
    assert open_one(harness) == 0
    assert skips(harness) == [("news", "filters.news_filter")]
    (row,) = harness.rows().values()
    assert row.params == {"currency": "USD", "importance": "high", "title": "payrolls", "when": "ahead", "minutes": 1}
    harness.pass_ms(2 * MINUTE_MS + 1_000, step_ms=1_000)
    assert not harness.slave.positions, "what was skipped is not caught up with"
    assert open_one(harness) == 1


def test_a_calendar_that_changes_counts_from_then_on() -> None:
    harness = a_harness()
    assert open_one(harness) == 1
    report(harness, in_minutes(harness, 1))
    assert open_one(harness) == 1
    report(harness, in_minutes(harness, 1, "JPY"))
    assert open_one(harness) == 2
    report(harness, ())
    assert open_one(harness) == 3


def test_what_is_open_is_closed_at_the_moment_the_rule_says_though_nothing_else_happens() -> None:
    harness = a_harness(close_position_time_gap_in_minutes=5, open_position_preceding_time_gap_in_minutes=5)
    assert open_one(harness) == 1
    report(harness, in_minutes(harness, 6))
    harness.pass_ms(59_000, step_ms=1_000)
    assert len(harness.slave.positions) == 1
    harness.pass_ms(2_000, step_ms=1_000)
    assert not harness.slave.positions
    (row,) = harness.rows().values()
    assert (row.status, row.reason) == ("closed", "news")


def test_news_that_turn_up_late_close_at_once_and_those_of_others_close_nothing() -> None:
    harness = a_harness(close_position_time_gap_in_minutes=5, open_position_preceding_time_gap_in_minutes=5)
    assert open_one(harness) == 1
    report(harness, in_minutes(harness, 4, "JPY") + in_minutes(harness, 4, priority="low"))
    assert len(harness.slave.positions) == 1
    report(harness, in_minutes(harness, 4))
    assert not harness.slave.positions


def test_a_copier_that_gets_the_rule_later_closes_by_the_calendar_there_is() -> None:
    harness = a_harness()
    assert open_one(harness) == 1
    report(harness, in_minutes(harness, 400))
    rule = {"close_position_time_gap_in_minutes": 399, "open_position_preceding_time_gap_in_minutes": 399}
    harness.change_plan(copier({"sizing": {"mode": "none"}, "filters": {"news_filter": rule}}))
    assert len(harness.slave.positions) == 1
    harness.pass_ms(61_000, step_ms=1_000)
    assert not harness.slave.positions


def test_one_news_after_the_other_closes_each_time() -> None:
    harness = a_harness(
        close_position_time_gap_in_minutes=1,
        open_position_preceding_time_gap_in_minutes=1,
        open_position_following_time_gap_in_minutes=0,
    )
    report(harness, in_minutes(harness, 2) + in_minutes(harness, 5))
    for _ in range(2):
        assert open_one(harness) == 1
        harness.pass_ms(MINUTE_MS + 1_000, step_ms=1_000)
        assert not harness.slave.positions
        harness.pass_ms(2 * MINUTE_MS, step_ms=1_000)
    assert [(row.status, row.reason) for row in harness.rows().values()] == [("closed", "news")] * 2
