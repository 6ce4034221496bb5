"""What is said of symbols that were not found."""

from typing import Any

from lockstep_api.symbols import affix_of, match_symbols


def _skip(symbol: str, reason: str = "symbol_unknown") -> dict[str, Any]:
    return {"symbol": symbol, "reason": reason, "params": {"why": "missing", "symbol": symbol, "named": ""}}


def test_an_affix_is_what_all_names_that_have_one_have() -> None:
    found = affix_of(["EURUSD.m", "XAUUSD.m", "BTCUSD"])
    assert found is not None
    assert (found.prefix, found.suffix, found.example) == ("", ".m", "EURUSD.m")
    assert affix_of(["EURUSD.m", "XAUUSD.pro"]) is None
    assert affix_of(["EURUSD"]) is None


def test_what_is_alike_comes_before_what_the_affix_would_make() -> None:
    (item,) = match_symbols([_skip("EURUSD")], [], ["EURUSD.m", "GBPUSD.m"]).items
    assert item.candidates == ("EURUSD.m",)
    (item,) = match_symbols([_skip("XAUUSD"), _skip("XAUUSD")], [], ["EURUSD.m"]).items
    assert (item.candidates, item.skipped) == (("XAUUSD.m",), 2)


def test_what_is_mapped_already_is_not_asked_for() -> None:
    assert match_symbols([_skip("GOLD")], ["GOLD"], []).items == ()


def test_a_mapping_counts_however_it_is_written_and_with_affixes() -> None:
    assert match_symbols([_skip("US30.cash")], ["us30.cash "], []).items == ()
    assert match_symbols([_skip("XAUUSD.raw")], ["xauusd"], []).items == ()
    assert len(match_symbols([_skip("BRK.A")], ["BRK"], []).items) == 1


def test_what_brokers_are_known_to_call_it_is_proposed() -> None:
    params = {"symbol": "GOLD", "named": "XAUUSD.x", "their_currency": "USD", "currency": "USD"}
    (item,) = match_symbols([{"symbol": "GOLD", "reason": "symbol_proposed", "params": params}], [], ["EURUSD.m"]).items
    assert (item.candidates, item.params) == (("XAUUSD.x", "GOLD.m"), params)
    (item,) = match_symbols([_skip("US30.cash")], [], ["DJ30", "US500", "WS30.m"]).items
    assert item.candidates == ("DJ30", "WS30.m", "US30.m")


def test_other_classes_and_expiries_are_no_candidates() -> None:
    (item,) = match_symbols([_skip("BRK.A")], [], ["BRK.B"]).items
    assert item.candidates == ()
    (item,) = match_symbols([_skip("WTI.F26")], [], ["WTI.G26", "WTI"]).items
    assert item.candidates == ()


def test_nothing_is_guessed_where_nothing_was_seen() -> None:
    (item,) = match_symbols([_skip("GOLD", "symbol_ambiguous")], [], []).items
    assert (item.candidates, item.reason) == ((), "symbol_ambiguous")
