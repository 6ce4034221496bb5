"""The money that a preview reckons with."""

from typing import Any

import pytest

from lockstep_api.account_figures import account_figures
from lockstep_api.preview import PreviewTrade, preview
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.units import ONE_LOT, Lots
from lockstep_texts import say
from lockstep_texts.catalogue import catalogue

BY_EQUITY = {"sizing": {"mode": "equity", "factor": "1"}}


def told(equity: float | None, currency: str = "USD") -> dict[str, Any]:
    """A row of `account_live`."""
    return {"currency": currency, "balance": 5_000.0, "equity": equity, "margin_free": 4_000.0, "leverage": 30}


@pytest.mark.parametrize(
    ("master", "slave", "lots", "said"),
    [
        (None, None, "1.00", "Both accounts have 10,000 of the same currency."),
        (told(20_000.0), told(7_400.0), "0.37", "Both accounts' money counts as it is now."),
        (told(20_000.0), None, "0.50", "The master's money counts as it is now, the slave has 10,000 of the same currency."),
        (None, told(2_500.0), "0.25", "The slave's money counts as it is now, the master has 10,000 of the same currency."),
        (told(20_000.0), told(10_000.0, "EUR"), "0.50", "as it is now, as if 1 USD were 1 EUR."),
        (told(20_000.0), told(1_000_000.0, "USC"), "0.50", "Both accounts' money counts as it is now."),
        (told(20_000.0), told(None), "0.50", "The master's money counts as it is now"),
        (told(20_000.0), told(1_000.0, ""), "0.50", "The master's money counts as it is now"),
    ],
)
def test_lots_in_proportion_are_of_what_both_accounts_really_have(
    master: dict[str, Any] | None, slave: dict[str, Any] | None, lots: str, said: str
) -> None:
    money = account_figures(master, slave)
    (found,) = preview(
        parse_settings(BY_EQUITY), CopierMode.ON, [PreviewTrade("EURUSD", "buy", Lots(ONE_LOT), 1.1)], 0, money
    )
    assert (found.outcome, f"{found.lots / ONE_LOT:.2f}") == ("copy", lots)
    assert said in say.notice(catalogue("en"), "assumed_money", money.known)


@pytest.mark.parametrize(
    ("symbol", "price", "sl", "currency", "lots"),
    [
        ("EURUSD", 1.25, 1.24, "EUR", "0.12"),
        ("USDJPY", 150.0, 149.1, "USD", "0.16"),
        ("GBPJPY", 190.0, 189.9, "USD", "0.01"),
    ],
)
def test_lots_by_risk_are_of_what_a_tick_is_worth_in_the_accounts_currency(
    symbol: str, price: float, sl: float, currency: str, lots: str
) -> None:
    money = account_figures(told(5_000.0, currency), told(5_000.0, currency))
    settings = parse_settings({"sizing": {"mode": "risk_amount", "amount": "100"}})
    trade = PreviewTrade(symbol, "buy", Lots(ONE_LOT), price, sl=sl)
    (found,) = preview(settings, CopierMode.ON, [trade], 0, money)
    assert (found.outcome, f"{found.lots / ONE_LOT:.2f}") == ("copy", lots)
