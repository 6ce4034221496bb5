"""When a copier holds nothing because of the weekend, computed by the minute of the week and apart from the engine."""

from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from tests.simulation.broker import HOUR_MS, BrokerAccount
from tests.simulation.broker_data import RequestKind
from tests.simulation.evidence import Evidence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK_S = 7 * 86_400
SOON_MS = 5_000
"""How long after the start of a weekend everything must be closed."""


def is_weekend(copier: Copier, symbol: str, slave: BrokerAccount, clock_ms: int) -> bool:
    """Whether a copier must not hold a slave's symbol at a moment of the world."""
    weekend = copier.settings.filters.weekend
    if weekend is None or any(fnmatchcase(symbol.upper(), pattern.upper()) for pattern in weekend.left_open):
        return False
    shown = datetime.fromtimestamp((slave.utc_ms + clock_ms) / 1000, UTC)
    if weekend.time_zone == "broker":
        shown += timedelta(hours=(slave.server_ms(0) - slave.utc_ms) // HOUR_MS)
    else:
        shown = shown.astimezone(ZoneInfo(weekend.time_zone))
    now = timedelta(days=shown.weekday(), hours=shown.hour, minutes=shown.minute, seconds=shown.second)
    closes, opens = _of_week(weekend.closes_on, weekend.closes_at), _of_week(weekend.opens_on, weekend.opens_at)
    begins_s = closes - weekend.minutes_before * 60
    return (now.total_seconds() - begins_s) % WEEK_S < (opens - begins_s) % WEEK_S


def _of_week(day: str, clock: str) -> int:
    hours, minutes = clock.split(":")
    return DAYS.index(day) * 86_400 + int(hours) * 3600 + int(minutes) * 60


def weekend_problem(evidence: Evidence) -> str:
    """What a slave still holds although the weekend has begun, once all is quiet."""
    resting = {copier.id for copier in evidence.copiers if copier.settings.filters.weekend is not None}
    if not resting:
        return ""
    for link, origin in evidence.origins.by_link.items():
        if origin.copier.id not in resting:
            continue
        copier, slave = evidence.now(origin), evidence.accounts[origin.copier.slave]
        if copier.mode is CopierMode.OFF or evidence.is_doubtful(link, origin) or evidence.is_lost(link, origin):
            continue
        held = [position.symbol for position in slave.positions_of(link)]
        if not slave.refused[link, RequestKind.DELETE]:
            held += [order.symbol for order in slave.pending_orders.of(link)]
        if any(_is_late(copier, symbol, slave, evidence.clock_ms()) for symbol in held):
            return f"#{origin.key} (link {link}) is held over the weekend"
    return ""


def _is_late(copier: Copier, symbol: str, slave: BrokerAccount, clock_ms: int) -> bool:
    return is_weekend(copier, symbol, slave, clock_ms) and is_weekend(copier, symbol, slave, clock_ms - SOON_MS)
