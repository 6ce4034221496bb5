"""Closings of more lots than the broker takes in one order (ADR 27): it may have lowered that since the copy was opened."""

from collections.abc import Mapping

import msgspec

from lockstep_core.books.positions import Position
from lockstep_core.decision.rounding import one_order
from lockstep_core.decision.target import Target
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action


def next_step(target: Target, slave_position: Position, specs: Mapping[str, SymbolSpec]) -> Target:
    """The same target, or what the next order on the way to it closes."""
    if target.action not in (Action.CLOSE, Action.SET_VOLUME):
        return target
    spec = specs.get(slave_position.symbol)
    lots = Lots(slave_position.volume - (target.volume if target.action == Action.SET_VOLUME else 0))
    if spec is None or lots <= spec.volume_max:
        return target
    left = Lots(slave_position.volume - one_order(lots, spec))
    changes = {"symbol": slave_position.symbol, "volume": left, "side": slave_position.side}
    return msgspec.structs.replace(target, action=Action.SET_VOLUME, **changes) if left else target
