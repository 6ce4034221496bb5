"""Closings of more lots than the broker takes in one order (ADR 27): it may have lowered that since the copy was opened."""

import msgspec

from lockstep_core.books.positions import Position
from lockstep_core.decision.rounding import one_order
from lockstep_core.decision.target import Target
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action

_SET_VOLUME = Action.SET_VOLUME
_LESSEN = (Action.CLOSE, Action.SET_VOLUME)


def next_step(target: Target, slave_position: Position, spec: SymbolSpec) -> Target:
    """The same target, or what the next order on the way to it closes."""
    if target.action not in _LESSEN:
        return target
    lots = Lots(slave_position.volume - (target.volume if target.action == _SET_VOLUME else 0))
    if lots <= spec.volume_max:
        return target
    left = Lots(slave_position.volume - one_order(lots, spec))
    changes = {"symbol": slave_position.symbol, "volume": left, "side": slave_position.side}
    return msgspec.structs.replace(target, action=_SET_VOLUME, **changes) if left else target
