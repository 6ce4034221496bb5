"""When a symbol can be traded: the trading sessions of its week, as its broker tells them by its own clock."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from lockstep_core.market.clocks import offset_at

DAY_S = 86_400
DAYS = 7
LONGEST_TO_S = 2 * DAY_S
"""A session that begins before midnight and ends after it may be reported with seconds beyond one day."""
_WEEK_S = DAYS * DAY_S
_FIRST_SUNDAY_S = 3 * DAY_S
"""From the beginning of 1970, a Thursday, to its first Sunday."""
_QUARTER_MS = 900_000

Session = tuple[int, int]
"""From and to, in seconds of the week, which begins on Sunday as MetaTrader's does."""


class MarketHours(msgspec.Struct, frozen=True, gc=False):
    """The sessions of a week, by the broker's clock: sorted, at least one, and none touches the next."""

    sessions: tuple[Session, ...]


class MarketOpening(msgspec.Struct, frozen=True, gc=False):
    """When a closed market opens: as Unix time in ms, and what its broker's clock will show then."""

    utc_ms: int
    clock: str


def hours_of(told: Iterable[tuple[int, int, int]]) -> MarketHours | None:
    """The hours of reported sessions: (day, from, to), in seconds of the day. None for a week without sessions: a terminal
    reports that of every symbol whose hours it does not know yet.
    """
    pieces = sorted(piece for day, from_s, to_s in told for piece in _within_week(day * DAY_S, from_s, to_s))
    merged: list[Session] = []
    for start, end in pieces:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return MarketHours(tuple(merged)) if merged else None


def next_opening(hours: MarketHours, utc_ms: int, offset_ms: int) -> MarketOpening | None:
    """When the market opens next; None where it is open at `utc_ms`. Its broker's clock is `offset_ms` ahead of UTC then."""
    opens_ms = _first_open_ms(hours, utc_ms, offset_ms)
    later_ms = offset_at(opens_ms, offset_ms, utc_ms)
    if later_ms != offset_ms:
        # The clock is changed before that. Sessions go by what it shows, so those after the change come sooner or later.
        changed_ms = _change_ms(utc_ms, opens_ms, offset_ms)
        opens_ms = _first_open_ms(hours, changed_ms, later_ms)
    if opens_ms <= utc_ms:
        return None
    shown = datetime.fromtimestamp((opens_ms + later_ms) // 1000, UTC)
    return MarketOpening(opens_ms, f"{shown:%Y-%m-%d %H:%M}")


def _within_week(day_s: int, from_s: int, to_s: int) -> Iterable[Session]:
    """A session as pieces of one week; one that ends after Saturday's midnight goes on at the week's beginning."""
    start, end = day_s + from_s, day_s + to_s + (DAY_S if to_s < from_s else 0)
    pieces = ((start, min(end, _WEEK_S)), (max(start - _WEEK_S, 0), end - _WEEK_S))
    return (piece for piece in pieces if piece[0] < piece[1])


def _first_open_ms(hours: MarketHours, from_ms: int, offset_ms: int) -> int:
    """The first moment from `from_ms` on at which a clock that is `offset_ms` ahead of UTC shows a time within a session."""
    shown_ms = from_ms + offset_ms
    week_ms = (shown_ms - _FIRST_SUNDAY_S * 1000) % (_WEEK_S * 1000)
    for start, end in hours.sessions:
        if week_ms < end * 1000:
            return from_ms + max(0, start * 1000 - week_ms)
    return from_ms + (_WEEK_S + hours.sessions[0][0]) * 1000 - week_ms


def _change_ms(utc_ms: int, then_ms: int, offset_ms: int) -> int:
    """When a clock that is `offset_ms` ahead at `utc_ms` changes to another offset, before `then_ms`. Clocks change at a
    full quarter of an hour.
    """
    before, after = utc_ms // _QUARTER_MS, then_ms // _QUARTER_MS
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle * _QUARTER_MS, offset_ms, utc_ms) == offset_ms:
            before = middle
        else:
            after = middle
    return after * _QUARTER_MS
