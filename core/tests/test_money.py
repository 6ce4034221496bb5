"""Currencies, figures, points, and the words for them."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.economic_news import distance_of
from lockstep_core.decision.guards import describe
from lockstep_core.market.money import Prices, cents, exact, figures_of, rate, scaled
from lockstep_core.market.symbol_matching import index_of
from lockstep_core.market.symbol_names import core_of
from lockstep_core.market.symbols import in_points, on_tick
from lockstep_core.rules.compile import guard_limit
from lockstep_core.settings.guards import RiskLimit
from lockstep_core.wire.frames import AccountFrame
from lockstep_texts.catalogue import catalogue

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
        ("EUR", "EUC", "100"),
        ("USC", "USD", "1/100"),
        ("EUC", "USC", "5/4"),
        ("EUC", "USD", "1/80"),
        ("GBX", "EUR", "3/250"),
        ("EUC", "CHF", None),
    ],
)
def test_rates_go_over_one_other_currency_at_most(source: str, to: str, expected: str | None) -> None:
    found = rate(source, to, index_of(SPECS).crosses, QUOTES)
    assert (None if found is None else Fraction(*found)) == (None if expected is None else Fraction(expected))


def test_a_quote_of_nothing_is_no_rate() -> None:
    assert rate("EUR", "USD", index_of(SPECS).crosses, {"EURUSD.m": Prices(0.0, 1.0)}) is None


def test_money_is_what_the_account_counts() -> None:
    assert cents(0.1 + 0.2, 2) == Fraction(3, 10)
    assert exact(1.1) == Fraction(11, 10)


PRICES = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.builds(lambda whole, digits: whole / 10**digits, st.integers(-(10**16), 10**16), st.integers(0, 12)),
)


@given(PRICES)
def test_a_price_is_exactly_what_its_text_says(price: float) -> None:
    whole, unit = scaled(price)
    assert Fraction(whole, unit) == exact(price) == Fraction(Decimal(repr(price)))


@pytest.mark.parametrize(("equity", "ahead_ms", "offset_ms"), [(1.0, 7_199_000, 7_200_000), (1.0, 10**12, None)])
def test_a_brokers_clock_is_told_to_the_quarter_of_an_hour(equity: float, ahead_ms: int, offset_ms: int | None) -> None:
    frame = AccountFrame(1, 1.0, equity, 1.0, 10**12 + ahead_ms, 0, 100, 2, 1, 1, 5, 5, 2, 0, 0, 0, "USD", "s", "c")
    figures = figures_of(frame, 10**12)
    assert figures is not None
    assert figures.utc_offset_ms == offset_ms


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 1e300])
def test_absurd_figures_are_none(equity: float) -> None:
    frame = AccountFrame(1, 1.0, equity, 1.0, 0, 0, 100, 2, 1, 1, 5, 5, 2, 0, 0, 0, "USD", "s", "c")
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
        ("BRK.B", "BRK.B"),
        ("BRKb", "BRK.B"),
        ("BRK/B.US", "BRK.B"),
        ("V.N", "V"),
        ("GOLDm", "GOLD"),
        ("US30.a", "US30"),
        ("NAS.100", "NAS100"),
        ("US30-2", "US30.2"),
        ("WTI_F26", "WTI.F26"),
        ("Brent-Dec25", "BRENT.DEC25"),
        ("EURUSD.a", "EURUSD"),
        ("EURUSD.Z25", "EURUSD.Z25"),
        ("CFD.AAPL", "CFD.AAPL"),
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


@pytest.mark.parametrize(
    ("point", "distance", "points"),
    [(1e-5, 0.001, 100), (0.0, 0.001, 100), (1e-5, 1e300, 10**15), (1e-5, -1e300, -(10**15))],
)
def test_points_are_counted_from_digits_where_nobody_tells_them(point: float, distance: float, points: int) -> None:
    assert in_points(distance, msgspec.structs.replace(spec("EURUSD"), point=point)) == points


@given(st.floats(0.0001, 10**6), st.integers(0, 6), st.sampled_from([0.0, 0.5, 0.25, 0.1, 0.05, 0.01, 0.00025, 1e-5]))
def test_a_price_on_the_tick_is_the_nearest_there_is(price: float, digits: int, tick: float) -> None:
    symbol = msgspec.structs.replace(spec("EURUSD"), digits=digits, point=0.0, tick_size=tick)
    step = Fraction(str(tick)) if tick else Fraction(1, 10**digits)
    found = on_tick(price, symbol)
    assert found == round(found, digits)
    assume(step.denominator <= 10**digits and 10**digits % step.denominator == 0)
    exactly = Fraction(repr(found))
    assert exactly % step == 0
    assert abs(exactly - Fraction(repr(price))) <= step / 2 * Fraction(1_000_001, 1_000_000)


def test_absurd_prices_are_left_as_they_are() -> None:
    assert on_tick(1e300, spec("EURUSD")) == 1e300


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(30, "in 30 minutes: news"), (1, "in 1 minute: news"), (0, "now: news"), (-5, "5 minutes ago: news")],
)
def test_news_are_told_with_their_distance(minutes: int, words: str) -> None:
    item = NewsItem(10**12 + minutes * 60_000, "USD", "high", "news")
    assert catalogue("en").text("reasons.news", distance_of(item, 10**12)) == f"USD has high news {words}."


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ({"max_absolute_risk": "500"}, "a loss of equity of 500 within a day"),
        (
            {"max_absolute_risk": "500", "max_relative_risk": "0.05"},
            "a loss of equity of 500 or 5 % of its start within a day",
        ),
        (
            {"type": "week", "apply_to": "balance-difference", "max_relative_risk": "0.1"},
            "a loss of balance of 10 % of its start within a week",
        ),
        ({"apply_to": "balance-minus-equity", "max_absolute_risk": "5"}, "an open loss of 5 within a day"),
        ({"kind": "equity_floor", "max_absolute_risk": "900"}, "equity below 900"),
        (
            {"kind": "profit_target", "type": "lifetime", "reset": "manual", "max_absolute_risk": "9"},
            "a profit of 9 since the beginning",
        ),
        ({"kind": "drawdown", "max_relative_risk": "0.1"}, "a drawdown of 10 % of its start from the highest within a day"),
    ],
)
def test_guards_have_words(limit: dict[str, str], words: str) -> None:
    params = describe(guard_limit(RiskLimit.model_validate(limit)))
    assert catalogue("en").text("guards.tripped", params) == f"The guard has stopped copying: {words}."
