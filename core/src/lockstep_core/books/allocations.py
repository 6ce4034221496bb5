"""A netting slave's side of links: how much of the one position of a symbol belongs to which link.

A share is told by the magic numbers of deals. A link has one symbol; other programs may trade several under one number, and
have a share of each. Shares may be of both sides at once; their sum and what the user traded by
hand is the net position. When somebody else flattens the net position, its shares are over.
"""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from lockstep_core.books.links import is_ours
from lockstep_core.books.positions import Position
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Side, Trade

Shares = Mapping[int, Position]


def after_deal(shares: Shares, net: Position | None, trade: Trade, opened_ns: int) -> Shares:
    """The shares after a deal that left the net position `net` (None: flat)."""
    new = shares if trade.magic == 0 else _changed(shares, trade, opened_ns, net is None)
    if net is None and signed_sum(new, trade.symbol) != 0:
        return without_symbol(new, trade.symbol)
    return new


def key_of(shares: Shares, magic: int, symbol: str) -> int:
    """Under which number a share is kept: its magic, or where that has one of another symbol, one of its own below zero."""
    other = -_digest(magic, symbol)
    first = shares.get(magic)
    return other if other in shares or (first is not None and first.symbol != symbol) else magic


def _digest(magic: int, symbol: str) -> int:
    """A number above zero for a magic number and a symbol."""
    digest = blake2b(f"{magic} {symbol}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1 or 1


def with_stops(shares: Shares, net: Position) -> Shares:
    """The shares with the stops of their net position."""
    return {magic: _with_stops(share, net) if share.symbol == net.symbol else share for magic, share in shares.items()}


def without_symbol(shares: Shares, symbol: str) -> Shares:
    """The shares of other symbols."""
    return {magic: share for magic, share in shares.items() if share.symbol != symbol}


def found(old: Shares, positions: Mapping[int, Position]) -> Shares:
    """The shares as far as a snapshot leaves them: those of symbols that are flat now are over."""
    open_symbols = {position.symbol for position in positions.values()}
    by_symbol = {position.symbol: position for position in positions.values()}
    kept = {magic: share for magic, share in old.items() if share.symbol in open_symbols}
    return {magic: _with_stops(share, by_symbol[share.symbol]) for magic, share in kept.items()}


def signed_sum(shares: Shares, symbol: str) -> int:
    """The lots of all shares of a symbol, sells negative."""
    return sum(share.signed for share in shares.values() if share.symbol == symbol)


def are_possible(shares: Shares, symbol: str, net: int) -> bool:
    """Whether the shares of a symbol fit a net position: not more of its side than it has, none of them if it is flat."""
    total = signed_sum(shares, symbol)
    return total == 0 or (abs(net) >= abs(total) and (net > 0) == (total > 0))


def _changed(shares: Shares, trade: Trade, opened_ns: int, flat: bool) -> Shares:
    """Our own commands never turn a share around; a deal that does (the net position's stop) leaves it nothing. Other
    programs do turn theirs, but not by what leaves the net position flat (a stop as well).
    """
    key = key_of(shares, trade.magic, trade.symbol)
    old = shares.get(key)
    before = 0 if old is None else old.signed
    after = before + (trade.volume if trade.side == Side.BUY else -trade.volume)
    rest = {other: share for other, share in shares.items() if other != key}
    turned = before != 0 and (after > 0) != (before > 0)
    over = after == 0 or (turned and (flat or old is None or is_ours(old.comment)))
    return rest if over else {**rest, key: _share(trade, old, after, opened_ns)}


def _share(trade: Trade, old: Position | None, signed: int, opened_ns: int) -> Position:
    volume = Lots(abs(signed))
    side = Side.BUY if signed > 0 else Side.SELL
    opened = volume if old is None else max(old.opened, volume)
    since_ns = opened_ns if old is None else old.opened_ns
    price = trade.price if old is None else old.price
    comment = trade.comment if old is None else old.comment
    return Position(
        trade.position,
        trade.symbol,
        side,
        volume,
        opened,
        trade.sl,
        trade.tp,
        trade.magic,
        comment,
        since_ns,
        price,
    )


def _with_stops(share: Position, net: Position) -> Position:
    if (share.sl, share.tp, share.ticket) == (net.sl, net.tp, net.ticket):
        return share
    return msgspec.structs.replace(share, sl=net.sl, tp=net.tp, ticket=net.ticket)
