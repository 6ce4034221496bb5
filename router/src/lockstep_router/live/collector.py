"""Figures, open positions and heartbeats of accounts as they are now, for the website.

None of it is history: an account's newest row replaces the one before, and rows that the writer does not take are dropped.
Accounts are handled in small portions, so that no frame waits; the writer computes what is shown. Money moves all the time,
so it is reported once a second; an account that opened or closed something is reported at the next turn.
"""

from collections import deque
from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from lockstep_core.accounts import Trading, trading_of
from lockstep_core.books.positions import Position
from lockstep_core.market.money import Figures
from lockstep_router.accounts.quotes import FirstTick
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.journal.ipc import LiveRow, LiveTick

OnFault = Callable[[UUID, Exception], None]
"""Shuts out the account whose data raised an unforeseen exception."""
EVERY_NS = 1_000_000_000
BEAT_ONLY_NS = 10_000_000_000
PORTION_NS = 200_000


class LiveCollector:
    """The accounts that changed since the writer last took rows."""

    def __init__(
        self,
        accounts: Mapping[UUID, TrackedAccount],
        first: Callable[[UUID], FirstTick | None],
        clock: Callable[[], int],
        on_fault: OnFault,
    ) -> None:
        self._accounts = accounts
        self._on_fault = on_fault
        self._first = first
        self._clock = clock
        self._queue: deque[tuple[int, UUID]] = deque()
        self._queued: set[UUID] = set()
        self._last_reported: dict[UUID, LiveRow] = {}
        self._rows: dict[UUID, LiveRow] = {}
        self._positions: dict[UUID, Mapping[int, Position]] = {}

    def turn(self, now_ns: int) -> None:
        """Handles accounts that are due, for at most `PORTION_NS`."""
        if len(self._queued) != len(self._accounts):
            self._take_in(now_ns)
        queue, end_ns = self._queue, now_ns + PORTION_NS
        self._look_at_changed(end_ns)
        while queue and queue[0][0] <= now_ns:
            _, account = queue.popleft()
            tracked = self._accounts.get(account)
            if tracked is None:
                self._forget(account)
                continue
            queue.append((now_ns + EVERY_NS, account))
            self._look_safely(tracked)
            if self._clock() >= end_ns:
                return

    def take(self) -> list[LiveRow]:
        """The rows to send. Each is returned once."""
        rows, self._rows = list(self._rows.values()), {}
        return rows

    def report_all(self) -> None:
        """A new writer has no rows yet, so all accounts are sent again."""
        self._last_reported.clear()

    def _look_at_changed(self, end_ns: int) -> None:
        """Handles accounts whose positions have changed. Those that are left at `end_ns` come in the next turn."""
        known = self._positions
        for account, tracked in self._accounts.items():
            positions = tracked.book.positions
            # A book's mapping of positions is never changed in place, so another object means other positions.
            if known.get(account) is not positions:
                known[account] = positions
                self._look_safely(tracked)
                if self._clock() >= end_ns:
                    return

    def _take_in(self, now_ns: int) -> None:
        for account in self._accounts:
            if account not in self._queued:
                self._queued.add(account)
                self._queue.append((now_ns, account))

    def _forget(self, account: UUID) -> None:
        self._queued.discard(account)
        self._last_reported.pop(account, None)
        self._rows.pop(account, None)
        self._positions.pop(account, None)

    def _look_safely(self, tracked: TrackedAccount) -> None:
        try:
            self._look(tracked)
        except Exception as error:  # noqa: BLE001 - whatever one account reports, the loop goes on for all others
            self._on_fault(tracked.account.id, error)

    def _look(self, tracked: TrackedAccount) -> None:
        if tracked.figures is None or tracked.beat_ns is None:
            return
        account = tracked.account.id
        row, reported = (
            live_row(tracked, tracked.figures, tracked.beat_ns, self._first(account)),
            self._last_reported.get(account),
        )
        if reported is None or row.beat_ns - reported.beat_ns >= BEAT_ONLY_NS or not _differs_by_beat_only(row, reported):
            self._last_reported[account] = self._rows[account] = row


def live_row(tracked: TrackedAccount, figures: Figures, beat_ns: int, first: FirstTick | None) -> LiveRow:
    """An account as it is now."""
    positions = list(tracked.book.positions.values())
    quotes, ticks = {}, {}
    for symbol in {position.symbol for position in positions}:
        quote, spec = tracked.quotes.get(symbol), tracked.specs.get(symbol)
        if quote is not None:
            quotes[symbol] = (quote.bid, quote.ask)
        if spec is not None:
            ticks[symbol] = (spec.tick_size, spec.tick_value)
    return LiveRow(
        tracked.account.id,
        figures.currency,
        float(figures.balance),
        float(figures.equity),
        float(figures.margin_free),
        figures.leverage,
        tracked.connected and tracked.session is not None,
        beat_ns,
        None if first is None else LiveTick(first.tick.symbol, first.tick.bid, first.tick.ask, first.at_ns),
        positions,
        quotes,
        ticks,
        float(figures.credit),
        tracked.permissions,
        _trading(tracked).value,
    )


def _trading(tracked: TrackedAccount) -> Trading:
    """What programs may do on the account. Known only if the terminal sees its broker and has sent a whole snapshot: earlier
    it may not know its account yet.
    """
    return trading_of(tracked.permissions) if tracked.connected and tracked.ready else Trading.UNKNOWN


def _differs_by_beat_only(row: LiveRow, reported: LiveRow) -> bool:
    return msgspec.structs.replace(row, beat_ns=reported.beat_ns) == reported
