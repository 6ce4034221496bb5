"""Formulas: what they say, and that nobody can do anything else with them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.decision.sizing import _VARIABLES
from lockstep_core.formula.errors import BadFormula, FormulaFailed
from lockstep_core.formula.evaluate import evaluate
from lockstep_core.formula.nodes import VARIABLES
from lockstep_core.formula.parse import parse
from lockstep_core.settings.findings import PARAMS

KNOWN = {"balance": Fraction(1000), "providerVolume": Fraction(1, 2)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 - 3 - 4", "-5"),
        ("8 / 4 / 2", "1"),
        ("7 % 4", "3"),
        ("2 ^ 3", "8"),
        ("2 ^ -1", "1/2"),
        ("-2 ^ 2", "-4"),
        ("--2", "2"),
        ("+2", "2"),
        (".5 + 0.25", "3/4"),
        ("0.1 + 0.2", "3/10"),
        ("1 < 2", "1"),
        ("2 <= 1", "0"),
        ("3 == 3", "1"),
        ("3 != 3", "0"),
        ("1 > 2 ? 10 : 20", "20"),
        ("1 ? 0 ? 1 : 2 : 3", "2"),
        ("0 ? 1 : 1 ? 2 : 3", "2"),
        ("1 > 2 ? 1 / 0 : 5", "5"),
        ("abs(-3)", "3"),
        ("ceil(1.2) + floor(1.8)", "3"),
        ("round(2.5) + round(-2.5)", "1"),
        ("max(1, 2, 3) - min(4, 5)", "-1"),
        ("balance * 2", "2000"),
        ("providerVolume", "1/2"),
    ],
)
def test_a_formula_has_its_value(text: str, value: str) -> None:
    assert evaluate(parse(text), KNOWN) == Fraction(value)


@pytest.mark.parametrize(
    ("text", "why", "name"),
    [
        ("1 / (balance - 1000)", "by_zero", ""),
        ("1 % (balance - 1000)", "by_zero", ""),
        ("(balance - 1000) ^ -1", "by_zero", ""),
        ("2 ^ providerVolume", "power", ""),
        ("9 ^ (balance - 991)", "power", ""),
        ("2 ^ 3 ^ (balance / 500)", "power", ""),
        ("equity", "unknown", "equity"),
        ("(((balance ^ 8) ^ 8) ^ 8) ^ 8", "too_big", ""),
    ],
)
def test_a_formula_without_a_value_says_why(text: str, why: str, name: str) -> None:
    with pytest.raises(FormulaFailed) as failed:
        evaluate(parse(text), KNOWN)
    assert (failed.value.why, failed.value.name) == (why, name)


@pytest.mark.parametrize(
    "text", ["", " ", "1 +", "* 2", "(1", "1)", "max", "max(", "max(1,", "1,2", "a", "1..2", "1e5", "&", "1 ? 2"]
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(BadFormula) as refused:
        parse(text)
    assert {name: type(value) for name, value in refused.value.params.items()} == PARAMS[refused.value.code]


@pytest.mark.parametrize(
    "text", ["(" * 100 + "1" + ")" * 100, "-" * 400 + "1", "1+" * 250 + "1", "2^" * 60 + "1", "1?" * 100]
)
def test_neither_depth_nor_length_is_unbounded(text: str) -> None:
    with pytest.raises(BadFormula):
        parse(text)


@given(st.text(alphabet="0123456789.+-*/%^()<>=?:, balancemx", max_size=60))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        evaluate(parse(text), KNOWN)
    except (BadFormula, FormulaFailed):
        return


def test_every_documented_variable_is_given() -> None:
    assert set(_VARIABLES) == set(VARIABLES)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 / 0", "by_zero"),
        ("balance / (2 - 2)", "by_zero"),
        ("balance % 0", "by_zero"),
        ("1 + max(providerVolume, 1 / 0)", "by_zero"),
        ("0 ^ -1", "by_zero"),
        ("balance ^ 9", "power"),
        ("balance ^ 0.5", "power"),
        ("1 ? 1 / 0 : 2", "by_zero"),
        ("balance ? 1 / 0 : 2 ^ 0.5", "by_zero"),
        ("(" * 20 + "9" + " ^ 8)" * 20, "too_big"),
    ],
)
def test_a_formula_that_never_has_a_result_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadFormula) as refused:
        parse(text)
    assert (refused.value.code, refused.value.params["why"]) == ("formula_fails", why)


@pytest.mark.parametrize(
    "text", ["1 / balance", "balance ? 1 / 0 : 2", "0 ? 1 / 0 : 2", "2 ^ balance", "1 / (balance - balance)"]
)
def test_a_formula_that_may_have_a_result_is_taken(text: str) -> None:
    parse(text)
