"""Notices about a copier's settings, such as a news filter without news. Pure."""

from collections.abc import Container, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from lockstep_api.models import CopierNotice
from lockstep_api.pages import ExplanationPart
from lockstep_core.copiers import CopierSettings
from lockstep_core.skips import Params, Shape

NEWS_FILTER = "filters.news_filter"
_SOON = timedelta(days=3)
_CLOSES_IN_ORDER = CopierNotice(code="closes_in_order", setting="", params={}, at=None)
PARAMS: Mapping[str, Shape] = {
    "assumed_broker": {},
    "assumed_money": {"known": str, "master": str, "slave": str},
    "calendar_reaches": {"until": str},
    "calendar_empty": {},
    "calendar_ended": {"until": str},
    "calendar_ends_soon": {"until": str},
    "closes_in_order": {},
    "guards_act_at": {"floor": str, "left": str, "currency": str, "looks": str},
    "opened_today": {"limited": str, "trades": int, "lots": str, "most_trades": int, "most_lots": str},
}
"""The params of each notice."""


def keeps_from_news(copier: Mapping[str, Any]) -> bool:
    """Whether a copier's row has a news filter."""
    return (copier["settings"].get("filters") or {}).get("news_filter") is not None


def minutes_of_news(settings: CopierSettings) -> int | None:
    """The largest gap between a trade and news that still matters to the news filter; None without a news filter."""
    wanted = settings.filters.news_filter
    if wanted is None:
        return None
    return max(wanted.open_position_preceding_time_gap_in_minutes, wanted.open_position_following_time_gap_in_minutes)


def with_notices(
    copiers: Iterable[Mapping[str, Any]],
    covered_until: datetime | None,
    now: datetime,
    in_order: Container[str] = (),
) -> list[dict[str, Any]]:
    """Rows of copiers with their notices. `covered_until` is how far the news calendar reaches. `in_order` are the accounts
    whose brokers close positions only in the order in which they were opened.
    """
    calendar = _of_calendar(covered_until, now)

    def of(copier: Mapping[str, Any]) -> tuple[CopierNotice, ...]:
        order = (_CLOSES_IN_ORDER,) if str(copier.get("slave_id")) in in_order else ()
        return (*(calendar if keeps_from_news(copier) else ()), *order)

    return [{**copier, "notices": of(copier)} for copier in copiers]


def calendar_part(covered_until: datetime | None, now: datetime) -> ExplanationPart:
    """How far the news calendar reaches, as a part of an explanation."""
    for notice in _of_calendar(covered_until, now):
        return ExplanationPart(code=notice.code, params=notice.params)
    return ExplanationPart(code="calendar_reaches", params={"until": _words(covered_until)})


def _of_calendar(covered_until: datetime | None, now: datetime) -> tuple[CopierNotice, ...]:
    if covered_until is None:
        return (CopierNotice(code="calendar_empty", setting=NEWS_FILTER, params={}, at=None),)
    params: Params = {"until": _words(covered_until)}
    if covered_until <= now:
        return (CopierNotice(code="calendar_ended", setting=NEWS_FILTER, params=params, at=covered_until),)
    if covered_until <= now + _SOON:
        return (CopierNotice(code="calendar_ends_soon", setting=NEWS_FILTER, params=params, at=covered_until),)
    return ()


def _words(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
