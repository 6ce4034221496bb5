"""Allocations: how much of a netting slave's one position of a symbol belongs to which link.

The magic numbers of deals say whose they are. A link has one symbol; a foreign program may trade several under one number,
and has an allocation of each. Allocations may be of both sides at once: their sum, and what the user traded by hand, is the
net position. When somebody else flattens the net position, its allocations are over.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from lockstep_core.books.links import is_ours
from lockstep_core.books.positions import Position
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Side
from lockstep_core.wire.frames import Trade


class MagicAndSymbol(NamedTuple):
    """The key of a foreign program's allocation in a further symbol. A link has one symbol, so its id alone is its key."""

    magic: int
    symbol: str


AllocationKey = int | MagicAndSymbol
Allocations = Mapping[AllocationKey, Position]


def after_deal(allocations: Allocations, net: Position | None, trade: Trade, opened_ns: int) -> Allocations:
    """The allocations after a deal that left the net position `net` (None: flat)."""
    new = allocations if trade.magic == 0 else _changed(allocations, trade, opened_ns, net is None)
    if net is None and signed_sum(new, trade.symbol) != 0:
        return without_symbol(new, trade.symbol)
    return new


def key_of(allocations: Allocations, magic: int, symbol: str) -> AllocationKey:
    """Under which key an allocation is kept: its magic number, or with its symbol where that number has one of another."""
    other = MagicAndSymbol(magic, symbol)
    first = allocations.get(magic)
    return other if other in allocations or (first is not None and first.symbol != symbol) else magic


def by_key(allocations: Iterable[Position]) -> Allocations:
    """Allocations under their keys."""
    found: dict[AllocationKey, Position] = {}
    for allocation in allocations:
        found[key_of(found, allocation.magic, allocation.symbol)] = allocation
    return found


def with_stops(allocations: Allocations, net: Position) -> Allocations:
    """The allocations with the stops of their net position."""
    return {
        magic: _with_stops(allocation, net) if allocation.symbol == net.symbol else allocation
        for magic, allocation in allocations.items()
    }


def without_symbol(allocations: Allocations, symbol: str) -> Allocations:
    """The allocations of other symbols."""
    return {magic: allocation for magic, allocation in allocations.items() if allocation.symbol != symbol}


def kept(old: Allocations, positions: Mapping[int, Position]) -> Allocations:
    """The allocations that a snapshot leaves: those of symbols that are flat now are over."""
    open_symbols = {position.symbol for position in positions.values()}
    by_symbol = {position.symbol: position for position in positions.values()}
    still_open = {key: allocation for key, allocation in old.items() if allocation.symbol in open_symbols}
    return {key: _with_stops(allocation, by_symbol[allocation.symbol]) for key, allocation in still_open.items()}


def signed_sum(allocations: Allocations, symbol: str) -> int:
    """The lots of all allocations of a symbol, sells negative."""
    return sum(allocation.signed for allocation in allocations.values() if allocation.symbol == symbol)


def are_possible(allocations: Allocations, symbol: str, net: int) -> bool:
    """Whether the allocations of a symbol fit a net position: on its side, and no more than it has."""
    total = signed_sum(allocations, symbol)
    return total == 0 or (abs(net) >= abs(total) and (net > 0) == (total > 0))


def _changed(allocations: Allocations, trade: Trade, opened_ns: int, flat: bool) -> Allocations:
    """The allocations after a deal with a magic number.

    Our own commands never turn an allocation around. A deal of ours that does is the net position's stop, and nothing is
    left. Foreign programs do turn theirs around, unless the deal leaves the net position flat: that is a stop as well.
    """
    key = key_of(allocations, trade.magic, trade.symbol)
    old = allocations.get(key)
    before = 0 if old is None else old.signed
    after = before + (trade.volume if trade.side == Side.BUY else -trade.volume)
    rest = {other: allocation for other, allocation in allocations.items() if other != key}
    turned = before != 0 and (after > 0) != (before > 0)
    over = after == 0 or (turned and (flat or old is None or is_ours(old.comment)))
    return rest if over else {**rest, key: _allocation(trade, old, after, opened_ns)}


def _allocation(trade: Trade, old: Position | None, signed: int, opened_ns: int) -> Position:
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


def _with_stops(allocation: Position, net: Position) -> Position:
    if (allocation.sl, allocation.tp, allocation.ticket) == (net.sl, net.tp, net.ticket):
        return allocation
    return msgspec.structs.replace(allocation, sl=net.sl, tp=net.tp, ticket=net.ticket)
