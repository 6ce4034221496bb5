"""The bridge sends the subscribed quotes, and checks an opening's limits against the market of that moment."""

import pytest
from conformance.client import LOT, BridgeClient
from conformance.relay import await_frame
from stage.place import BrokerProcess

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, Capability, Limit, LimitCode, Stage
from lockstep_core.wire.frames import AccountFrame, QuoteRequest, Subscribe, Tick

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]


def set_quote(broker: BrokerProcess, symbol: str, bid: float, ask: float) -> None:
    broker.call("POST", "/quotes", symbol=symbol, bid=bid, ask=ask)


def test_the_bridge_says_that_it_holds_limits_and_tells_quotes(client: BridgeClient) -> None:
    account = next(f for f in client.snapshot()[1] if isinstance(f, AccountFrame))
    assert account.capabilities & Capability.QUOTES


def test_the_quotes_of_a_subscribed_symbol_are_told_with_their_age(client: BridgeClient, broker: BrokerProcess) -> None:
    set_quote(broker, "GBPUSD", 1.25, 1.2502)
    client.relay.events.send(encode(Subscribe(1, 0, "GBPUSD")))
    tick, _ = await_frame(client.relay.events, Tick, lambda t: t.symbol == "GBPUSD" and t.bid == 1.25)
    assert tick.ask == 1.2502
    later, _ = await_frame(
        client.relay.events, Tick, lambda t: t.symbol == "GBPUSD" and t.server_time_msc > tick.time_msc + 2000
    )
    assert (later.bid, later.time_msc) == (tick.bid, tick.time_msc)
    set_quote(broker, "GBPUSD", 1.26, 1.2601)
    await_frame(client.relay.events, Tick, lambda t: t.symbol == "GBPUSD" and t.bid == 1.26)


def test_the_quotes_of_a_symbol_that_is_no_longer_subscribed_are_not_told(client: BridgeClient) -> None:
    client.relay.events.send(encode(Subscribe(1, 0, "USDCAD")) + encode(Subscribe(1, 0, "NZDUSD")))
    await_frame(client.relay.events, Tick, lambda t: t.symbol == "USDCAD")
    client.relay.events.send(encode(Subscribe(0, 0, "USDCAD")))
    await_frame(client.relay.events, AccountFrame)
    while not client.relay.events.frames.empty():
        client.relay.events.frames.get_nowait()
    seen = [await_frame(client.relay.events, Tick, lambda t: t.symbol in ("USDCAD", "NZDUSD"))[0].symbol for _ in range(3)]
    assert set(seen) == {"NZDUSD"}


def test_a_quote_that_is_asked_for_comes_at_once_on_the_connection_of_commands(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    set_quote(broker, "EURGBP", 0.86, 0.8602)
    client.relay.send_command(QuoteRequest(2**40 + 1, "EURGBP"))
    tick, _ = await_frame(client.relay.commands, Tick)
    assert (tick.request, tick.symbol, tick.bid, tick.ask) == (2**40 + 1, "EURGBP", 0.86, 0.8602)
    assert tick.server_time_msc >= tick.time_msc - 1000
    client.relay.send_command(QuoteRequest(7, "NOTHING"))
    nothing, _ = await_frame(client.relay.commands, Tick)
    assert (nothing.request, nothing.symbol, nothing.bid) == (7, "", 0.0)
    assert client.command(Action.QUERY, client.new_link()).stage == Stage.NOTHING


@pytest.mark.parametrize("side", [0, 1])
def test_an_opening_beyond_its_limits_is_not_sent_and_says_the_market(
    client: BridgeClient, broker: BrokerProcess, side: int
) -> None:
    set_quote(broker, "EURUSD", 1.1, 1.1002)
    await_frame(client.relay.events, Tick, lambda t: (t.symbol, t.bid, t.ask) == ("EURUSD", 1.1, 1.1002))
    before = broker.call("GET", "/accounts/1001")["orders_received"]
    reference = 1.1001
    limits = {
        LimitCode.SPREAD: {"limits": Limit.SPREAD, "max_spread": 19},
        LimitCode.SLIPPAGE: {"limits": Limit.SLIPPAGE | Limit.SPREAD, "max_spread": 20, "max_slippage": 9},
    }
    for code, limit in limits.items():
        link = client.new_link()
        answer = client.command(Action.OPEN, link, volume=LOT // 10, side=side, reference_price=reference, **limit)
        assert (answer.stage, answer.retcode, answer.bid, answer.ask) == (Stage.REJECTED, code, 1.1, 1.1002)
        assert client.command(Action.QUERY, link).stage == Stage.NOTHING
    assert broker.call("GET", "/accounts/1001")["orders_received"] == before
    within = {"limits": 3, "max_spread": 20, "max_slippage": 10, "reference_price": reference}
    link = client.new_link()
    sent = client.command(Action.OPEN, link, volume=LOT // 10, side=side, **within)
    assert (sent.stage, sent.bid, sent.ask) == (Stage.PLACED, 1.1, 1.1002)
    assert client.outcome(link).stage == Stage.DONE
