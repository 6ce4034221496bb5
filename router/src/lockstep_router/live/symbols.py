"""Which symbols each account's broker has. They go to the writer in portions, so that no frame waits for thousands of them.

Prices and what follows from them are left out, so this changes seldom, and is sent again only once an hour.
"""

from collections import deque
from collections.abc import Mapping
from uuid import UUID

from lockstep_core.market.symbols import SymbolSpec
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.journal.ipc import SymbolPortion, SymbolRow

PORTION = 200
EVERY_NS = 20_000_000
AGAIN_NS = 3_600_000_000_000


class SymbolReporter:
    """Handles one account after the other, and sends the symbols of one that is due, portion by portion."""

    def __init__(self, accounts: Mapping[UUID, TrackedAccount]) -> None:
        self._accounts = accounts
        self._queue: deque[UUID] = deque()
        self._reported: dict[UUID, tuple[int, int]] = {}
        self._left: list[SymbolSpec] = []
        self._account: UUID | None = None
        self._portion: SymbolPortion | None = None
        self._next_ns = 0

    def turn(self, now_ns: int) -> None:
        """Makes the next portion, if the last one was taken."""
        if self._portion is not None or now_ns < self._next_ns:
            return
        self._next_ns = now_ns + EVERY_NS
        is_first = self._account is None
        if is_first:
            self._begin(now_ns)
        if self._account is not None:
            self._make(self._account, is_first=is_first)

    def take(self) -> SymbolPortion | None:
        """The portion to send. It is returned once."""
        portion, self._portion = self._portion, None
        return portion

    def report_all(self) -> None:
        """A new writer has nothing yet, so all symbols are sent again."""
        self._reported.clear()
        self._left, self._account, self._portion = [], None, None

    def _begin(self, now_ns: int) -> None:
        """Turns to the next account, if it is due."""
        if not self._queue:
            self._queue.extend(self._accounts)
            self._reported = {account: told for account, told in self._reported.items() if account in self._accounts}
        tracked = self._accounts.get(self._queue.popleft()) if self._queue else None
        if tracked is None or not tracked.ready or tracked.awaits_symbols or not tracked.specs:
            return
        number, reported_ns = self._reported.get(tracked.account.id, (0, 0))
        if number == len(tracked.specs) and now_ns - reported_ns < AGAIN_NS:
            return
        self._reported[tracked.account.id] = len(tracked.specs), now_ns
        self._account, self._left = tracked.account.id, list(tracked.specs.values())

    def _make(self, account: UUID, *, is_first: bool) -> None:
        specs, self._left = self._left[:PORTION], self._left[PORTION:]
        self._portion = SymbolPortion(account, is_first, not self._left, {spec.name: _row(spec) for spec in specs})
        if not self._left:
            self._account = None


def _row(spec: SymbolSpec) -> SymbolRow:
    return SymbolRow(
        spec.digits,
        spec.contract_size,
        spec.volume_min,
        spec.volume_max,
        spec.volume_step,
        spec.trade_mode,
        spec.currency_base,
        spec.currency_profit,
        spec.calc_mode,
    )
