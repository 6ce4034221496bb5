"""What is true of every pair of symbols: different things never meet, and aligned lots earn the same."""

from fractions import Fraction
from itertools import product

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.decision.alignment import contract_ratio
from lockstep_core.decision.context import DecisionContext, MasterView
from lockstep_core.market.currencies import whole
from lockstep_core.market.money import Prices
from lockstep_core.market.symbol_matching import MAX_CANDIDATES, Match, find_symbol, index_of
from lockstep_core.market.symbol_names import core_of
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.market.usual_names import LINES, USUAL
from lockstep_core.rules.rules import SymbolRule
from lockstep_core.skips import Skip

from .cases.scenes import copier, figures, spec
from .trading import NOW, a_slave

AFFIXES = st.sampled_from(["", ".m", ".pro", "_ecn", "-RAW", ".US", ".O", ".NYSE", "@", "+", ".cash"])
SIGNS = st.sampled_from(["", "#", ".", "_"])
THINGS = st.tuples(
    st.sampled_from(["BRK", "SAN", "BF", "WTI", "GER", "NAS", "US30", "AAPL"]),
    st.sampled_from(["", ".A", ".B", "/A", "-B", ".30", ".40", "_100", ".F26", ".G26", "-DEC25", "-MAR26", ".fut"]),
)
CONTRACTS = st.sampled_from([0.1, 1, 5, 10, 100, 1_000, 100_000])
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "USC", "EUC"])
RATES = {"EURUSD": (1.1, "EUR", "USD"), "USDJPY": (150.0, "USD", "JPY")}


def a_name(sign: str, thing: tuple[str, str], affix: str) -> str:
    return f"{sign}{thing[0]}{thing[1]}{affix}"


def meaning(thing: tuple[str, str]) -> tuple[str, str]:
    """The thing, whichever sign separates its parts. Shares have classes; a letter after a numbered index is a broker's."""
    addition = thing[1].lstrip("./-_").upper()
    return thing[0], "" if len(addition) == 1 and not thing[0].isalpha() else addition


@given(THINGS, THINGS, SIGNS, SIGNS, AFFIXES, AFFIXES)
def test_other_classes_numbers_and_expiries_never_meet(
    mine: tuple[str, str], theirs: tuple[str, str], sign: str, other_sign: str, affix: str, other_affix: str
) -> None:
    name, other = a_name(sign, mine, affix), a_name(other_sign, theirs, other_affix)
    shares = {"base": "USD", "profit": "USD"}
    found = find_symbol(SymbolRule(), name, spec(name, shares), index_of({other: spec(other, shares)}))
    if meaning(mine) != meaning(theirs):
        assert not isinstance(found, Match) or found.usual
    else:
        assert isinstance(found, Match)


@given(st.text(min_size=1, max_size=31), st.text(min_size=1, max_size=31))
def test_whatever_names_are_the_same_symbol_is_found_or_a_reason(name: str, other: str) -> None:
    found = find_symbol(SymbolRule(), name, spec(name), index_of({other: spec(other)}))
    assert isinstance(found, Skip) or found.spec.name == other


@given(st.sampled_from(sorted(USUAL)), st.sampled_from(sorted(USUAL)))
def test_usual_names_meet_those_of_their_line_alone(name: str, other: str) -> None:
    told = {"base": "USD", "profit": "USD"}
    found = find_symbol(SymbolRule(), name, spec(name, told), index_of({other: spec(other, told)}))
    assert isinstance(found, Match) == (USUAL[name] == USUAL[other])


@given(CONTRACTS, CONTRACTS, CURRENCIES, CURRENCIES, st.integers(1, 10_000))
def test_aligned_lots_earn_the_same_at_every_move_but_for_a_step(
    theirs: float, mine: float, their_currency: str, my_currency: str, volume: int
) -> None:
    master = a_spec("JP225", theirs, their_currency)
    slave = a_spec("JP225", mine, my_currency)
    rates = {name: spec(name, {"base": base, "profit": profit}) for name, (_, base, profit) in RATES.items()}
    view = msgspec.structs.replace(
        a_slave(spec=slave),
        specs={"JP225": slave, **rates},
        quotes={name: Prices(price, price) for name, (price, _, _) in RATES.items()},
        figures=figures({}),
    )
    context = DecisionContext(view, NOW, MasterView({"JP225": master}, figures({})))
    ratio = contract_ratio("JP225", slave, context)
    assert not isinstance(ratio, Skip)
    lots = Fraction(volume) * ratio[0] / ratio[1]
    assert lots * money_of_a_point(slave) == volume * money_of_a_point(master)


def a_spec(name: str, contract: float, currency: str) -> SymbolSpec:
    """A spec whose tick value nobody tells, so that nothing contradicts its contract."""
    return spec(name, {"contract": contract, "base": currency, "profit": currency, "tick_value": 0})


def money_of_a_point(symbol: SymbolSpec) -> Fraction:
    """In USD, reckoned apart from the engine."""
    dollars = {"EUR": Fraction(11, 10), "USD": Fraction(1), "JPY": Fraction(1, 150)}[whole(symbol.currency_profit)]
    parts = 100 if symbol.currency_profit in ("USC", "EUC") else 1
    return Fraction(str(symbol.contract_size)) * dollars / parts


@given(st.sampled_from(["XAUUSD", "xauusd", " XAUUSD ", "XauUsd"]), SIGNS, AFFIXES, SIGNS, AFFIXES)
def test_a_mapping_of_clean_names_counts_however_it_is_written_and_with_all_affixes(
    source: str, sign: str, affix: str, other_sign: str, other_affix: str
) -> None:
    symbols = {"symbol_mapping": [{"from": source, "to": "gold"}]}
    rule = copier({"symbols": symbols}).rules.symbols
    name, other = f"{sign}XAUUSD{affix}", f"{other_sign}GOLD{other_affix}"
    index = index_of({other: spec(other, {"base": "XAU"}), name: spec(name, {"base": "XAU"})})
    found = find_symbol(rule, name, spec(name, {"base": "XAU"}), index)
    assert isinstance(found, Match)
    assert (found.spec.name, found.mapped) == (other, True)


def test_every_usual_name_is_its_own_core_and_stands_in_one_line() -> None:
    assert {name: core_of(name) for name in USUAL} == {name: name for name in USUAL}
    assert len("".join(LINES.split())) == sum(map(len, USUAL))


def test_of_thousands_of_names_for_one_thing_a_few_are_told() -> None:
    told = {"base": "USD", "profit": "USD"}
    letters = "abcdefghij"
    endings = ("".join(each) for each in product(letters, letters, letters, letters[:5]))
    index = index_of({f"US30.{ending}": spec(f"US30.{ending}", told) for ending in endings})
    found = find_symbol(SymbolRule(), "US30", spec("US30", told), index)
    assert isinstance(found, Skip)
    assert len(str(found.params["candidates"]).split(", ")) == MAX_CANDIDATES
