"""What decisions look at beside a link: both accounts, the time, guards, and what is under way already."""

from collections.abc import Iterable
from uuid import UUID

from lockstep_core.decide import Scene
from lockstep_core.guards import GuardState, Notice, halt_of, watch
from lockstep_core.limits import exposure_of, with_opening
from lockstep_core.links import chance_of
from lockstep_core.plans import Copier
from lockstep_core.views import Exposure, Halt, NewsItem
from lockstep_router.copies import Copy, begins
from lockstep_router.minds import Mind

MS = 1_000_000


class Surroundings:
    """`utc_offset_ns` added to the engine's clock is Unix time; None until the shell has told."""

    def __init__(self) -> None:
        self.utc_offset_ns: int | None = None
        self.news: tuple[NewsItem, ...] = ()
        self._guards: dict[UUID, tuple[GuardState, ...]] = {}
        self._halts: dict[UUID, Halt] = {}

    def utc_ms(self, now_ns: int) -> int | None:
        """Unix time in ms."""
        return None if self.utc_offset_ns is None else (now_ns + self.utc_offset_ns) // MS

    def scene(self, copy: Copy, master: Mind, slave: Mind, underway: Iterable[Copy], now_ns: int) -> Scene:
        """The scene of a link; `underway` are the slave's copies, looked at only where limits count them."""
        exposure = None if copy.copier.rules.limits is None else _exposure(copy, slave, underway)
        return Scene(
            slave.as_slave(exposure),
            now_ns,
            master.as_master(),
            self.utc_ms(now_ns),
            self.news,
            self._halts.get(copy.copier.id),
            chance_of(copy.link.id),
        )

    def on_figures(self, slave: Mind, copier: Copier, now_ns: int) -> tuple[tuple[Notice, ...], bool]:
        """New figures of a slave: what its user is to be told, and whether the copier must be looked at again."""
        rule, utc_ms = copier.rules.guards, self.utc_ms(now_ns)
        if not rule.limits or slave.figures is None or utc_ms is None:
            return (), False
        watched = watch(rule, self._guards.get(copier.id, ()), slave.figures, utc_ms)
        self._guards[copier.id] = watched.states
        before, after = self._halts.pop(copier.id, None), halt_of(rule, watched.states)
        if after is not None:
            self._halts[copier.id] = after
        return watched.notices, before != after

    def forget(self, copiers: Iterable[UUID]) -> None:
        """Only these copiers are left."""
        left = set(copiers)
        self._guards = {number: states for number, states in self._guards.items() if number in left}
        self._halts = {number: halt for number, halt in self._halts.items() if number in left}


def _exposure(copy: Copy, slave: Mind, underway: Iterable[Copy]) -> Exposure:
    exposure = exposure_of(slave.book, slave.specs)
    for other in underway:
        flight = other.flight
        if other is copy or flight is None or not begins(other, flight.wish) or other.link.id in slave.book.by_magic:
            continue
        wish = flight.wish
        lots = abs(wish.volume - wish.expected)
        quote = slave.quotes.get(wish.symbol)
        price = wish.price or (0.0 if quote is None else quote.ask)
        exposure = with_opening(exposure, wish.symbol, wish.side % 2, lots, price, slave.specs.get(wish.symbol))
    return exposure
