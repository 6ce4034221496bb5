"""Why a copier must not open a trade at all, computed from its settings and apart from the engine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from lockstep_core.decision.plan import Copier
from lockstep_core.units import ONE_LOT
from tests.simulation.broker import HOUR_MS, BrokerAccount
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.expected import allowed_size, counterpart, exact_size, levels, target_lots
from tests.simulation.link_origins import LinkOrigin

CODES = frozenset(
    {
        "symbol_filtered",
        "side_filtered",
        "magic_filtered",
        "comment_filtered",
        "lots_filtered",
        "outside_hours",
        "spec_doubtful",
        "stop_needed",
        "volume_above_max",
        "volume_below_min",
        "risk_coefficient",
    }
)
POSITION_CODES = frozenset({"magic_filtered", "comment_filtered"})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_FRESH_MS = 31_000


def filter_reasons(
    copier: Copier, origin: LinkOrigin, master: BrokerAccount, slave: BrokerAccount, lots: list[int]
) -> set[str]:
    """The codes of all filters that rejected a trade at its opening, or at any moment while it was fresh. `lots` are all
    volumes that it ever had.
    """
    filters: Any = copier.settings.filters
    found = set()
    if not _passes(filters.symbol_filter, origin.symbol):
        found.add("symbol_filtered")
    if ("sell" if origin.side else "buy") not in filters.allowed_sides:
        found.add("side_filtered")
    if not _has_magic(filters.magic_filter, origin.magic):
        found.add("magic_filtered")
    if not _passes(filters.comment_filter, origin.comment):
        # A partial close on MT4 replaces the comment, so a router that did not see the first comment cannot know it.
        found.add("comment_filtered")
    if any(map(_too_few(filters), lots)):
        found.add("lots_filtered")
    if any(fnmatch(origin.symbol.upper(), pattern.upper()) for pattern in filters.close_only_symbols):
        found.add("close_only")
    if filters.time_windows and (_was_ordered(origin, master) or not all(_hours(filters, origin, slave))):
        found.add("outside_hours")
    # A pending order's magic number and comment differ from those of the netting position that it adds to.
    return found | POSITION_CODES if master.nets and _was_ordered(origin, master) else found


def _too_few(filters: Any) -> Callable[[int], bool]:
    fewest = filters.lots_filter.fewest
    return lambda volume: fewest is not None and volume < fewest * ONE_LOT


def is_filtered(copier: Copier, origin: LinkOrigin, master: BrokerAccount, slave: BrokerAccount, lots: list[int]) -> bool:
    """Whether a filter rejected a trade at every moment while it was fresh."""
    filters: Any = copier.settings.filters
    never = filters.time_windows and not _was_ordered(origin, master) and not any(_hours(filters, origin, slave))
    uncertain = {"outside_hours"} | ({"comment_filtered"} if master.kind is AccountKind.MT4 else set())
    if master.nets and _was_ordered(origin, master):
        uncertain |= POSITION_CODES
    if not all(map(_too_few(filters), lots)):
        # The trade grew, or was closed in part.
        uncertain |= {"lots_filtered"}
    return bool(filter_reasons(copier, origin, master, slave, lots) - uncertain) or bool(never)


def possible_sizes(
    copier: Copier, origin: LinkOrigin, master: BrokerAccount, slave: BrokerAccount, lots: list[int]
) -> list[tuple[int, str]]:
    """The sizes that a copy may have, or codes of why it has none, for all volumes and stops that its master ever had."""
    listed = counterpart(master, slave, origin.symbol)
    if listed is None:
        return [(0, "symbol_unknown")]
    by_risk = copier.settings.sizing.mode in ("fixed_risk", "risk_amount")
    found: list[tuple[int, str]] = []
    for stop in _stops(copier, origin, master, listed):
        if stop is None:
            found.append((0, "stop_needed"))
            continue
        if by_risk and listed.exaggerates != 1:
            found.append((0, "spec_doubtful"))
            continue
        found += [
            allowed_size(copier, target_lots(copier, volume, master, slave, origin.symbol, stop), listed)
            for volume in set(lots)
        ]
    return found


def exact_sizes(
    copier: Copier, origin: LinkOrigin, master: BrokerAccount, slave: BrokerAccount, lots: int
) -> list[Fraction]:
    """The lots before rounding that a copy may have been opened with when its master had `lots`."""
    listed = counterpart(master, slave, origin.symbol)
    by_risk = copier.settings.sizing.mode in ("fixed_risk", "risk_amount")
    if listed is None or (by_risk and listed.exaggerates != 1):
        return []
    wanted = [
        target_lots(copier, lots, master, slave, origin.symbol, stop)
        for stop in _stops(copier, origin, master, listed)
        if stop is not None
    ]
    return [exact_size(copier, target, listed) for target in wanted if allowed_size(copier, target, listed)[0]]


def _stops(copier: Copier, origin: LinkOrigin, master: BrokerAccount, listed: ListedSymbol) -> list[float | None]:
    """The stops with which a copy may have been opened; None if it needs a stop and has none."""
    side = 1 - origin.side if copier.settings.reverse else origin.side
    needed = copier.settings.sizing.mode in ("fixed_risk", "risk_amount") or copier.settings.stops.require_stop_loss
    stops = [levels(copier, sl, tp, side, listed)[0] for sl, tp in master.levels(origin.first_ticket, origin.key)]
    return [None if needed and not stop else stop for stop in stops]


def _was_ordered(origin: LinkOrigin, master: BrokerAccount) -> bool:
    """Whether the link began with a pending order, which may fill at any time."""
    return origin.key in master.pending_orders.volumes


def _hours(filters: Any, origin: LinkOrigin, slave: BrokerAccount) -> list[bool]:
    return [_within(filters, origin.began_ms + late, slave) for late in range(0, LONGEST_FRESH_MS, 1_000)]


def _passes(patterns: Any, text: str) -> bool:
    if any(fnmatch(text.upper(), pattern.upper()) for pattern in patterns.excluded):
        return False
    return not patterns.included or any(fnmatch(text.upper(), pattern.upper()) for pattern in patterns.included)


def _has_magic(ranges: Any, magic: int) -> bool:
    if any(one.first <= magic <= one.last for one in ranges.excluded):
        return False
    return not ranges.included or any(one.first <= magic <= one.last for one in ranges.included)


def _within(filters: Any, world_ms: int, slave: BrokerAccount) -> bool:
    now = datetime.fromtimestamp((slave.utc_ms + world_ms) / 1000, UTC)
    if filters.time_zone == "broker":
        now += timedelta(hours=(slave.server_ms(0) - slave.utc_ms) // HOUR_MS)
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
