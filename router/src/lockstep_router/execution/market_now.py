"""The market that refused an order, for the order's next try."""

from lockstep_core.market.market_hours import MarketOpening, next_opening
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.inflight import Market

MS = 1_000_000


def market_of(slave: TrackedAccount, symbol: str, utc_ms: int | None, now_ns: int, *, by_hours: bool) -> Market:
    """The market of a slave's symbol now. `by_hours`: whether the time of its opening is needed."""
    quote, spec = slave.quotes.get(symbol), slave.specs.get(symbol)
    opening = _opening(slave, symbol, utc_ms) if by_hours else None
    if opening is None or utc_ms is None:
        return Market(quote, spec=spec)
    return Market(quote, now_ns + (opening.utc_ms - utc_ms) * MS, opening.clock, spec)


def _opening(slave: TrackedAccount, symbol: str, utc_ms: int | None) -> MarketOpening | None:
    """When the market opens; None if it is open, or if nobody knows."""
    hours, figures = slave.hours.of(symbol), slave.figures
    if hours is None or utc_ms is None or figures is None or figures.utc_offset_ms is None:
        return None
    return next_opening(hours, utc_ms, figures.utc_offset_ms)
