"""Accounts that leave this router for that of another shard (docs/adr/042).

An account that is to leave is served as usual until the journal is nearly written: with much unwritten, the database would
learn of the release late, and nobody would serve the account meanwhile. From then on no order is begun on it. It is released
when its orders in flight have ended, or after `DRAIN_NS`. Orders that have not ended by then stay in the rows of its copies,
and the next router asks the terminal what became of them, as after a crash. All accounts of a user that leave are released
at once: either they are one group, or they have nothing to do with each other.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from uuid import UUID

from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy_index import CopyIndex

DRAIN_NS = 2_000_000_000
AGAIN_NS = 10_000_000_000
"""A release is written again after this time, as long as the plan still says that the account is to leave."""
NOBODY: Mapping[UUID, int] = MappingProxyType({})


class Departures:
    """Which accounts leave, each with its move, and until when their orders are waited for. `is_written` says whether nearly
    all of the journal is written.
    """

    def __init__(self, accounts: Mapping[UUID, TrackedAccount], index: CopyIndex, is_written: Callable[[], bool]) -> None:
        self._is_written = is_written
        self._accounts = accounts
        self._index = index
        self._leaving: dict[UUID, int] = {}
        self._until_ns: dict[UUID, int] = {}
        self._gone: dict[UUID, int] = {}
        self._sent_ns = 0

    def on_plan(self, leaving: Mapping[UUID, int], now_ns: int) -> Mapping[UUID, int]:
        """Takes over which accounts are to leave. Returns those that were released already and must not be served again."""
        for number in self._leaving.keys() - leaving.keys():
            # It is to stay after all.
            if number in self._accounts:
                self._accounts[number].leaving = False
        self._leaving = {number: move for number, move in leaving.items() if number in self._accounts}
        self._until_ns = {number: end_ns for number, end_ns in self._until_ns.items() if number in self._leaving}
        self._gone, self._sent_ns = {n: move for n, move in leaving.items() if n not in self._leaving}, now_ns
        return self._gone

    def due(self, now_ns: int) -> Mapping[UUID, int]:
        """The accounts that are released now, each with its move."""
        if not self._leaving:
            return NOBODY
        self._begin(now_ns)
        held = {self._user(number) for number in self._leaving if self._is_held(number, now_ns)}
        going = {number: move for number, move in self._leaving.items() if self._user(number) not in held}
        for number in going:
            del self._leaving[number], self._until_ns[number]
        self._gone |= going
        return going

    def unconfirmed(self, now_ns: int) -> Mapping[UUID, int]:
        """Accounts that were released long ago and still belong to this shard by the plan: the record of their release may
        be lost.
        """
        if not self._gone or now_ns - self._sent_ns < AGAIN_NS:
            return NOBODY
        self._sent_ns = now_ns
        return dict(self._gone)

    def _begin(self, now_ns: int) -> None:
        if len(self._until_ns) < len(self._leaving) and self._is_written():
            for number in self._leaving.keys() - self._until_ns.keys():
                self._accounts[number].leaving = True
                self._until_ns[number] = now_ns + DRAIN_NS

    def _user(self, number: UUID) -> UUID:
        return self._accounts[number].account.user_id

    def _is_held(self, number: UUID, now_ns: int) -> bool:
        until_ns = self._until_ns.get(number)
        if until_ns is None:
            return True
        if now_ns >= until_ns:
            return False
        return self._accounts[number].is_busy or any(copy.in_flight is not None for copy in self._index.of_slave(number))


def copiers_of(index: CopyIndex, accounts: Collection[UUID]) -> set[UUID]:
    """The copiers that have one of these accounts."""
    return {copier.id for number in accounts for copier in (*index.led_by(number), *index.following(number))}
