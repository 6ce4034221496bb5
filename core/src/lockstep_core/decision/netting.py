"""Targets for accounts with one position per symbol: a link has an allocation of it, and a command names the whole."""

import msgspec

from lockstep_core.books.allocations import are_possible, signed_sum
from lockstep_core.books.book import net_of
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import SlaveView
from lockstep_core.decision.net_stops import levels_with
from lockstep_core.decision.target import Target
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots, lots_text
from lockstep_core.wire.enums import Action, Side

MOST_DIGITS = 8
"""Digits of a price where the symbol's own are not known."""


def as_net(target: Target, slave_position: Position | None, slave: SlaveView) -> Target | Skip:
    """The target as the net position that it leads to; the same target where it is not about volume."""
    book = slave.book
    if target.action not in (Action.OPEN, Action.SET_VOLUME, Action.CLOSE):
        return target
    symbol = slave_position.symbol if slave_position is not None else target.symbol
    net = net_of(book, symbol)
    before = 0 if net is None else net.signed
    fits = are_possible(book.by_magic, symbol, before)
    if not fits and target.action == Action.OPEN:
        return _unsettled(symbol)
    if slave_position is None:
        after = before + _opened(target)
    else:
        after = before + _given_back(target, slave_position)
        after = after if fits else _never_twice(after, slave_position, before, signed_sum(book.by_magic, symbol))
    if after == before:
        return _unsettled(symbol)
    spec = slave.specs.get(symbol)
    if spec is not None and after and abs(after - before) < spec.volume_min:
        # Of what the user closed by hand, or of what was filled, too little is left for an order of its own.
        lots, limit = lots_text(abs(after - before)), lots_text(spec.volume_min)
        return Skip(SkipCode.VOLUME_BELOW_MIN, "", {"why": "broker", "lots": lots, "symbol": symbol, "limit": limit})
    side = Side.BUY if after >= before else Side.SELL
    changes = {"action": Action.SET_NET, "symbol": symbol, "volume": Lots(after), "side": side, "expected": before}
    if slave_position is None:
        levels = levels_with(book, target, slave.stops, MOST_DIGITS if spec is None else spec.digits)
        changes |= {"sl": levels.sl, "tp": levels.tp}
    return msgspec.structs.replace(target, **changes)


def _unsettled(symbol: str) -> Skip:
    return Skip(SkipCode.UNRESOLVED, "", {"symbol": symbol})


def _opened(target: Target) -> int:
    return -target.volume if target.side == Side.SELL else target.volume


def _given_back(target: Target, slave_position: Position) -> int:
    lots = slave_position.volume - (target.volume if target.action == Action.SET_VOLUME else 0)
    return lots if slave_position.side == Side.SELL else -lots


def _never_twice(after: int, slave_position: Position, before: int, total: int) -> int:
    """The net position after a closing, never beyond the other allocations: what the user closed by hand is not closed
    again.
    """
    others = total - slave_position.signed
    if slave_position.side == Side.SELL:
        return max(before, min(after, max(0, others)))
    return min(before, max(after, min(0, others)))
