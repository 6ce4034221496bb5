"""Currencies and figures."""

from fractions import Fraction

import pytest

from lockstep_core.affixes import core_of
from lockstep_core.money import Prices, cents, exact, figures_of, rate
from lockstep_core.wire.frames import Account

from .cases.scenes import spec

SPECS = {
    "EURUSD.m": spec("EURUSD.m"),
    "USDJPY": spec("USDJPY", {"base": "USD", "profit": "JPY"}),
    "GBPUSD": spec("GBPUSD", {"base": "GBP", "profit": "USD"}),
}
QUOTES = {"EURUSD.m": Prices(1.25, 1.25), "USDJPY": Prices(150.0, 150.0), "GBPUSD": Prices(1.5, 1.5)}


@pytest.mark.parametrize(
    ("source", "to", "expected"),
    [
        ("EUR", "EUR", "1"),
        ("EUR", "USD", "5/4"),
        ("USD", "EUR", "4/5"),
        ("EUR", "JPY", "375/2"),
        ("GBP", "EUR", "6/5"),
        ("CHF", "USD", None),
        ("EUR", "CHF", None),
    ],
)
def test_rates_go_over_one_other_currency_at_most(source: str, to: str, expected: str | None) -> None:
    found = rate(source, to, SPECS, QUOTES)
    assert found == (None if expected is None else Fraction(expected))


def test_a_quote_of_nothing_is_no_rate() -> None:
    assert rate("EUR", "USD", SPECS, {"EURUSD.m": Prices(0.0, 1.0)}) is None


def test_money_is_what_the_account_counts() -> None:
    assert cents(0.1 + 0.2, 2) == Fraction(3, 10)
    assert exact(1.1) == Fraction(11, 10)


@pytest.mark.parametrize(("equity", "ahead_ms", "offset_ms"), [(1.0, 7_199_000, 7_200_000), (1.0, 10**12, None)])
def test_a_brokers_clock_is_told_to_the_quarter_of_an_hour(equity: float, ahead_ms: int, offset_ms: int | None) -> None:
    frame = Account(1, 1.0, equity, 1.0, 10**12 + ahead_ms, 0, 100, 2, 1, 1, 5, 5, 2, 0, "USD", "s", "c")
    figures = figures_of(frame, 10**12)
    assert figures is not None
    assert figures.utc_offset_ms == offset_ms


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 1e300])
def test_absurd_figures_are_none(equity: float) -> None:
    frame = Account(1, 1.0, equity, 1.0, 0, 0, 100, 2, 1, 1, 5, 5, 2, 0, "USD", "s", "c")
    assert figures_of(frame, 0) is None


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("EURUSD", "EURUSD"),
        ("EURUSD.m", "EURUSD"),
        (".EURUSDpro", "EURUSD"),
        ("#US30", "US30"),
        ("US30.cash", "US30"),
        ("AMZN.O", "AMZN"),
        ("SpotCrude", "SPOTCRUDE"),
        ("Silver.m", "SILVER"),
        ("GOLD", "GOLD"),
        ("gold", "GOLD"),
        ("USDollar", "USDOLLAR"),
        ("USDindex", "USDINDEX"),
        ("#USSPX500", "USSPX500"),
        ("X", "X"),
        ("...", "..."),
        ("", ""),
    ],
)
def test_the_core_of_a_name(name: str, core: str) -> None:
    assert core_of(name) == core
