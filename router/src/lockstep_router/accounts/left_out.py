"""What of an account is not followed, because its numbers are beyond all bounds. The rest of the account is followed."""

from collections.abc import Iterable

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.mt4 import magic_of
from lockstep_core.books.positions import Position
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Side
from lockstep_core.wire.frames import PendingOrder, PositionFrame


class LeftOut(msgspec.Struct, frozen=True):
    """Positions and orders of the newest snapshot that are not in the book. Their present state is not known, so their links
    are left as they are. On a netting account all trades of a symbol share its position, so the whole symbol is left out.
    """

    tickets: frozenset[int] = frozenset()
    magics: frozenset[int] = frozenset()
    symbols: frozenset[str] = frozenset()

    def has_master_of(self, link: Link) -> bool:
        """Whether a link's master has something that is left out."""
        return link.master_position in self.tickets or link.symbol in self.symbols

    def has_slave_of(self, link: Link) -> bool:
        """Whether a link's slave has something that is left out. On MT4 accounts it may be known only by MT4's shorter magic
        number.
        """
        is_left_out = link.id in self.magics or link.slave_symbol in self.symbols
        return is_left_out or bool(self.magics and magic_of(link.id) in self.magics)


NOTHING = LeftOut()


def left_out(frames: Iterable[PositionFrame | PendingOrder], netting: bool) -> LeftOut:
    """What these frames of a snapshot leave out."""
    found = list(frames)
    if not found:
        return NOTHING
    tickets, magics = frozenset(frame.ticket for frame in found), frozenset(frame.magic for frame in found)
    return LeftOut(tickets - {0}, magics - {0}, frozenset(frame.symbol for frame in found) if netting else frozenset())


def positions_of(frames: Iterable[PositionFrame | PendingOrder], now_ns: int) -> list[Position]:
    """The positions that were left out and can be shown to their owner: a row can hold their side and lots."""
    found = [frame for frame in frames if isinstance(frame, PositionFrame) and not frame.allocation]
    shown = [frame for frame in found if frame.side in (Side.BUY, Side.SELL) and frame.ticket > 0 and frame.volume > 0]
    return [_position(frame, now_ns) for frame in shown]


def _position(frame: PositionFrame, now_ns: int) -> Position:
    head = (frame.ticket, frame.symbol, frame.side, Lots(frame.volume), Lots(frame.volume))
    return Position(*head, 0.0, 0.0, frame.magic, frame.comment, now_ns)
