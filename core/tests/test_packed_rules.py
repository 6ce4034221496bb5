"""Rules that another process compiled are the rules that this one would have made."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.copiers import parse_settings
from lockstep_core.rules.compile import compile_rules
from lockstep_core.rules.packed import pack, unpack

SIZES: list[dict[str, Any]] = [
    {"mode": "none"},
    {"mode": "fixed", "lots": "0.10"},
    {"mode": "multiplier", "factor": "0.333"},
    {"mode": "equity"},
    {"mode": "fixed_risk", "risk_fraction": "0.015", "of": "equity"},
    {"mode": "risk_amount", "amount": "999999999999.12345678"},
    {"mode": "fixed_master_balance", "master_balance": "12345.67"},
    {"mode": "formula", "expression": "max(balance, 1.5) > 3 ? -equity ^ 2 : providerVolume % 0.01"},
]
FILTERS: list[dict[str, Any]] = [
    {},
    {"symbol_filter": {"included": ["EUR*", "ÄÖ?"], "excluded": ["*m"]}, "time_zone": "Europe/Berlin"},
    {
        "magic_filter": {"included": [{"first": 1, "last": 2**63 - 1}]},
        "time_windows": [{"days": ["mon", "fri"], "start": "22:00", "end": "06:00"}],
        "news_filter": {"priorities": ["high"], "close_position_time_gap_in_minutes": 5},
        "allowed_sides": ["buy"],
    },
]
GUARDS: list[dict[str, Any]] = [
    {},
    {
        "time_zone": "America/New_York",
        "risk_limits": [
            {"max_relative_risk": "0.05", "warn_fraction": "0.5", "close_positions": True},
            {"kind": "equity_floor", "type": "lifetime", "max_absolute_risk": "100", "reset": "manual"},
        ],
    },
]
SYMBOLS: list[dict[str, Any]] = [{}, {"symbol_mapping": [{"from": "GOLD", "to": "XAUUSD", "factor": "0.1"}], "suffix": ".m"}]
REST: list[dict[str, Any]] = [
    {},
    {"reverse": True, "signal_delay": {"min_ms": 5, "max_ms": 9}, "max_modify_age_ms": 500, "max_spread_points": 3},
    {"limits": {"max_total_lots": "5", "max_leverage": "2.5", "reserved_margin_fraction": "0.5", "max_open_positions": 3}},
    {"pending": {"mode": "copy", "when_filled": "market"}, "stops": {"take_profit": {"mode": "distance"}}},
]
chosen = st.tuples(*map(st.sampled_from, (SIZES, FILTERS, GUARDS, SYMBOLS, REST)))


@given(chosen)
def test_packed_rules_are_unpacked_as_they_were(parts: tuple[dict[str, Any], ...]) -> None:
    sizing, filters, guards, symbols, rest = parts
    rules = compile_rules(
        parse_settings({"sizing": sizing, "filters": filters, "guards": guards, "symbols": symbols, **rest})
    )
    assert unpack(pack(rules)) == rules


def test_copiers_with_equal_parts_share_them() -> None:
    first, second = (
        unpack(pack(compile_rules(parse_settings({"sizing": {"mode": "fixed", "lots": lots}, "filters": FILTERS[1]}))))
        for lots in ("1", "2")
    )
    assert first.sizing != second.sizing
    assert first.filters is second.filters
    assert first.stops is second.stops


@pytest.mark.parametrize("raw", [b"", b"\x90", b"\x00", msgspec.msgpack.encode([b"\xc0"] * 16)])
def test_bytes_that_are_no_rules_are_refused(raw: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, ValueError)):
        unpack(raw)
