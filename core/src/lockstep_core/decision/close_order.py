"""Accounts whose broker closes the positions of a symbol only in the order in which they were opened (FIFO)."""

from lockstep_core.books.book import Book
from lockstep_core.books.positions import Position
from lockstep_core.decision.target import Target
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.enums import Action


def in_order(target: Target, slave_position: Position | None, book: Book) -> Target | Skip:
    """The same target, or why it waits: an order to close beside an older position would only be refused.

    Older is what is so by its ticket and by its time. Where the two do not agree, the broker decides.
    """
    if slave_position is None or target.action not in (Action.CLOSE, Action.SET_VOLUME):
        return target
    older = (other for other in book.positions.values() if _is_older(other, slave_position))
    first = min(older, key=lambda position: position.ticket, default=None)
    if first is None:
        return target
    return Skip(SkipCode.CLOSE_ORDER, "", {"symbol": slave_position.symbol, "ticket": str(first.ticket)})


def _is_older(other: Position, position: Position) -> bool:
    return other.symbol == position.symbol and other.ticket < position.ticket and other.opened_ns <= position.opened_ns
