"""What people are told of copiers that keep away from news, and what a preview makes of the calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lockstep_api.account_figures import account_figures
from lockstep_api.models import CopierNotice
from lockstep_api.notices import calendar_part, minutes_of_news, with_notices
from lockstep_api.pages import ExplanationPart
from lockstep_api.preview import PreviewTrade, news_of, preview
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.units import ONE_LOT, Lots
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
FILTERED = {"sizing": {"mode": "none"}, "filters": {"news_filter": {}}}


def said(known: CopierNotice | ExplanationPart) -> str:
    return say.notice(catalogue("en"), known.code, known.params)


def codes(settings: dict[str, Any], covered: datetime | None) -> list[str]:
    (told,) = with_notices([{"settings": settings}], covered, NOW)
    return [notice.code for notice in told["notices"]]


@pytest.mark.parametrize(
    ("covered", "code"),
    [
        (None, ["calendar_empty"]),
        (NOW - timedelta(days=30), ["calendar_ended"]),
        (NOW, ["calendar_ended"]),
        (NOW + timedelta(days=3), ["calendar_ends_soon"]),
        (NOW + timedelta(days=3, seconds=1), []),
    ],
)
def test_who_keeps_away_from_news_is_told_when_the_calendar_ends(covered: datetime | None, code: list[str]) -> None:
    assert codes(FILTERED, covered) == code


@pytest.mark.parametrize("filters", [{}, {"filters": {}}, {"filters": None}, {"filters": {"news_filter": None}}])
def test_others_are_not_told(filters: dict[str, Any]) -> None:
    assert codes({"sizing": {"mode": "none"}, **filters}, None) == []


def test_a_notice_says_when_and_names_the_setting() -> None:
    (told,) = with_notices([{"settings": FILTERED}], NOW - timedelta(hours=1), NOW)
    (notice,) = told["notices"]
    assert notice.setting == "filters.news_filter"
    assert notice.at == NOW - timedelta(hours=1)
    assert "ended on 2026-11-28 11:00 UTC" in said(notice)


def test_a_preview_says_how_far_news_are_known() -> None:
    reaching = said(calendar_part(NOW + timedelta(days=9), NOW))
    assert reaching == "News are those of the calendar, which reaches until 2026-12-07 12:00 UTC."
    assert "is empty" in said(calendar_part(None, NOW))


@pytest.mark.parametrize(
    ("news_filter", "minutes"),
    [(None, None), ({}, 120), ({"open_position_following_time_gap_in_minutes": 500}, 500)],
)
def test_news_matter_as_far_as_the_longer_of_both_gaps(news_filter: dict[str, Any] | None, minutes: int | None) -> None:
    given = {"sizing": {"mode": "none"}, "filters": {"news_filter": news_filter}}
    assert minutes_of_news(parse_settings(given)) == minutes


def row(at: datetime, *currencies: str, importance: str = "high") -> dict[str, Any]:
    return {"at": at.isoformat(), "currencies": list(currencies), "importance": importance, "title": "Payrolls"}


@pytest.mark.parametrize(
    ("symbol", "rows", "outcome"),
    [
        ("EURUSD", [], "copy"),
        ("EURUSD", [row(NOW + timedelta(hours=1), "USD")], "skip"),
        ("EURUSD.pro", [row(NOW + timedelta(hours=1), "CHF", "EUR")], "skip"),
        ("EURUSD", [row(NOW + timedelta(hours=1), "JPY")], "copy"),
        ("EURUSD", [row(NOW + timedelta(hours=1), "USD", importance="low")], "copy"),
        ("EURUSD", [row(NOW + timedelta(hours=3), "USD")], "copy"),
        ("NATGAS", [row(NOW + timedelta(hours=1), "JPY")], "skip"),  # as the engine does where nobody knows the currencies
        ("XAUUSD", [row(NOW - timedelta(minutes=59), "USD")], "skip"),
    ],
)
def test_a_preview_keeps_away_from_the_news_of_the_calendar(symbol: str, rows: list[dict[str, Any]], outcome: str) -> None:
    trial = PreviewTrade(symbol, "buy", Lots(ONE_LOT), 1.1)
    (found,) = preview(parse_settings(FILTERED), CopierMode.ON, [trial], NOW_MS, account_figures(None, None), news_of(rows))
    assert found.outcome == outcome
    reason = None if found.skip is None else (found.skip.code, found.skip.setting)
    assert reason == (("news", "filters.news_filter") if outcome == "skip" else None)


def test_a_trade_of_the_past_is_tried_with_the_news_of_its_own_time() -> None:
    before = NOW - timedelta(days=2)
    trials = [
        PreviewTrade("EURUSD", "buy", Lots(ONE_LOT), 1.1, round(before.timestamp() * 1000)),
        PreviewTrade("EURUSD", "buy", Lots(ONE_LOT)),
    ]
    then, today = preview(
        parse_settings(FILTERED), CopierMode.ON, trials, NOW_MS, account_figures(None, None), news_of([row(before, "USD")])
    )
    assert (then.outcome, today.outcome) == ("skip", "copy")


def test_a_slave_whose_broker_closes_in_order_is_told_of_at_its_copiers() -> None:
    rows = [{"settings": {}, "slave_id": "a"}, {"settings": {}, "slave_id": "b"}, {"settings": FILTERED, "slave_id": "a"}]
    told = with_notices(rows, None, NOW, frozenset({"a"}))
    assert [[notice.code for notice in row["notices"]] for row in told] == [
        ["closes_in_order"],
        [],
        ["calendar_empty", "closes_in_order"],
    ]
