"""No settings cost more than a few steps for each of their at most 16 KiB."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.copiers import BadSettings, parse_settings, stored_settings
from lockstep_core.formula.errors import BadFormula
from lockstep_core.formula.parse import MAX_SIZE, parse
from lockstep_core.settings.parts import is_deeper


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"x": value}
    return value


def mapping(count: int) -> dict[str, Any]:
    return {"symbols": {"symbol_mapping": [{"from": f"A{n}", "to": "B"} for n in range(count)]}}


def symbol_filter(*patterns: str) -> dict[str, Any]:
    return {"filters": {"symbol_filter": {"included": list(patterns)}}}


def magic_filter(count: int) -> dict[str, Any]:
    return {"filters": {"magic_filter": {"excluded": [{"first": n, "last": n} for n in range(count)]}}}


def window(days: int) -> dict[str, Any]:
    return {"filters": {"time_windows": [{"days": ["mon"] * days, "start": "10:00", "end": "11:00"}]}}


@pytest.mark.parametrize(
    ("most", "one_more", "code", "bound"),
    [
        (symbol_filter(*(f"A{n}" for n in range(50))), symbol_filter(*(f"A{n}" for n in range(51))), "fewer", 50),
        (symbol_filter("*a" * 8), symbol_filter("*a" * 9), "too_many_stars", 8),
        (symbol_filter("a" * 64), symbol_filter("a" * 65), "too_long", 64),
        (magic_filter(50), magic_filter(51), "fewer", 50),
        (window(7), window(8), "fewer", 7),
        (mapping(200), mapping(201), "fewer", 200),
    ],
)
def test_there_is_a_bound_for_each_list_and_text(
    most: dict[str, Any], one_more: dict[str, Any], code: str, bound: int
) -> None:
    parse_settings({"sizing": {"mode": "none"}, **most})
    for read in (parse_settings, stored_settings):
        with pytest.raises(BadSettings) as refused:
            read({"sizing": {"mode": "none"}, **one_more})
        assert [(found.code, found.params) for found in refused.value.findings] == [(code, {"most": bound})]


def test_a_formula_has_a_bound_for_its_parts() -> None:
    parse("+".join("1" * (MAX_SIZE // 2)))
    with pytest.raises(BadFormula) as refused:
        parse("+".join("1" * (MAX_SIZE // 2 + 1)))
    assert (refused.value.code, refused.value.params) == ("formula_too_big", {"most": MAX_SIZE})


@given(st.integers(1, 30), st.integers(0, 30))
def test_depth_is_counted_in_objects_within_objects(levels: int, most: int) -> None:
    assert is_deeper(nested(levels), most) is (levels - 1 > most)


@pytest.mark.parametrize("levels", [10, 100, 5_000])
def test_settings_that_are_nested_too_deep_are_refused_whatever_they_are(levels: int) -> None:
    for settings in (nested(levels), {"sizing": {"mode": "none"}, "filters": nested(levels)}):
        with pytest.raises(BadSettings) as refused:
            parse_settings(settings)
        assert [(found.code, found.params) for found in refused.value.findings] == [("too_deep", {"most": 8})]
