"""Settings of a copier: what is taken, what is refused, and with which words."""

import json

import pytest

from lockstep_core.copiers import BadSettings, CopierSettings, FixedLots, Multiplier, parse_settings, stored_settings


def test_defaults_are_those_of_the_contract() -> None:
    settings = parse_settings({"sizing": {"mode": "multiplier", "factor": "0.5"}})
    assert (settings.max_signal_age_ms, settings.copy_stops) == (5000, True)
    assert isinstance(settings.sizing, Multiplier)


def test_what_is_stored_reads_back_the_same() -> None:
    settings = parse_settings({"sizing": {"mode": "fixed", "lots": "0.10"}})
    assert isinstance(settings.sizing, FixedLots)
    stored = json.loads(settings.model_dump_json())
    assert stored["sizing"] == {"mode": "fixed", "lots": "0.10"}
    assert parse_settings(stored) == settings


def test_what_a_browser_reads_and_sends_back_is_not_changed_by_it() -> None:
    magics = {"included": [{"first": 7, "last": 2**63 - 1}]}
    mapping = [{"from": "GOLD", "to": "XAUUSD"}]
    settings = parse_settings(
        {"sizing": {"mode": "none"}, "filters": {"magic_filter": magics}, "symbols": {"symbol_mapping": mapping}}
    )
    stored = json.loads(settings.model_dump_json())
    assert stored["filters"]["magic_filter"]["included"] == [{"first": 7, "last": str(2**63 - 1)}]
    assert stored["symbols"]["symbol_mapping"] == [{"from": "GOLD", "to": "XAUUSD", "factor": "1"}]
    assert parse_settings(stored) == settings


@pytest.mark.parametrize(
    ("settings", "path", "code"),
    [
        ({}, "sizing", "missing"),
        ("fixed", "settings", "object"),
        (None, "settings", "object"),
        ({"sizing": {"mode": "martingale"}}, "sizing", "one_of"),
        ({"sizing": {"mode": "fixed"}}, "sizing.fixed.lots", "missing"),
        ({"sizing": {"mode": "fixed", "lots": "0"}}, "sizing.fixed.lots", "more_than"),
        ({"sizing": {"mode": "fixed", "lots": "NaN"}}, "sizing.fixed.lots", "number"),
        ({"sizing": {"mode": "fixed", "lots": "-1"}}, "sizing.fixed.lots", "more_than"),
        ({"sizing": {"mode": "fixed", "lots": "0.000000001"}}, "sizing.fixed.lots", "decimals"),
        ({"sizing": {"mode": "multiplier", "factor": "1e9"}}, "sizing.multiplier.factor", "at_most"),
        ({"sizing": {"mode": "fixed", "lots": "1"}, "max_signal_age_ms": 0}, "max_signal_age_ms", "at_least"),
        ({"sizing": {"mode": "fixed", "lots": "1"}, "martingale": True}, "settings", "unknown_setting"),
        ({"sizing": {"mode": "fixed", "lots": "1", "x": 1}}, "sizing.fixed", "unknown_setting"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_field_and_code(settings: object, path: str, code: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        parse_settings(settings)
    assert [(found.path, found.code) for found in refusal.value.findings] == [(path, code)]


def test_settings_do_not_change() -> None:
    settings = parse_settings({"sizing": {"mode": "fixed", "lots": "1"}})
    with pytest.raises(ValueError, match="frozen"):
        settings.copy_stops = False


def test_the_schema_lets_no_unknown_field_in() -> None:
    assert CopierSettings.model_json_schema()["additionalProperties"] is False


OLD = {"sizing": {"mode": "none"}, "limits": {"min_trade_volume": "2", "max_trade_volume": "1"}}


def test_what_was_saved_before_a_rule_forbade_it_still_says_what_becomes_of_open_copies() -> None:
    with pytest.raises(BadSettings, match=r"^limits\.min_trade_volume: above_opens_nothing$"):
        parse_settings(OLD)
    assert stored_settings(OLD).limits.min_trade_volume == 2
    assert stored_settings({"sizing": {"mode": "fixed", "lots": "0.10"}}) == parse_settings(
        {"sizing": {"mode": "fixed", "lots": "0.10"}}
    )


@pytest.mark.parametrize(
    "settings", [{}, {"sizing": {"mode": "none"}, "turbo": 1}, {"sizing": {"mode": "fixed", "lots": "x"}}]
)
def test_what_is_no_settings_at_all_is_not_read_from_the_database_either(settings: object) -> None:
    with pytest.raises(BadSettings):
        stored_settings(settings)
