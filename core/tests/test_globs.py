"""Patterns: what they match, and that no pattern makes a match long."""

import re
import sys
from collections.abc import Callable
from fnmatch import translate
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core import globs
from lockstep_core.globs import folded, is_plain, matches_any

LINES_OF_A_SIGN, LINES_OF_A_LETTER, LINES_OF_A_PATTERN = 8, 5, 12


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("EURUSD", "eurusd", True),
        ("EURUSD", "EURUSDm", False),
        ("EUR*", "EUR", True),
        ("EUR*", "EURUSD", True),
        ("*USD", "EURUSD", True),
        ("*USD", "USDJPY", False),
        ("EUR???", "EURUSD", True),
        ("EUR???", "EURUS", False),
        ("*U*D*", "EURUSD", True),
        ("?*", "", False),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("[SP500]", "[sp500]", True),
        ("[SP]", "S", False),
        ("*aab", "aaaaab", True),
    ],
)
def test_a_pattern_matches_a_text(pattern: str, text: str, matches: bool) -> None:
    assert matches_any(folded([pattern]), text) is matches
    assert matches_any(folded(["nothing", pattern]), text) is matches


patterns = st.text(alphabet="aAb.*?", max_size=12)
texts = st.text(alphabet="aAbB.", max_size=12)


@given(st.lists(patterns, max_size=4), texts)
def test_matches_are_those_of_the_shell(several: list[str], text: str) -> None:
    expected = any(re.compile(translate(pattern), re.IGNORECASE).match(text) for pattern in several)
    assert matches_any(folded(several), text) is expected


@given(patterns, texts)
def test_a_plain_pattern_matches_itself_alone(pattern: str, text: str) -> None:
    if is_plain(pattern):
        assert matches_any(folded([pattern]), text) is (pattern.lower() == text.lower())


def lines_run(call: Callable[[], Any]) -> int:
    """How many lines of the module a call runs."""
    count = 0

    def on_event(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != globs.__file__:
            return None
        count += event == "line"
        return on_event

    before = sys.gettrace()
    sys.settrace(on_event)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


counts_lines = pytest.mark.skipif(globs.__file__.endswith(".so"), reason="compiled code runs no lines that can be counted")
hostile = st.lists(st.text(alphabet="a*?", min_size=1, max_size=64), max_size=6)


@counts_lines
@given(hostile, st.integers(0, 200).map("a".__mul__))
def test_a_match_takes_a_few_steps_for_each_sign_and_letter_and_no_more(several: list[str], text: str) -> None:
    signs = sum(map(len, several))
    most = LINES_OF_A_SIGN * signs + LINES_OF_A_LETTER * len(text) + LINES_OF_A_PATTERN * (len(several) + 1)
    assert lines_run(lambda: matches_any(folded(several), text)) <= most


@counts_lines
def test_twice_the_stars_are_no_more_than_twice_the_steps() -> None:
    def steps(stars: int, letters: int) -> int:
        return lines_run(lambda: matches_any(["*a" * stars + "b"], "a" * letters))

    assert steps(200, 400) <= 2 * steps(100, 400)
    assert steps(100, 800) <= 2 * steps(100, 400)
