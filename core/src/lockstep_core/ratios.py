"""Products of exact numbers, brought to lowest terms once instead of at every step."""

from fractions import Fraction

Exact = Fraction | int


def quotient(above: tuple[Exact, ...], below: tuple[Exact, ...]) -> Fraction:
    """The product of `above` over that of `below`, which must not be zero."""
    numerator = denominator = 1
    for factor in above:
        over, under = factor.as_integer_ratio()
        numerator *= over
        denominator *= under
    for factor in below:
        over, under = factor.as_integer_ratio()
        numerator *= under
        denominator *= over
    return Fraction(numerator, denominator)


def about(number: Fraction) -> float:
    """The nearest float; quicker than `float` would find it."""
    numerator, denominator = number.as_integer_ratio()
    return numerator / denominator
