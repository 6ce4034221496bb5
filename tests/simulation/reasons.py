"""Why a copier may not open something at all, reckoned from its settings apart from the engine."""

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from typing import Any
from zoneinfo import ZoneInfo

from lockstep_core.decision.plan import Copier
from tests.simulation.broker import HOUR_MS, Account
from tests.simulation.expected import counterpart, levels, sized, wished
from tests.simulation.links import Known
from tests.simulation.market import Kind

CODES = frozenset(
    {
        "symbol_filtered",
        "side_filtered",
        "magic_filtered",
        "comment_filtered",
        "outside_hours",
        "stop_needed",
        "volume_above_max",
        "volume_below_min",
        "risk_coefficient",
    }
)
OF_POSITION = frozenset({"magic_filtered", "comment_filtered"})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LATEST_MS = 31_000


def filtered(copier: Copier, known: Known, theirs: Account, mine: Account) -> set[str]:
    """Codes of all filters that hold a trade back; hours are those of the moment it began, or any moment it was fresh."""
    filters: Any = copier.settings.filters
    found = set()
    if not _passes(filters.symbol_filter, known.symbol):
        found.add("symbol_filtered")
    if ("sell" if known.side else "buy") not in filters.allowed_sides:
        found.add("side_filtered")
    if not _has_magic(filters.magic_filter, known.magic):
        found.add("magic_filtered")
    if not _passes(filters.comment_filter, known.comment):
        # A new ticket takes the comment along; who did not see the old one cannot know it.
        found.add("comment_filtered")
    if filters.time_windows and (_was_ordered(known, theirs) or not all(_hours(filters, known, mine))):
        found.add("outside_hours")
    # An order has magic number and comment of its own; what it adds to has others.
    return found | OF_POSITION if theirs.nets and _was_ordered(known, theirs) else found


def is_barred(copier: Copier, known: Known, theirs: Account, mine: Account) -> bool:
    """Whether a filter held a trade back at every moment it was fresh."""
    filters: Any = copier.settings.filters
    never = filters.time_windows and not _was_ordered(known, theirs) and not any(_hours(filters, known, mine))
    unsure = {"outside_hours"} | ({"comment_filtered"} if theirs.kind is Kind.MT4 else set())
    if theirs.nets and _was_ordered(known, theirs):
        unsure |= OF_POSITION
    return bool(filtered(copier, known, theirs, mine) - unsure) or bool(never)


def sizes(copier: Copier, known: Known, theirs: Account, mine: Account, lots: list[int]) -> list[tuple[int, str]]:
    """What a copy could be: lots, or a code of why there are none, for all lots and stops that its master ever had."""
    listed = counterpart(theirs, mine, known.symbol)
    if listed is None:
        return [(0, "symbol_unknown")]
    found = []
    side = 1 - known.side if copier.settings.reverse else known.side
    for sl, tp in theirs.levels(known.root, known.key):
        stop = levels(copier, sl, tp, side, listed)[0]
        needed = copier.settings.sizing.mode in ("fixed_risk", "risk_amount") or copier.settings.stops.require_stop_loss
        if needed and not stop:
            found.append((0, "stop_needed"))
            continue
        found += [sized(copier, wished(copier, amount, theirs, mine, known.symbol, stop), listed) for amount in set(lots)]
    return found


def _was_ordered(known: Known, theirs: Account) -> bool:
    """Whether it began with a pending order, which may fill at any time."""
    return known.key in theirs.pendings.volumes


def _hours(filters: Any, known: Known, mine: Account) -> list[bool]:
    return [_within(filters, known.began_ms + late, mine) for late in range(0, LATEST_MS, 1_000)]


def _passes(patterns: Any, text: str) -> bool:
    if any(fnmatch(text.upper(), pattern.upper()) for pattern in patterns.excluded):
        return False
    return not patterns.included or any(fnmatch(text.upper(), pattern.upper()) for pattern in patterns.included)


def _has_magic(ranges: Any, magic: int) -> bool:
    if any(one.first <= magic <= one.last for one in ranges.excluded):
        return False
    return not ranges.included or any(one.first <= magic <= one.last for one in ranges.included)


def _within(filters: Any, world_ms: int, mine: Account) -> bool:
    now = datetime.fromtimestamp((mine.utc_ms + world_ms) / 1000, UTC)
    if filters.time_zone == "broker":
        now += timedelta(hours=(mine.server_ms(0) - mine.utc_ms) // HOUR_MS)
    elif filters.time_zone != "UTC":
        now = now.astimezone(ZoneInfo(filters.time_zone))
    return any(_in_window(window, now) for window in filters.time_windows)


def _in_window(window: Any, now: datetime) -> bool:
    minute = now.hour * 60 + now.minute
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (window.start, window.end))
    today, yesterday = DAYS[now.weekday()], DAYS[now.weekday() - 1]
    if end > start:
        return today in window.days and start <= minute < end
    return (today in window.days and minute >= start) or (yesterday in window.days and minute < end)
