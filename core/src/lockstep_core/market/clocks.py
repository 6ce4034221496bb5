"""How far a broker's clock will be ahead of UTC at another time than now.

A terminal tells how far its broker's clock is ahead now, and not by which rule it is changed. Almost all go by one of a
few rules, and the present offset tells which of them they can go by. A clock that goes by none of these is not changed.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

_QUARTER_MS = 900_000
_HOUR_MS = 3_600_000
_LAST_MS = 4_000_000_000_000
"""In the year 2096: what a terminal tells beyond that is no time."""


class ClockRule(msgspec.Struct, frozen=True, gc=False):
    """A clock that is always so far ahead of the time in a zone. It is changed when that is."""

    zone: str
    ahead_ms: int


RULES = (
    ClockRule("America/New_York", 7 * _HOUR_MS),
    ClockRule("Europe/Athens", 0),
    ClockRule("Europe/Berlin", 0),
    ClockRule("America/New_York", 0),
    ClockRule("America/Chicago", 0),
)
"""The commonest first. With the first a broker's day ends with New York's at 17:00, and its week has five days."""


def moment_on_another(local_ms: int, theirs_ms: int, ours_ms: int, utc_ms: int) -> int:
    """What our broker's clock shows when theirs shows `local_ms`; both are so far ahead of UTC at `utc_ms`."""
    moment_ms = local_ms - offset_on_clock(local_ms, theirs_ms, utc_ms)
    return moment_ms + offset_at(moment_ms, ours_ms, utc_ms)


def offset_on_clock(local_ms: int, offset_ms: int, utc_ms: int) -> int:
    """The offset of a clock when it shows `local_ms`, where it is `offset_ms` at `utc_ms`."""
    return offset_at(local_ms - offset_at(local_ms - offset_ms, offset_ms, utc_ms), offset_ms, utc_ms)


def offset_at(then_ms: int, offset_ms: int, utc_ms: int) -> int:
    """The offset of a clock at `then_ms` (UTC), where it is `offset_ms` at `utc_ms`."""
    if not 0 <= then_ms <= _LAST_MS:
        return offset_ms
    rule = next((rule for rule in RULES if _offset_ms(rule, utc_ms) == offset_ms), None)
    return offset_ms if rule is None else _offset_ms(rule, then_ms)


def _offset_ms(rule: ClockRule, utc_ms: int) -> int:
    return rule.ahead_ms + _of_zone(rule.zone, utc_ms // _QUARTER_MS)


@lru_cache(maxsize=1024)
def _of_zone(zone: str, quarter: int) -> int:
    """How far a zone is ahead of UTC; clocks are changed at full quarters of an hour only."""
    offset = datetime.fromtimestamp(quarter * _QUARTER_MS / 1000, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)
