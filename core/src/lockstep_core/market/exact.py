"""Exact arithmetic in whole numbers. Fractions are reduced to lowest terms only where that is needed: it takes long."""

from fractions import Fraction
from math import gcd

Exact = Fraction | int
Ratio = tuple[int, int]
"""A number as two whole numbers, the first to be divided by the second, which is above zero. Not in lowest terms."""
NOTHING: Ratio = (0, 1)
_MOST_BITS = 160
"""Numbers are cut to this many bits. Nobody chooses lots with more; such numbers come from formulas."""


def quotient(above: tuple[Exact, ...], below: tuple[Exact, ...]) -> Ratio:
    """The product of `above` over that of `below`, which must not be zero or less."""
    numerator = denominator = 1
    for factor in above:
        over, under = factor.as_integer_ratio()
        numerator *= over
        denominator *= under
    for factor in below:
        over, under = factor.as_integer_ratio()
        numerator *= under
        denominator *= over
    return numerator, denominator


def lowest(ratio: Ratio) -> Ratio:
    """The same number in lowest terms, or the nearest one that is not too long to be kept."""
    above, below = ratio
    if below == 1:
        return ratio
    common = gcd(above, below)
    above, below = above // common, below // common
    if below.bit_length() <= _MOST_BITS:
        return above, below
    return Fraction(above, below).limit_denominator(1 << _MOST_BITS).as_integer_ratio()


def ratio_text(ratio: Ratio) -> str:
    """A ratio for a row: `5/2`."""
    return f"{ratio[0]}/{ratio[1]}"


def ratio_of_text(text: str) -> Ratio:
    """The ratio that a row holds; nothing where it holds none."""
    above, _, below = text.partition("/")
    return (int(above), int(below)) if below else NOTHING


def about(number: Fraction) -> float:
    """The nearest float, quicker than by `float`."""
    numerator, denominator = number.as_integer_ratio()
    return numerator / denominator
