"""Watches the stops that no broker holds, and says which copies have reached one.

On a netting account the broker holds only the furthest stops of a position's trades (ADR 26); hidden stops are at no broker
at all (ADR 33). They are compared with each quote of the account's terminal. Rows keep the stops, so a router that restarts
watches on.
"""

from collections.abc import Container
from uuid import UUID

from lockstep_core.decision.net_stops import is_reached, watched_levels
from lockstep_core.decision.stops import NO_LEVELS, Levels
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_rows import row_of
from lockstep_router.execution.copy_status import CopyStatus, StopsKept
from lockstep_router.execution.status import history_event
from lockstep_router.journal.outputs import Outputs

MOST_DIGITS = 8
"""A price's digits if the symbol's own are not known."""


class StopWatch:
    """The copies with a watched stop, by slave and link."""

    def __init__(self) -> None:
        self._watched: dict[UUID, dict[int, Copy]] = {}

    def watches(self, account: UUID) -> bool:
        """Whether the quotes of an account matter here."""
        return account in self._watched

    def bring_back(self, copy: Copy, slave: TrackedAccount) -> None:
        """Restores the stops that a copy's row says it wants, for decisions about all trades of its position."""
        if copy.stops is not None:
            slave.bring_back_stops(copy.link.id, copy.stops)

    def note(self, copy: Copy, levels: Levels, slave: TrackedAccount) -> None:
        """A copy wants other stops."""
        slave.note_stops(copy.link.id, levels)
        copy.note_stops(levels)

    def renew(self, copy: Copy, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Watches those of a copy's stops that its broker does not hold now. The copy's row says who keeps them."""
        if not slave.synced:
            return
        allocation = slave.book.by_magic.get(copy.link.id)
        if allocation is None or not (slave.netting or copy.copier.rules.stops.hidden is not None):
            self._let_go(copy, slave, now_ns, out)
            return
        if copy.stops is None:
            return
        spec = slave.specs.get(allocation.symbol)
        watched = watched_levels(allocation, copy.stops, slave.book, MOST_DIGITS if spec is None else spec.digits)
        if watched == NO_LEVELS:
            self._forget(copy)
        else:
            self._watched.setdefault(copy.copier.slave, {})[copy.link.id] = copy
        kept = StopsKept.SERVICE if watched != NO_LEVELS else None if copy.stops == NO_LEVELS else StopsKept.BROKER
        if copy.watch_stops(watched, kept) and copy.status is CopyStatus.OPEN:
            out.journal.append(row_of(copy, now_ns))

    def reach(self, slave: TrackedAccount, now_ns: int, out: Outputs) -> list[Copy]:
        """The copies whose watched stop the newest quotes have reached; each once."""
        watched = self._watched.get(slave.account.id, {}).values()
        found = [copy for copy in watched if not copy.link.stopped_ns and _is_reached(copy, slave, now_ns)]
        for copy in found:
            copy.reach_stop(now_ns)
            stops = {"sl": copy.watched.sl, "tp": copy.watched.tp}
            out.journal.append(history_event("stop_reached", copy, now_ns, stops))
        return found

    def keep_only(self, followed: Container[int]) -> None:
        """Forgets copies that are not followed any more."""
        for copy in [copy for copies in self._watched.values() for copy in copies.values()]:
            if copy.link.id not in followed:
                self._forget(copy)

    def _let_go(self, copy: Copy, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
        """Stops watching a copy: it has ended, or its broker holds its stops again."""
        was_reported = copy.stops_kept is not None
        slave.forget_stops(copy.link.id)
        self._forget(copy)
        copy.forget_stops()
        if was_reported and copy.status is CopyStatus.OPEN:
            out.journal.append(row_of(copy, now_ns))

    def _forget(self, copy: Copy) -> None:
        copies = self._watched.get(copy.copier.slave)
        if copies is not None and copies.pop(copy.link.id, None) is not None and not copies:
            del self._watched[copy.copier.slave]


def _is_reached(copy: Copy, slave: TrackedAccount, now_ns: int) -> bool:
    allocation = slave.book.by_magic.get(copy.link.id)
    quote = None if allocation is None else slave.quotes.get(allocation.symbol)
    if allocation is None or quote is None or not 0 < quote.bid <= quote.ask or now_ns > quote.good_until_ns:
        return False
    return is_reached(copy.watched, allocation.side, quote)
