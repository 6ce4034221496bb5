"""Keeping away from the news: whether one of a symbol's currencies has some near now."""

from bisect import bisect_left
from collections.abc import Iterable

from lockstep_core.decision.context import NewsItem
from lockstep_core.market.currencies import whole
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import NewsRule
from lockstep_core.skips import Params

_MINUTE_MS = 60_000


def items_of(rows: Iterable[tuple[int, Iterable[str], str, str]]) -> tuple[NewsItem, ...]:
    """Entries of a calendar (Unix time in ms, currencies, importance, title) as decisions read them, sorted by time."""
    return tuple(sorted(NewsItem(ms, currency, level, title) for ms, found, level, title in rows for currency in found))


def next_closing_ms(rule: NewsRule, news: tuple[NewsItem, ...], utc_ms: int) -> int | None:
    """When, after now, news begin to demand closings by this rule; None where none do."""
    if rule.close_ms is None:
        return None
    for index in range(bisect_left(news, NewsItem(utc_ms + rule.close_ms + 1, "", "", "")), len(news)):
        if news[index].priority in rule.priorities:
            return news[index].utc_ms - rule.close_ms
    return None


def forbids_opening(rule: NewsRule, news: tuple[NewsItem, ...], spec: SymbolSpec, utc_ms: int) -> NewsItem | None:
    """The news because of which a symbol is not opened now; `news` is sorted by time."""
    return _first(rule, news, spec, utc_ms - rule.after_ms, utc_ms + rule.before_ms)


def demands_closing(rule: NewsRule, news: tuple[NewsItem, ...], spec: SymbolSpec, utc_ms: int) -> NewsItem | None:
    """The news to come because of which a symbol is closed now."""
    if rule.close_ms is None:
        return None
    return _first(rule, news, spec, utc_ms, utc_ms + rule.close_ms)


def distance_of(item: NewsItem, utc_ms: int) -> Params:
    """The news and how far away it is, as the params of a skip."""
    minutes = round((item.utc_ms - utc_ms) / _MINUTE_MS)
    return {
        "currency": item.currency,
        "importance": item.priority,
        "title": item.title,
        "when": "now" if minutes == 0 else "ahead" if minutes > 0 else "past",
        "minutes": abs(minutes),
    }


def _first(rule: NewsRule, news: tuple[NewsItem, ...], spec: SymbolSpec, start: int, end: int) -> NewsItem | None:
    for index in range(bisect_left(news, NewsItem(start, "", "", "")), len(news)):
        item = news[index]
        if item.utc_ms > end:
            return None
        if item.priority in rule.priorities and _touches(item, spec):
            return item
    return None


def _touches(item: NewsItem, spec: SymbolSpec) -> bool:
    base, profit = whole(spec.currency_base), whole(spec.currency_profit)
    return item.currency in (base, profit) or not (base or profit)
