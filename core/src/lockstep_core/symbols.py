"""What a broker says of a symbol, and which symbol of the slave's broker stands for the master's."""

from collections.abc import Mapping
from enum import IntEnum
from math import isfinite

import msgspec

from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.frames import Side, Symbol


class TradeMode(IntEnum):
    """MQL5 `ENUM_SYMBOL_TRADE_MODE`."""

    DISABLED = 0
    LONG_ONLY = 1
    SHORT_ONLY = 2
    CLOSE_ONLY = 3
    FULL = 4


class SymbolSpec(msgspec.Struct, frozen=True, gc=False):
    """Trading rules of one symbol at one broker; volumes in 1e-8 lots, `point` in price units."""

    name: str
    digits: int
    point: float
    contract_size: float
    volume_min: Lots
    volume_max: Lots
    volume_step: Lots
    trade_mode: int


def spec_of(frame: Symbol) -> SymbolSpec | None:
    """The spec a frame holds; None where its numbers cannot be a symbol's."""
    steps = 0 < frame.volume_step <= MAX_LOTS and 0 <= frame.volume_min <= frame.volume_max
    if not frame.symbol or not steps or frame.digits > 15 or not (isfinite(frame.point) and isfinite(frame.contract_size)):
        return None
    return SymbolSpec(
        frame.symbol,
        frame.digits,
        frame.point,
        frame.contract_size,
        Lots(frame.volume_min),
        Lots(frame.volume_max),
        Lots(frame.volume_step),
        frame.trade_mode,
    )


def find_symbol(master_symbol: str, specs: Mapping[str, SymbolSpec]) -> SymbolSpec | None:
    """The slave's symbol for a master's: the one of the same name."""
    return specs.get(master_symbol)


def may_open(spec: SymbolSpec, side: int) -> bool:
    """Whether the broker lets this symbol be opened on that side now."""
    one_sided = TradeMode.LONG_ONLY if side == Side.BUY else TradeMode.SHORT_ONLY
    return spec.trade_mode in (TradeMode.FULL, one_sided)


def same_price(a: float, b: float, digits: int) -> bool:
    """Whether two prices are one at this many digits."""
    return round(a, digits) == round(b, digits)
