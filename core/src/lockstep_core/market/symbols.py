"""What a broker says of a symbol."""

from enum import IntEnum

import msgspec

from lockstep_core.market.bounds import are_numbers
from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.enums import Side
from lockstep_core.wire.frames import Symbol

_MOST_DIGITS = 12
_MANY = 10**15
_BUY = int(Side.BUY)


class SymbolTradeMode(IntEnum):
    """MQL5 `ENUM_SYMBOL_TRADE_MODE`."""

    DISABLED = 0
    LONG_ONLY = 1
    SHORT_ONLY = 2
    CLOSE_ONLY = 3
    FULL = 4


_BY_CONTRACT = frozenset(
    {
        0,  # Forex
        2,  # CFD
        3,  # CFD on an index
        4,  # CFD with leverage
        5,  # Forex without leverage
        32,  # exchange stocks
        38,  # exchange stocks of MOEX
    }
)
"""Values of MQL5 `ENUM_SYMBOL_CALC_MODE` for which profit is the price's move times the size of a contract."""
_OPENS_LONG = frozenset({int(SymbolTradeMode.FULL), int(SymbolTradeMode.LONG_ONLY)})
_OPENS_SHORT = frozenset({int(SymbolTradeMode.FULL), int(SymbolTradeMode.SHORT_ONLY)})


class SymbolSpec(msgspec.Struct, frozen=True, gc=False):
    """Trading rules of one symbol at one broker.

    Volumes in 1e-8 lots; `point` and `tick_size` in price units; `tick_value` is what a tick of one lot is worth in the
    account's currency (0.0 unknown); `stops_level` and `freeze_level` in points. A point that the broker does not tell is
    made of the digits. `worth` is made of these: about what a lot is worth at a price of one, 0.0 where the broker does not
    tell enough; so is `tick`, the step of prices, 0.0 where prices have just the digits and no other step. `calc_mode` says
    how the broker reckons profit (MQL5 `ENUM_SYMBOL_CALC_MODE`; 0 is Forex). `by_contract` follows from it: whether profit
    is the price's move times the size of a contract; of futures and bonds it is the value of ticks. `volume_limit`: the most
    lots in one direction, positions and pending orders together; 0: any. `tick_worth`: what a tick of one lot must be
    worth in the symbol's currency, by its contract; 0.0 where that says nothing of the told value. `calc_value`: what
    the terminal itself reckons that a tick of one lot is worth, in the account's currency; 0.0: not told.
    """

    name: str
    digits: int
    point: float
    contract_size: float
    volume_min: Lots
    volume_max: Lots
    volume_step: Lots
    trade_mode: int
    tick_size: float = 0.0
    tick_value: float = 0.0
    stops_level: int = 0
    freeze_level: int = 0
    currency_base: str = ""
    currency_profit: str = ""
    worth: float = 0.0
    tick: float = 0.0
    calc_mode: int = 0
    by_contract: bool = True
    volume_limit: Lots = Lots(0)
    tick_worth: float = 0.0
    calc_value: float = 0.0

    def __post_init__(self) -> None:
        """Divides once."""
        is_known, last_digit = self.tick_size > 0 and self.tick_value > 0, float(f"1e-{self.digits}")
        set_once = msgspec.structs.force_setattr
        set_once(self, "worth", self.tick_value / self.tick_size if is_known else 0.0)
        set_once(self, "point", self.point if self.point > 0 else last_digit)
        tick = self.tick_size if self.tick_size > 0 else self.point
        set_once(self, "tick", 0.0 if tick == last_digit else tick)
        set_once(self, "by_contract", self.calc_mode in _BY_CONTRACT)
        by_contract = is_known and self.contract_size > 0 and bool(self.currency_profit) and self.by_contract
        set_once(self, "tick_worth", self.contract_size * self.tick_size if by_contract else 0.0)


def spec_of(frame: Symbol) -> SymbolSpec | None:
    """The spec a frame holds; None where its numbers cannot be a symbol's."""
    steps = 0 < frame.volume_step <= MAX_LOTS and 0 <= frame.volume_min <= frame.volume_max
    numbers = are_numbers(frame.point, frame.contract_size, frame.tick_size, frame.tick_value, frame.calc_value)
    if not frame.symbol or not steps or frame.digits > _MOST_DIGITS or not numbers or frame.volume_min > MAX_LOTS:
        return None
    return SymbolSpec(
        frame.symbol,
        frame.digits,
        frame.point,
        frame.contract_size,
        Lots(frame.volume_min),
        Lots(min(frame.volume_max, MAX_LOTS)),
        Lots(frame.volume_step),
        frame.trade_mode,
        frame.tick_size,
        frame.tick_value,
        frame.stops_level,
        frame.freeze_level,
        frame.currency_base,
        frame.currency_profit,
        calc_mode=frame.calc_mode,
        volume_limit=Lots(max(0, min(frame.volume_limit, MAX_LOTS))),
        calc_value=frame.calc_value,
    )


def may_open(spec: SymbolSpec, side: int) -> bool:
    """Whether the broker lets this symbol be opened on that side now."""
    return spec.trade_mode in (_OPENS_LONG if side == _BUY else _OPENS_SHORT)


def same_price(a: float, b: float, digits: int) -> bool:
    """Whether two prices are one at this many digits."""
    return round(a, digits) == round(b, digits)


def in_points(distance: float, spec: SymbolSpec) -> int:
    """A difference of prices in points; what is absurdly much is cut."""
    points = distance / spec.point
    return round(points) if abs(points) < _MANY else _MANY if points > 0 else -_MANY


def on_tick(price: float, spec: SymbolSpec) -> float:
    """The nearest price the symbol can have."""
    if spec.tick == 0:
        return round(price, spec.digits)
    ticks = price / spec.tick
    return round(round(ticks) * spec.tick, spec.digits) if abs(ticks) < _MANY else price
