"""Which quotes each terminal is asked to report: those of the symbols that its copiers may open next, and of the pairs that
convert its money.

They are worked out again after a plan, a snapshot or a master's first trade of a symbol, for a few accounts in each turn.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from uuid import UUID

from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import pairs_for
from lockstep_core.market.symbol_matching import Match, find_symbol
from lockstep_core.wire.enums import Capability
from lockstep_core.wire.frames import Subscribe
from lockstep_router.accounts.limits import MAX_SUBSCRIBED
from lockstep_router.accounts.sending import send_frame
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy_index import CopyIndex
from lockstep_router.execution.settler import OnFault
from lockstep_router.journal.outputs import Outputs

ACCOUNTS_PER_TURN = 2
MAX_CONSIDERED = 4 * MAX_SUBSCRIBED
"""The most symbols of one master that are looked at."""


class Subscriptions:
    """Keeps the subscriptions of terminals as they should be."""

    def __init__(self, accounts: Mapping[UUID, TrackedAccount], index: CopyIndex, on_fault: OnFault) -> None:
        self._accounts = accounts
        self._on_fault = on_fault
        self._index = index
        self._stale: dict[UUID, None] = {}

    def on_plan(self) -> None:
        """A new plan: other symbols may be wanted of every account."""
        self._stale.update(dict.fromkeys(self._accounts))

    def on_account(self, account: UUID) -> None:
        """An account, its symbols or its currency have changed: this affects its own quotes, and those of its slaves and
        masters.
        """
        self._stale[account] = None
        self.on_master(account)
        self._stale.update((copier.master, None) for copier in self._index.following(account))

    def on_terminal(self, tracked: TrackedAccount) -> None:
        """An account's terminal may have forgotten what it was asked."""
        tracked.subscribed.clear()
        self.on_account(tracked.account.id)

    def on_master(self, account: UUID) -> None:
        """A master trades a symbol that it had not traded before."""
        self._stale.update((copier.slave, None) for copier in self._index.led_by(account))

    def turn(self, now_ns: int, out: Outputs) -> None:
        """Brings some accounts up to date."""
        for _ in range(min(ACCOUNTS_PER_TURN, len(self._stale))):
            account = next(iter(self._stale))
            del self._stale[account]
            tracked = self._accounts.get(account)
            if tracked is not None and tracked.ready and tracked.capabilities & Capability.QUOTES:
                self._update_safely(tracked, now_ns, out)

    def _update_safely(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        try:
            self._update(tracked, now_ns, out)
        except Exception as error:  # noqa: BLE001 - whatever one account's symbols are, the loop goes on for all others
            self._on_fault(tracked.account.id, error, now_ns, out)

    def _update(self, tracked: TrackedAccount, now_ns: int, out: Outputs) -> None:
        wanted = dict.fromkeys(_first(self._wanted(tracked)))
        for symbol in [name for name in tracked.subscribed if name not in wanted]:
            tracked.subscribed.discard(symbol)
            send_frame(tracked, Subscribe(0, 0, symbol), now_ns, out)
        for symbol in wanted:
            if symbol not in tracked.subscribed:
                tracked.subscribed.add(symbol)
                send_frame(tracked, Subscribe(1, 0, symbol), now_ns, out)

    def _wanted(self, tracked: TrackedAccount) -> Iterator[str]:
        """The most needed symbols first: for conversion of money, then what masters traded last and hold, then what users
        mapped.
        """
        following = self._index.following(tracked.account.id)
        for copier in following:
            yield from self._pairs(tracked, copier.master)
        for copier in self._index.led_by(tracked.account.id):
            yield from self._pairs(tracked, copier.slave)
        for copier in following:
            master = self._accounts.get(copier.master)
            if master is not None:
                yield from _copied(copier, master, tracked)
        for copier in following:
            yield from (name for name in copier.rules.symbols.mapping.values() if name in tracked.specs)

    def _pairs(self, tracked: TrackedAccount, other: UUID) -> Iterable[str]:
        tracked_other = self._accounts.get(other)
        if tracked_other is None or tracked_other.figures is None or tracked.figures is None:
            return ()
        return pairs_for(tracked_other.figures.currency, tracked.figures.currency, tracked.index.crosses)


def _copied(copier: Copier, master: TrackedAccount, slave: TrackedAccount) -> Iterator[str]:
    """The slave's symbols that belong to the master's."""
    held = (item.symbol for items in (master.book.positions, master.book.orders) for item in items.values())
    for name in islice(dict.fromkeys((*master.traded, *held)), MAX_CONSIDERED):
        match = find_symbol(copier.rules.symbols, name, master.specs.get(name), slave.index)
        if isinstance(match, Match):
            yield match.spec.name


def _first(names: Iterator[str]) -> Iterator[str]:
    """The first names without repetition, as many as a terminal may be asked for."""
    seen: set[str] = set()
    for name in names:
        if name not in seen:
            seen.add(name)
            yield name
        if len(seen) == MAX_SUBSCRIBED:
            return
