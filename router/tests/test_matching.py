"""Brokers that call one thing otherwise, have other contracts or tell what cannot be."""

from typing import Any

import msgspec
import pytest

from lockstep_core.market.money import Prices
from tests.simulation.broker_data import ListedSymbol

from .engine_harness import SLAVE, EngineHarness, copier, volumes
from .terminals import LOT, symbol

NONE: dict[str, Any] = {"mode": "none"}
BY_RISK: dict[str, Any] = {"mode": "risk_amount", "amount": "100"}


def listed(name: str = "EURUSD", **rest: Any) -> ListedSymbol:
    return msgspec.structs.replace(symbol(name), **rest)


def a_harness(master: ListedSymbol, *slave: ListedSymbol, **settings: Any) -> EngineHarness:
    """A harness whose brokers list these."""
    harness = EngineHarness(copier({"sizing": NONE, **settings}), connect=False)
    harness.master.list_symbols(master)
    harness.slave.list_symbols(*slave)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1500)
    return harness


def test_lots_are_aligned_to_contracts_that_are_a_hundred_times_as_big() -> None:
    harness = a_harness(listed(), listed(contract=10_000_000, tick_value=100))
    harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == [1]


def test_a_name_that_brokers_usually_have_is_copied_to_once_the_price_says_that_it_is_the_same() -> None:
    harness = a_harness(listed("GOLD", base="XAU"), listed("XAUUSD.m", base="XAU"))
    harness.master.open(LOT, name="GOLD")
    harness.pass_ms(300)
    assert harness.statuses() == [("waiting", "symbol_proposed")]
    (row,) = harness.rows().values()
    assert (row.params["named"], row.params["contract"], row.params["price"]) == ("XAUUSD.m", "100000", "?")
    harness.quotes[SLAVE]["XAUUSD.m"] = Prices(1.1, 1.101)
    harness.pass_ms(2_000)
    assert volumes(harness) == [100]


@pytest.mark.parametrize("rest", [{"contract": 10}, {"profit": "EUR"}])
def test_it_is_not_where_contract_or_currency_differ(rest: dict[str, Any]) -> None:
    harness = a_harness(listed("GOLD", base="XAU"), listed("XAUUSD", base="XAU", **rest))
    harness.quotes[SLAVE]["XAUUSD"] = Prices(1.1, 1.1)
    harness.master.open(LOT, name="GOLD")
    harness.pass_ms(8_000)
    assert volumes(harness) == []


def test_another_class_of_a_share_is_never_bought() -> None:
    harness = a_harness(listed("BRK.A", base="USD"), listed("BRK.B", base="USD"))
    harness.quotes[SLAVE]["BRK.B"] = Prices(1.1, 1.1)
    harness.master.open(LOT, name="BRK.A")
    harness.pass_ms(300)
    assert harness.statuses() == [("skipped", "symbol_unknown")]


def test_a_mapping_counts_however_it_is_written() -> None:
    mapped = {"symbol_mapping": [{"from": "us30.cash ", "to": "dj30", "factor": "0.1"}]}
    harness = a_harness(listed("US30.cash", base="USD"), listed("DJ30", base="USD"), listed("US30.cash"), symbols=mapped)
    harness.master.open(LOT, name="US30.cash")
    harness.run()
    assert [(p.symbol, p.volume) for p in harness.slave.positions.values()] == [("DJ30", LOT // 10)]


def test_lots_are_not_reckoned_with_a_tick_value_that_cannot_be() -> None:
    harness = a_harness(listed(), listed(exaggerates=10), sizing=BY_RISK)
    harness.master.open(LOT, sl=1.09)
    harness.pass_ms(300)
    assert harness.statuses() == [("skipped", "spec_doubtful")]
    assert volumes(harness) == []


def test_the_terminals_own_reckoning_tells_what_a_tick_is_worth_where_no_rate_is_known() -> None:
    """No quote tells what a JPY is worth in USD."""
    harness = a_harness(listed(profit="JPY"), listed(profit="JPY", exaggerates=10), sizing=BY_RISK)
    harness.master.open(LOT, sl=1.09)
    harness.pass_ms(300)
    assert harness.statuses() == [("skipped", "spec_doubtful")]
    harness = a_harness(listed(profit="JPY"), listed(profit="JPY"), sizing=BY_RISK)
    harness.master.open(LOT, sl=1.09)
    harness.pass_ms(300)
    assert volumes(harness) == [10]
