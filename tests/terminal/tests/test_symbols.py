"""The bridge sends all symbols of its broker in pages, and each one again when it changes."""

import pytest
from conformance.client import LOT, BridgeClient
from conformance.relay import await_frame
from stage.place import BrokerProcess

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, Limit, Stage
from lockstep_core.wire.frames import Frame, Symbol, SymbolPage, SymbolPageEnd

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


def page(client: BridgeClient, request: int, first: int, most: int, symbol: str = "") -> tuple[list[str], SymbolPageEnd]:
    """The names in a page, and its end."""
    client.relay.events.send(encode(SymbolPage(request, first, most, symbol)))
    names = []
    while True:
        frame: Frame = client.relay.events.frames.get(timeout=20).frame
        if isinstance(frame, Symbol):
            names.append(frame.symbol)
        if isinstance(frame, SymbolPageEnd):
            return names, frame


def test_a_new_terminal_shows_few_symbols_and_tells_all_in_pages(client: BridgeClient, broker: BrokerProcess) -> None:
    everything = [symbol["name"] for symbol in broker.call("GET", "/symbols")]
    shown = [f.symbol for f in client.snapshot()[1] if isinstance(f, Symbol)]
    assert set(shown) < set(everything)
    assert "XAUUSD" not in shown
    first, end = page(client, 5, 0, 7)
    assert (end.request, end.first, end.count, end.total) == (5, 0, 7, len(everything))
    rest, end = page(client, 6, 7, 100)
    assert (end.first, end.count) == (7, len(everything) - 7)
    assert first + rest == everything
    assert page(client, 7, len(everything), 100)[1].count == 0


def test_one_symbol_is_told_by_its_name_and_shown_from_then_on(client: BridgeClient) -> None:
    names, end = page(client, 8, 0, 0, "NZDUSD")
    assert (names, end.request, end.count) == (["NZDUSD"], 8, 1)
    assert "NZDUSD" in [f.symbol for f in client.snapshot()[1] if isinstance(f, Symbol)]
    assert page(client, 9, 0, 0, "NOTHING")[1].count == 0


def test_a_symbol_that_changes_is_told_again(client: BridgeClient, broker: BrokerProcess) -> None:
    page(client, 10, 0, 100)
    before = next(f for f in client.snapshot()[1] if isinstance(f, Symbol) and f.symbol == "EURUSD")
    broker.call("POST", "/symbols", symbol="EURUSD", value_factor=2.0)
    changed, _ = await_frame(client.relay.events, Symbol, lambda s: s.symbol == "EURUSD")
    assert changed.tick_value == pytest.approx(2 * before.tick_value)
    broker.call("POST", "/symbols", symbol="XAUUSD", trade_mode=3)
    assert await_frame(client.relay.events, Symbol, lambda s: s.symbol == "XAUUSD")[0].trade_mode == 3
    broker.call("POST", "/symbols", symbol="XAUUSD", trade_mode=4, volume_min=LOT // 10)
    full, _ = await_frame(client.relay.events, Symbol, lambda s: s.symbol == "XAUUSD")
    assert (full.trade_mode, full.volume_min) == (4, LOT // 10)
    assert before.volume_limit == 0
    broker.call("POST", "/symbols", symbol="XAUUSD", volume_limit=5 * LOT)
    assert await_frame(client.relay.events, Symbol, lambda s: s.symbol == "XAUUSD")[0].volume_limit == 5 * LOT


def test_the_terminals_own_reckoning_contradicts_a_wrong_tick_value(client: BridgeClient, broker: BrokerProcess) -> None:
    factors = {symbol["name"]: symbol["value_factor"] for symbol in broker.call("GET", "/symbols")}
    shown = [f for f in client.snapshot()[1] if isinstance(f, Symbol)]
    assert {"EURUSD", "USDJPY"} <= {symbol.symbol for symbol in shown}
    for symbol in shown:
        assert symbol.calc_value * factors[symbol.symbol] == pytest.approx(symbol.tick_value, rel=0.002)
    before = next(symbol for symbol in shown if symbol.symbol == "USDJPY")
    page(client, 11, 0, 100)
    broker.call("POST", "/symbols", symbol="USDJPY", value_factor=10.0)
    wrong, _ = await_frame(
        client.relay.events, Symbol, lambda s: s.symbol == "USDJPY" and s.tick_value > 5 * before.tick_value
    )
    assert wrong.calc_value == pytest.approx(before.calc_value, rel=0.02)
    broker.call("POST", "/symbols", symbol="USDJPY", value_factor=1.0)


def test_a_symbol_that_is_not_shown_is_opened_within_its_limits(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", "/quotes", symbol="EURJPY", bid=160.0, ask=160.02)
    link = client.new_link()
    limits = {"limits": Limit.SPREAD, "max_spread": 20, "symbol": "EURJPY"}
    assert client.command(Action.OPEN, link, volume=LOT // 10, **limits).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
