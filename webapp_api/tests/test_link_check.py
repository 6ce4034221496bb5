"""What is told of the symbols of two accounts before they are linked."""

from typing import Any

import pytest

from lockstep_api.link_check import PARAMS, LinkCheck, check_link
from lockstep_core.copiers import parse_settings
from lockstep_core.skips import PARAMS as SKIPS
from lockstep_core.skips import SkipCode

LOT = 100_000_000


def row(**more: Any) -> dict[str, Any]:
    usual = {"digits": 5, "contract": 100_000.0, "min": LOT // 100, "max": 100 * LOT, "step": LOT // 100, "mode": 4}
    return {**usual, "base": "EUR", "profit": "USD", "calc": 0, **more}


def check(slave: dict[str, Any] | None, master: dict[str, Any] | None = None, **symbols: Any) -> LinkCheck:
    settings = parse_settings({"sizing": {"mode": "none"}, "symbols": symbols})
    opened = [{"symbol": "EURUSD", "lots": LOT // 100}]
    return check_link(settings, {"opened": opened, "master": {"EURUSD": row(**(master or {}))}, "slave": slave})


def codes(found: LinkCheck) -> list[str]:
    for finding in found.findings:
        shape = SKIPS[SkipCode(finding.code)] if finding.code not in PARAMS else PARAMS[finding.code]
        assert finding.params.keys() == shape.keys()
    return [finding.code for finding in found.findings]


def test_nothing_is_found_where_both_brokers_have_the_same() -> None:
    found = check({"EURUSD.m": row()})
    assert (found.checked, found.master_known, found.slave_known, found.findings) == (1, True, True, ())


@pytest.mark.parametrize(
    ("slave", "expected"),
    [
        ({"GBPUSD": row(base="GBP")}, ["symbol_unknown"]),
        ({"EURUSD.a": row(), "EURUSD.b": row()}, ["symbol_ambiguous"]),
        ({"EURUSD": row(mode=3)}, ["symbol_not_tradable"]),
        ({"EURUSD": row(contract=1_000.0)}, ["contract_differs"]),
        ({"EURUSD": row(min=LOT // 10)}, ["lots_differ"]),
        ({"EURUSD": row(step=LOT // 10)}, ["lots_differ"]),
        ({"EURUSD": row(contract=1_000.0, min=LOT // 10)}, ["contract_differs", "lots_differ"]),
    ],
)
def test_what_is_different_at_the_slaves_broker_is_found(slave: dict[str, Any], expected: list[str]) -> None:
    found = check(slave)
    assert codes(found) == expected
    assert [finding.is_skipped for finding in found.findings] == [code.startswith("symbol") for code in expected]


def test_trades_that_are_smaller_than_both_brokers_take_now_are_named() -> None:
    assert codes(check({"EURUSD": row(min=LOT // 10)}, {"min": LOT // 10})) == ["opened_too_small"]


def test_a_mapping_with_a_factor_settles_contracts() -> None:
    mapping = [{"from": "EURUSD", "to": "EU", "factor": "0.01"}]
    assert codes(check({"EU": row(contract=1_000.0)}, symbol_mapping=mapping)) == []


def test_nothing_is_checked_before_the_slaves_broker_told_its_symbols() -> None:
    found = check(None)
    assert (found.checked, found.slave_known, found.findings) == (0, False, ())
