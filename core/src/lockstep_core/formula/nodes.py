"""The parts of a parsed formula, and what names it may use."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec


class Number(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A number as written."""

    value: Fraction


class Variable(msgspec.Struct, frozen=True, gc=False, tag=True):
    """One of `VARIABLES`."""

    name: str


class Call(msgspec.Struct, frozen=True, tag=True):
    """An operator or function on its operands; `name` is a key of the evaluator's table."""

    name: str
    operands: tuple["Node", ...]


Node = Number | Variable | Call

VARIABLES: Mapping[str, str] = {
    "providerVolume": "lots of the master's trade",
    "providerTradeAmount": "value of the master's trade in the master's currency",
    "providerScaledVolume": "lots after sizing by balance",
    "providerBalance": "the master's balance",
    "providerEquity": "the master's equity",
    "providerFreeMargin": "the master's free margin",
    "providerContractSize": "units of one lot at the master's broker",
    "providerStopLoss": "the master's stop loss, 0 if none",
    "providerTakeProfit": "the master's take profit, 0 if none",
    "providerMagic": "the magic number of the master's trade, 0 by hand",
    "providerSide": "1 if the master buys, -1 if it sells",
    "multiplier": "the factor of the symbol's mapping, which otherwise multiplies the result",
    "balance": "the slave's balance",
    "equity": "the slave's equity",
    "freeMargin": "the slave's free margin",
    "contractSize": "units of one lot at the slave's broker",
    "tickSize": "the slave symbol's smallest price step",
    "tickValue": "worth of that step for one lot in the slave's currency",
    "quoteOrOpenPrice": "the slave's quote for this side, or the master's opening price where there is none",
    "stopLoss": "the copy's stop loss, 0 if none",
    "accountCurrencyExchangeRate": "the master's currency in the slave's currency",
}

FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "abs": (1, 1),
    "ceil": (1, 1),
    "floor": (1, 1),
    "max": (1, 16),
    "min": (1, 16),
    "round": (1, 1),
}
"""Functions and how many operands they take."""


def names_in(node: Node) -> frozenset[str]:
    """The variables a formula uses."""
    match node:
        case Variable(name):
            return frozenset({name})
        case Call(_, operands):
            return frozenset().union(*(names_in(operand) for operand in operands))
        case _:
            return frozenset()


def size_of(node: Node) -> int:
    """How many numbers, variables and operations a formula has."""
    return 1 + sum(map(size_of, node.operands)) if isinstance(node, Call) else 1
