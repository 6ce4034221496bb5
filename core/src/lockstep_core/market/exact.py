"""Exact arithmetic in whole numbers. Fractions are reduced to lowest terms only where that is needed: it takes long."""

from fractions import Fraction

Exact = Fraction | int
Ratio = tuple[int, int]
"""A number as two whole numbers, the first to be divided by the second, which is above zero. Not in lowest terms."""


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


def about(number: Fraction) -> float:
    """The nearest float, quicker than by `float`."""
    numerator, denominator = number.as_integer_ratio()
    return numerator / denominator
