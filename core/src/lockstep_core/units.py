"""Lots as whole numbers of 1e-8, and their decimal text for people and JSON.

Whole numbers make sums of partial closes exact; floats never hold lots.
"""

from decimal import Decimal, InvalidOperation
from typing import NewType

from lockstep_core.errors import BadLots

Lots = NewType("Lots", int)
"""An amount of lots in 1e-8."""

ONE_LOT = 10**8
MAX_LOTS = 10**6 * ONE_LOT


def parse_lots(text: str | Decimal) -> Lots:
    """Lots of a decimal text such as "0.10". Raises `BadLots` where it is no number, negative, too fine or too big."""
    try:
        scaled = Decimal(text) * ONE_LOT
    except InvalidOperation as error:
        raise BadLots(str(text), "it is not a number") from error
    if not scaled.is_finite() or scaled < 0:
        raise BadLots(str(text), "it must be a number of zero or more")
    if scaled > MAX_LOTS:
        raise BadLots(str(text), "it is more than a million")
    if scaled != scaled.to_integral_value():
        raise BadLots(str(text), "it has more than eight decimals")
    return Lots(int(scaled))


def lots_decimal(lots: int) -> Decimal:
    """The exact decimal of lots."""
    return Decimal(lots) / ONE_LOT


def lots_text(lots: int) -> str:
    """Lots for people: at least two decimals and no needless zeros ("0.10", "0.001", "12.00")."""
    whole, rest = divmod(abs(lots), ONE_LOT)
    decimals = f"{rest:08d}".rstrip("0").ljust(2, "0")
    return f"{'-' if lots < 0 else ''}{whole}.{decimals}"


def floor_to_step(lots: int, step: int) -> Lots:
    """The biggest multiple of `step` (> 0) that is not above `lots` (>= 0)."""
    return Lots(lots - lots % step)
