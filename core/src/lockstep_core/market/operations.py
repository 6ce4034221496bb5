"""Money that came in or went out of an account. It is neither profit nor loss. Exact."""

from fractions import Fraction

import msgspec

from lockstep_core.market.money import MOST_MONEY, cents
from lockstep_core.wire.enums import Operation
from lockstep_core.wire.frames import MoneyOperation

IN_AND_OUT = frozenset({Operation.BALANCE, Operation.CREDIT, Operation.CHARGE, Operation.CORRECTION, Operation.BONUS})
"""Commissions, interest, dividends and taxes follow from trades, so they count as profit and loss."""


class MoneyMove(msgspec.Struct, frozen=True, gc=False, order=True):
    """An amount that came in, or below zero went out, at a time of the broker's clock. `credit`: it is no balance."""

    at_msc: int
    amount: Fraction
    credit: bool = False


def move_of(frame: MoneyOperation, digits: int) -> MoneyMove | None:
    """What an operation moved in or out; None for one that follows from trades."""
    if frame.operation not in IN_AND_OUT or abs(frame.amount) > MOST_MONEY:
        return None
    return MoneyMove(frame.time_msc, cents(frame.amount, digits), frame.operation == Operation.CREDIT)
