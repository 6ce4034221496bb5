"""Builds what a decision reads besides the link: both accounts, the time, guards, orders in flight."""

from collections.abc import Callable, Iterable
from uuid import UUID

from lockstep_core.books.links import Link, chance_of, link_id
from lockstep_core.decision.context import DecisionContext, Exposure, NewsItem, OpenedToday
from lockstep_core.decision.limits import exposure_of, with_opening, with_rest
from lockstep_core.decision.plan import Copier
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.guards import GuardMonitor
from lockstep_router.execution.news_timers import NewsTimers
from lockstep_router.execution.observed import is_on_slave
from lockstep_router.execution.one_trade import with_further
from lockstep_router.execution.weekend_clock import WeekendClock
from lockstep_router.journal.outputs import Outputs

MS = 1_000_000
FILLING_NS = 10_000_000_000


class ContextBuilder:
    """Builds decision contexts.

    `utc_offset_ns` plus the engine's clock is Unix time; None until the loop has set it. `of_slave` returns the copies on an
    account, because limits also count what other copies are opening.
    """

    def __init__(self, of_slave: Callable[[UUID], Iterable[Copy]]) -> None:
        self._of_slave = of_slave
        self.utc_offset_ns: int | None = None
        self.news: tuple[NewsItem, ...] = ()
        self.guards = GuardMonitor()
        self.weekends = WeekendClock()
        self._closings = NewsTimers()

    def set_utc_offset(self, offset_ns: int) -> None:
        """Sets what must be added to the engine's clock to get Unix time."""
        self.utc_offset_ns = offset_ns

    def set_calendar(self, news: tuple[NewsItem, ...]) -> None:
        """Takes a new economic calendar."""
        self.news = news

    def utc_ms(self, now_ns: int) -> int | None:
        """Unix time in ms."""
        return None if self.utc_offset_ns is None else (now_ns + self.utc_offset_ns) // MS

    def renew_news_timers(self, copiers: Iterable[Copier], now_ns: int) -> tuple[UUID, ...]:
        """Call this when copiers or the calendar changed. Returns the copiers that close what is open before news."""
        return self._closings.renew(copiers, self.news, self.utc_ms(now_ns))

    def due_news_closings(self, now_ns: int) -> tuple[UUID, ...]:
        """The copiers that must close what is open because of news that became due since the last call."""
        return self._closings.due(self.news, self.utc_ms(now_ns))

    def build(self, copy: Copy, master: TrackedAccount, slave: TrackedAccount, now_ns: int) -> DecisionContext:
        """The context of a copy's decision."""
        rules = copy.copier.rules
        # Only openings are held against limits, and to count all that is open takes long on a large account.
        counts = rules.limits is not None or rules.guards.looks_before or slave.index.limited
        may_open = not is_on_slave(copy, slave) if counts else False
        looks_before = may_open and rules.guards.looks_before
        underway = tuple(self._of_slave(slave.account.id)) if may_open else ()
        exposure = _exposure(copy, slave, underway, now_ns) if may_open else None
        utc_ms = self.utc_ms(now_ns)
        return DecisionContext(
            slave.as_slave(exposure, utc_ms),
            now_ns,
            master.as_master(),
            utc_ms,
            self.news,
            self.guards.halt(copy.copier),
            # Only a random delay reads it.
            chance_of(_first_of(copy.link)) if rules.delay_span_ns else 0.0,
            copy.may_ask(now_ns),
            self.guards.floor(copy.copier, slave.figures) if looks_before else None,
            self._today(copy, slave, underway, utc_ms) if looks_before and rules.guards.limits_day else None,
            self.weekends.shared.get(slave.account.id, ()) if self.weekends.shared else (),
        )

    def on_opened(
        self, copiers: Iterable[Copier], slave: TrackedAccount, opened: OpenedToday, now_ns: int, out: Outputs
    ) -> None:
        """Counts an opening on a slave, for all copiers that have this slave."""
        for copier in copiers:
            utc_ms = self.utc_ms(now_ns)
            self.guards.day_counts.add(copier, opened.trades, opened.lots, slave.figures, utc_ms, now_ns, out)

    def _today(self, copy: Copy, slave: TrackedAccount, underway: Iterable[Copy], utc_ms: int | None) -> OpenedToday:
        """What was opened today on a copy's slave, plus what other copies are opening now."""
        today = self.guards.day_counts.today(copy.copier, slave.figures, utc_ms)
        others = [other for other in underway if other is not copy and _opens(other, slave)]
        lots = sum(other.target_lots for other in others)
        trades = len([other for other in others if not other.link.part])
        return OpenedToday(today.trades + trades, today.lots + lots, today.is_known)

    def tomorrow_ns(self, slave: TrackedAccount, now_ns: int) -> int:
        """When the next day of a slave's broker begins."""
        return now_ns + slave.left_of_day_ms(self.utc_ms(now_ns)) * MS

    def on_figures(self, slave: TrackedAccount, copier: Copier, now_ns: int, out: Outputs) -> bool:
        """Passes a slave's new figures to a copier's guards. Returns whether the copier must be settled again."""
        utc_ms = self.utc_ms(now_ns)
        if not copier.rules.guards.limits or slave.figures is None or utc_ms is None:
            return False
        return self.guards.on_figures(copier, slave.figures, utc_ms, now_ns, out, slave.money.moves)


def _first_of(link: Link) -> int:
    """The id of the first part: all parts of an order's copy share one random delay."""
    return link_id(link.copier, link.master_position) if link.part else link.id


def _opens(copy: Copy, slave: TrackedAccount) -> bool:
    return copy.in_flight is not None and copy.in_flight.opens and not is_on_slave(copy, slave)


def _exposure(copy: Copy, slave: TrackedAccount, underway: Iterable[Copy], now_ns: int) -> Exposure:
    exposure = exposure_of(slave.book, slave.specs)
    parts: list[Copy] = []
    opening: list[int] = []
    for other in underway:
        if other.link.part:
            parts.append(other)
        if other.filling_ns and now_ns - other.filling_ns < FILLING_NS and other.link.id in slave.book.by_magic:
            slave_position = slave.book.by_magic[other.link.id]
            exposure = with_rest(exposure, slave_position, max(0, other.target_lots - slave_position.volume))
        in_flight = other.in_flight
        if other is copy or in_flight is None or not in_flight.opens or is_on_slave(other, slave):
            continue
        opening.append(other.link.id)
        target = in_flight.target
        lots = abs(target.volume - target.expected)
        quote = slave.quotes.get(target.symbol)
        price = target.price or (0.0 if quote is None else quote.ask)
        exposure = with_opening(exposure, target.symbol, target.side, lots, price, target.sl)
    return with_further(exposure, parts, opening, slave) if parts else exposure
