"""The symbol that was found for a master's symbol is cached, and looked for again when the answer may have changed."""

import msgspec

from lockstep_core.market.symbol_matching import MAX_FOUND, Match, find_symbol, index_of
from lockstep_core.market.symbols import SymbolTradeMode
from lockstep_core.rules.rules import SymbolRule
from lockstep_core.settings.symbols import folded_name

from .cases.scenes import spec


def test_a_symbol_that_its_broker_changes_is_found_as_it_is_now() -> None:
    index, rule = index_of({"EURUSD.m": spec("EURUSD.m")}), SymbolRule()
    find_symbol(rule, "EURUSD", spec("EURUSD"), index)
    changed = msgspec.structs.replace(spec("EURUSD.m"), trade_mode=SymbolTradeMode.CLOSE_ONLY)
    index.put(changed)
    found = find_symbol(rule, "EURUSD", spec("EURUSD"), index)
    assert isinstance(found, Match)
    assert found.spec is changed


def test_a_symbol_that_comes_later_is_found() -> None:
    index, rule = index_of({}), SymbolRule()
    assert not isinstance(find_symbol(rule, "EURUSD", None, index), Match)
    index.put(spec("EURUSD"))
    assert isinstance(find_symbol(rule, "EURUSD", None, index), Match)


def test_each_rule_finds_its_own() -> None:
    index = index_of({name: spec(name) for name in ("EURUSD", "GBPUSD")})
    mapped = SymbolRule(mapping={folded_name("EURUSD"): "GBPUSD"})
    for rule, name in ((SymbolRule(), "EURUSD"), (mapped, "GBPUSD"), (SymbolRule(), "EURUSD")):
        found = find_symbol(rule, "EURUSD", None, index)
        assert isinstance(found, Match)
        assert found.spec.name == name


def test_another_spec_of_the_master_is_compared_anew() -> None:
    index, rule = index_of({"EURUSD": spec("EURUSD")}), SymbolRule()
    for profit, is_same in (("USD", True), ("JPY", False), ("USD", True)):
        master = msgspec.structs.replace(spec("EURUSD"), currency_profit=profit)
        assert isinstance(find_symbol(rule, "EURUSD", master, index), Match) is is_same


def test_the_number_of_findings_has_a_bound() -> None:
    index, rule = index_of({"EURUSD": spec("EURUSD")}), SymbolRule()
    for number in range(2 * MAX_FOUND):
        find_symbol(rule, f"X{number}", None, index)
    assert len(index.found) <= MAX_FOUND
