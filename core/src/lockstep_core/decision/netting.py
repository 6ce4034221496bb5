"""Wishes for accounts with one position per symbol: each link owns a share of it, and a command names the whole."""

import msgspec

from lockstep_core.books.allocations import are_possible, signed_sum
from lockstep_core.books.book import Book, net_of
from lockstep_core.books.positions import Position
from lockstep_core.decision.target import Wish
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action, Side


def as_net(wish: Wish, held: Position | None, book: Book) -> Wish | Skip:
    """The wish as the net position it leads to; the same wish where it is not about volume."""
    if wish.action == Action.SET_STOPS:
        return _stops(wish, book)
    if wish.action not in (Action.OPEN, Action.SET_VOLUME, Action.CLOSE):
        return wish
    symbol = held.symbol if held is not None else wish.symbol
    net = net_of(book, symbol)
    before = 0 if net is None else net.signed
    fits = are_possible(book.by_magic, symbol, before)
    if not fits and wish.action == Action.OPEN:
        return _unsettled(symbol)
    if held is None:
        after = before + _opened(wish)
    else:
        after = before + _given_back(wish, held)
        after = after if fits else _never_twice(after, held, before, signed_sum(book.by_magic, symbol))
    if after == before:
        return _unsettled(symbol)
    side = Side.BUY if after >= before else Side.SELL
    changes = {"action": Action.SET_NET, "symbol": symbol, "volume": Lots(after), "side": side, "expected": before}
    return msgspec.structs.replace(wish, **changes)


def _unsettled(symbol: str) -> Skip:
    sentence = f"The slave's {symbol} is not what its copies add up to; it must be settled by hand first."
    return Skip(SkipCode.UNRESOLVED, "", sentence)


def _opened(wish: Wish) -> int:
    return -wish.volume if wish.side == Side.SELL else wish.volume


def _given_back(wish: Wish, held: Position) -> int:
    lots = held.volume - (wish.volume if wish.action == Action.SET_VOLUME else 0)
    return lots if held.side == Side.SELL else -lots


def _never_twice(after: int, held: Position, before: int, total: int) -> int:
    """Never beyond what the other shares account for: what the user took away by hand is not taken a second time."""
    others = total - held.signed
    if held.side == Side.SELL:
        return max(before, min(after, max(0, others)))
    return min(before, max(after, min(0, others)))


def _stops(wish: Wish, book: Book) -> Wish | Skip:
    sharing = sum(share.symbol == wish.symbol for share in book.by_magic.values())
    net = net_of(book, wish.symbol)
    if sharing == 1 and net is not None and net.signed == signed_sum(book.by_magic, wish.symbol):
        return wish
    sentence = f"The slave's {wish.symbol} is one position of several trades, so none of them can have stops of its own."
    return Skip(SkipCode.STOPS_SHARED, "stops", sentence)
