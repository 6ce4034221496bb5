"""The numbers that a market can have. What lies outside is not a price, whoever says it.

The bounds are far beyond every real instrument and far within what floats, fractions and SQL's numerics carry, so that no
product or quotient of a few such numbers overflows.
"""

LEAST = 1e-12
MOST = 1e12


def is_number(number: float) -> bool:
    """Whether a price, step, size or rate is a possible one; zero means unknown or none. NaN is not."""
    return LEAST <= number <= MOST or number == 0


def are_numbers(*numbers: float) -> bool:
    """Whether all of them are possible."""
    return all(LEAST <= number <= MOST or number == 0 for number in numbers)
