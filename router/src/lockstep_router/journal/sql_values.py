"""Values as columns of Postgres take them. A value beyond its column's bounds is cut to them. It is left out if cutting
would turn it into another one, like an id or a price.
"""

import json
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

INT4_MAX = 2**31 - 1
INT8_MAX = 2**63 - 1
MONEY_MAX = Decimal("9999999999999999999999.99999999")
"""Of numeric(30, 8)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_NS = 253_402_300_799 * 10**9
"""The last second of the year 9999: Python knows no later date."""


def int4(number: int) -> int:
    """The nearest number that an int holds."""
    return max(-INT4_MAX - 1, min(number, INT4_MAX))


def int8(number: int) -> int:
    """The nearest number that a bigint holds."""
    return max(-INT8_MAX - 1, min(number, INT8_MAX))


def int8_id(number: int | None) -> int | None:
    """An id; None if a bigint cannot hold it."""
    return number if number is not None and -INT8_MAX <= number <= INT8_MAX else None


def finite(number: float) -> float | None:
    """A float; None if it is infinite or not a number: Postgres would take it, but no JSON could show it."""
    return number if math.isfinite(number) else None


def finite_or_none(number: float | None) -> float | None:
    """As `finite`, for a number that may be missing."""
    return None if number is None else finite(number)


def text(characters: str) -> str:
    """Text without zeros and halves of surrogate pairs, which Postgres refuses."""
    if characters.isascii() and "\0" not in characters:
        return characters
    return characters.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def text_or_none(characters: str | None) -> str | None:
    """Text that may be missing."""
    return None if characters is None else text(characters)


def money(fraction: str) -> Decimal:
    """An exact fraction as text, as the nearest number that numeric(30, 8) holds. Money has at most eight decimals, so no
    believable amount loses anything.
    """
    amount = Fraction(fraction)
    return max(MONEY_MAX.copy_negate(), min(Decimal(amount.numerator) / Decimal(amount.denominator), MONEY_MAX))


def units(amount: int) -> Decimal:
    """Money in 1e-8, as the nearest that numeric(30, 8) holds."""
    return max(MONEY_MAX.copy_negate(), min(Decimal(amount).scaleb(-8), MONEY_MAX))


def moment(unix_ns: int) -> datetime:
    """A moment, cut to the years from 1970 to 9999."""
    return _EPOCH + timedelta(microseconds=max(0, min(unix_ns, _LAST_NS)) // 1000)


def moment_or_none(unix_ns: int | None) -> datetime | None:
    """A moment that may be missing."""
    return None if unix_ns is None else moment(unix_ns)


def json_text(value: Any) -> str:
    """Plain JSON that jsonb takes. Numbers beyond a bigint, infinite floats and floats that are not numbers become null."""
    return json.dumps(_json(value), allow_nan=False)


def _json(value: Any) -> Any:
    match value:
        case dict():
            return {text(str(key)): _json(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_json(inner) for inner in value]
        case _:
            return _scalar(value)


def _scalar(value: Any) -> Any:
    match value:
        case str():
            return text(value)
        case int():
            return int8_id(value)
        case float():
            return finite(value)
        case _:
            return value
