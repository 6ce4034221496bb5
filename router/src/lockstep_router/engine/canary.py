"""A trade a minute on a shard's own pair of accounts, so that copying is measured even while nobody else trades.

The terminal of the canary's master is commanded like a slave's: open the smallest lots, close them ten seconds later. To the
rest of the router this is an ordinary trade of a master, and its copy is measured like every other. Positions of the canary
are recognised by their comment, so a router that starts closes what an earlier one left open.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

from lockstep_core.books.links import link_id
from lockstep_core.books.positions import Position
from lockstep_core.wire.enums import Action, Side
from lockstep_core.wire.frames import Command
from lockstep_router.accounts.sending import send_frame
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.settler import OnFault
from lockstep_router.journal.outputs import Outputs

COMMENT = "ls-canary"
EVERY_NS = 60_000_000_000
PHASE_NS = 20_000_000_000
"""When in a minute it trades. So each minute of the clock has one round, and a copy belongs to the minute of its round."""
HELD_NS = 10_000_000_000
AGAIN_NS = 5_000_000_000
"""How long until a closing is commanded again."""
DEVIATION = 100
_OPENING, _CLOSING = 1, 2


class CanaryPair(NamedTuple):
    """The account that leads, and the symbol that it trades. A copier of its owner's makes the pair."""

    master: UUID
    symbol: str


class Canary:
    """Trades if its master is connected, hedges and knows the symbol. `rounds` counts all minutes, with or without trade."""

    def __init__(self, accounts: Mapping[UUID, TrackedAccount], pair: CanaryPair, on_fault: OnFault) -> None:
        self.rounds = 0
        self._accounts = accounts
        self._pair = pair
        self._on_fault = on_fault
        self._next_ns: int | None = None
        self._closing_ns = 0
        self._commands = 0

    def turn(self, now_ns: int, out: Outputs) -> None:
        """Does what is due."""
        if self._next_ns is None:
            self._next_ns = _next_round_ns(now_ns)
        begins = now_ns >= self._next_ns
        if begins:
            self._next_ns, self.rounds = _next_round_ns(now_ns), self.rounds + 1
        tracked = self._accounts.get(self._pair.master)
        if tracked is None or not tracked.ready or tracked.is_mt4 or tracked.netting:
            return
        try:
            self._trade(tracked, now_ns, out, begins=begins)
        except Exception as error:  # noqa: BLE001 - whatever this account is like, the loop goes on for all others
            self._on_fault(self._pair.master, error, now_ns, out)

    def _trade(self, tracked: TrackedAccount, now_ns: int, out: Outputs, *, begins: bool) -> None:
        if now_ns >= self._closing_ns:
            for position in self._held_too_long(tracked, now_ns):
                self._closing_ns = now_ns + AGAIN_NS
                self._command(tracked, Action.CLOSE, position.magic, position.ticket, 0, now_ns, out)
        spec = tracked.specs.get(self._pair.symbol) if begins else None
        if spec is not None:
            self._command(tracked, Action.OPEN, link_id(self._pair.master, now_ns), 0, spec.volume_min, now_ns, out)

    def _held_too_long(self, tracked: TrackedAccount, now_ns: int) -> Iterator[Position]:
        for position in tracked.book.positions.values():
            if position.comment.startswith(COMMENT) and now_ns - position.opened_ns >= HELD_NS:
                yield position

    def _command(
        self, tracked: TrackedAccount, action: Action, link: int, position: int, lots: int, now_ns: int, out: Outputs
    ) -> None:
        self._commands += 1
        command = Command(
            command=self._commands,
            link=link,
            position=position,
            volume=lots,
            price=0.0,
            sl=0.0,
            tp=0.0,
            limit=0.0,
            expected=0,
            expires_msc=0,
            sent_ns=now_ns,
            action=action,
            side=Side.BUY,
            deviation=DEVIATION,
            target_id=_OPENING if action is Action.OPEN else _CLOSING,
            symbol=self._pair.symbol,
            comment=COMMENT if action is Action.OPEN else "",
        )
        send_frame(tracked, command, now_ns, out)


def _next_round_ns(now_ns: int) -> int:
    """The first round after a moment."""
    return now_ns - (now_ns - PHASE_NS) % EVERY_NS + EVERY_NS
