"""Lots are exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.errors import BadLots
from lockstep_core.units import MAX_LOTS, floor_to_step, lots_decimal, lots_text, parse_lots


@pytest.mark.parametrize(
    ("text", "lots"), [("0.01", 1_000_000), ("1", 100_000_000), ("0.00000001", 1), ("0", 0), ("12.5", 1_250_000_000)]
)
def test_text_becomes_whole_numbers(text: str, lots: int) -> None:
    assert parse_lots(text) == lots


@pytest.mark.parametrize("text", ["", "x", "NaN", "Infinity", "-0.01", "0.000000001", "1000001", "1,5"])
def test_what_is_no_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(BadLots, match="is not an amount of lots"):
        parse_lots(text)


@pytest.mark.parametrize(("lots", "text"), [(10_000_000, "0.10"), (1_000_000, "0.01"), (100_000, "0.001"), (0, "0.00")])
def test_people_see_at_least_two_decimals(lots: int, text: str) -> None:
    assert lots_text(lots) == text


@given(st.integers(0, MAX_LOTS))
def test_text_and_number_are_the_same_amount(lots: int) -> None:
    assert parse_lots(lots_text(lots)) == lots == parse_lots(lots_decimal(lots))
    assert Decimal(lots_text(lots)) == lots_decimal(lots)


@given(st.integers(0, MAX_LOTS), st.integers(1, MAX_LOTS))
def test_rounding_to_a_step_never_goes_up(lots: int, step: int) -> None:
    rounded = floor_to_step(lots, step)
    assert rounded <= lots < rounded + step
    assert rounded % step == 0
