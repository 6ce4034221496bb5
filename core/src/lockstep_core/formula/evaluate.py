"""A formula's value, in exact fractions."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor

from lockstep_core.formula.errors import FormulaFailed
from lockstep_core.formula.nodes import Node, Number, Variable

MAX_BITS = 2_000
MAX_EXPONENT = 8
_HALF = Fraction(1, 2)


def evaluate(node: Node, variables: Mapping[str, Fraction]) -> Fraction:
    """The value with these variables. Raises `FormulaFailed` where there is none."""
    if isinstance(node, Variable):
        return _value_of(node.name, variables)
    if isinstance(node, Number):
        return node.value
    if node.name == "?":
        condition, then, otherwise = node.operands
        return evaluate(then if evaluate(condition, variables) else otherwise, variables)
    return _within_bounds(_TABLE[node.name](*[evaluate(operand, variables) for operand in node.operands]))


def _value_of(name: str, variables: Mapping[str, Fraction]) -> Fraction:
    value = variables.get(name)
    if value is None:
        raise FormulaFailed("unknown", name)
    return value


def _within_bounds(value: Fraction) -> Fraction:
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise FormulaFailed("too_big")
    return value


def _divide(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise FormulaFailed("by_zero")
    return a / b


def _remainder(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise FormulaFailed("by_zero")
    return a % b


def _power(a: Fraction, b: Fraction) -> Fraction:
    if b.denominator != 1 or abs(b) > MAX_EXPONENT:
        raise FormulaFailed("power")
    if a == 0 and b < 0:
        raise FormulaFailed("by_zero")
    return Fraction(a ** int(b))


_TABLE: Mapping[str, Callable[..., Fraction]] = {
    "negate": lambda a: -a,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": _remainder,
    "^": _power,
    "==": lambda a, b: Fraction(a == b),
    "!=": lambda a, b: Fraction(a != b),
    "<": lambda a, b: Fraction(a < b),
    "<=": lambda a, b: Fraction(a <= b),
    ">": lambda a, b: Fraction(a > b),
    ">=": lambda a, b: Fraction(a >= b),
    "abs": abs,
    "ceil": lambda a: Fraction(ceil(a)),
    "floor": lambda a: Fraction(floor(a)),
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
    "round": lambda a: Fraction(floor(a + _HALF)),
}
