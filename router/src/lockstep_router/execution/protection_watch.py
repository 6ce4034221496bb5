"""Which price next moves a copy's own stop loss. When a quote reaches it, the copy is settled.

The decision says what is done then (`lockstep_core.decision.protection`). Nothing of this is stored: it is worked out again
each time a copy was settled.
"""

from collections.abc import Container
from uuid import UUID

from lockstep_core.books.positions import Position
from lockstep_core.decision.net_stops import entry_of, is_reached
from lockstep_core.decision.protection import next_move
from lockstep_core.decision.stops import CopyPrices, Levels
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy

LOOK_NS = 500_000_000
"""How long a copy is not settled again if its price should have moved a stop and did not: something forbids the change."""


class _Awaited:
    """A copy, and the price at which it is settled."""

    __slots__ = ("again_ns", "copy", "price")

    def __init__(self, copy: Copy, price: float, again_ns: int) -> None:
        self.copy = copy
        self.price = price
        self.again_ns = again_ns

    def defer(self, until_ns: int) -> None:
        """It is being settled now. Its price does not settle it again before this time."""
        self.again_ns = until_ns


class ProtectionWatch:
    """The copies that wait for a price, by slave and link."""

    def __init__(self) -> None:
        self._awaited: dict[UUID, dict[int, _Awaited]] = {}

    def watches(self, account: UUID) -> bool:
        """Whether the quotes of an account matter here."""
        return account in self._awaited

    def renew(self, copy: Copy, master: Position | None, slave: TrackedAccount) -> None:
        """Works out again at which price a copy's stop loss must move."""
        price = _price(copy, master, slave)
        if price <= 0:
            self._forget(copy)
            return
        awaited = self._awaited.setdefault(copy.copier.slave, {})
        before = awaited.get(copy.link.id)
        awaited[copy.link.id] = _Awaited(copy, price, 0 if before is None or before.price != price else before.again_ns)

    def reach(self, slave: TrackedAccount, now_ns: int) -> list[Copy]:
        """The copies whose price the newest quotes have reached."""
        awaited = self._awaited.get(slave.account.id, {}).values()
        found = [one for one in awaited if now_ns >= one.again_ns and _is_reached(one, slave, now_ns)]
        for one in found:
            one.defer(now_ns + LOOK_NS)
        return [one.copy for one in found]

    def keep_only(self, followed: Container[int]) -> None:
        """Forgets copies that are not followed, or do not protect themselves any more."""
        for one in [one for copies in self._awaited.values() for one in copies.values()]:
            if one.copy.link.id not in followed or one.copy.copier.rules.stops.protect is None:
                self._forget(one.copy)

    def _forget(self, copy: Copy) -> None:
        copies = self._awaited.get(copy.copier.slave)
        if copies is not None and copies.pop(copy.link.id, None) is not None and not copies:
            del self._awaited[copy.copier.slave]


def _price(copy: Copy, master: Position | None, slave: TrackedAccount) -> float:
    rules = copy.copier.rules
    allocation = slave.book.by_magic.get(copy.link.id)
    spec = None if allocation is None else slave.specs.get(allocation.symbol)
    if rules.stops.protect is None or allocation is None or spec is None:
        return 0.0
    present = Levels(allocation.sl, allocation.tp) if copy.stops is None else copy.stops
    entry = entry_of(allocation, slave.book) if slave.netting else allocation.price
    return next_move(rules.stops.protect, rules, master, present, CopyPrices(spec, allocation.side, entry, None))


def _is_reached(one: _Awaited, slave: TrackedAccount, now_ns: int) -> bool:
    allocation = slave.book.by_magic.get(one.copy.link.id)
    quote = None if allocation is None else slave.quotes.get(allocation.symbol)
    if allocation is None or quote is None or not 0 < quote.bid <= quote.ask or now_ns > quote.good_until_ns:
        return False
    return is_reached(Levels(0.0, one.price), allocation.side, quote)
