"""The bridge reports when the subscribed symbols can be traded, and again when that changes."""

import time
from collections.abc import Mapping

import pytest
from broker.sessions import DAY_OF_1970, DAY_S, is_in_session
from conformance.client import LOT, BridgeClient
from conformance.relay import await_frame
from stage.place import BrokerProcess

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import Subscribe, SymbolSession

MARKET_CLOSED = 10018
Sessions = list[tuple[int, int, int]]
FOREX: Sessions = [(0, 79_200, DAY_S), *((day, 0, DAY_S) for day in (1, 2, 3, 4)), (5, 0, 75_600), (5, 76_000, 79_200)]
ALWAYS: Sessions = [(day, 0, DAY_S) for day in range(7)]


@pytest.fixture(scope="module", params=["MT5", "MT4"])
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def terms(platform: str) -> Mapping[str, object]:
    return {"balance": 100_000.0, "platform": int(platform[-1])}


def text_of(sessions: Sessions) -> str:
    """Sessions in the broker's notation."""
    return ",".join(f"{day} {start} {end}" for day, start, end in sessions)


def frames_of(symbol: str, sessions: Sessions) -> list[SymbolSession]:
    """The frames of these sessions."""
    frames = []
    for day in range(7):
        spans = [(start, end) for of_day, start, end in sessions if of_day == day]
        head = [(number, len(spans), *span) for number, span in enumerate(spans)] or [(0, 0, 0, 0)]
        frames += [SymbolSession(day, *numbers, 0, symbol) for numbers in head]
    return frames


def told(client: BridgeClient, symbol: str) -> list[SymbolSession]:
    """The next complete week that is reported for a symbol."""
    frame, _ = await_frame(client.relay.events, SymbolSession, lambda s: (s.symbol, s.day, s.session) == (symbol, 0, 0))
    week = [frame]
    while week[-1].day < 6 or week[-1].session + 1 < week[-1].sessions:
        week.append(await_frame(client.relay.events, SymbolSession)[0])
    return week


@pytest.mark.wine
@pytest.mark.timeout(300)
def test_the_hours_of_a_subscribed_symbol_are_told_and_again_when_they_change(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    broker.call("POST", "/symbols", symbol="USDCHF", sessions=text_of(FOREX))
    client.relay.events.send(encode(Subscribe(1, 0, "USDCHF")))
    assert told(client, "USDCHF") == frames_of("USDCHF", FOREX)
    broker.call("POST", "/symbols", symbol="USDCHF", sessions=text_of(ALWAYS))
    assert told(client, "USDCHF") == frames_of("USDCHF", ALWAYS)
    broker.call("POST", "/symbols", symbol="USDCHF", sessions="")
    assert told(client, "USDCHF") == frames_of("USDCHF", [])


@pytest.mark.wine
@pytest.mark.timeout(300)
def test_the_hours_are_told_again_after_a_snapshot(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", "/symbols", symbol="AUDUSD", sessions=text_of(FOREX))
    client.relay.events.send(encode(Subscribe(1, 0, "AUDUSD")))
    first = told(client, "AUDUSD")
    client.snapshot()
    assert told(client, "AUDUSD") == first == frames_of("AUDUSD", FOREX)


@pytest.mark.wine
@pytest.mark.timeout(300)
def test_a_symbol_with_more_sessions_than_anybody_takes_says_so(client: BridgeClient, broker: BrokerProcess) -> None:
    many: Sessions = [(1, number * 1000, number * 1000 + 500) for number in range(40)]
    broker.call("POST", "/symbols", symbol="EURJPY", sessions=text_of(many))
    client.relay.events.send(encode(Subscribe(1, 0, "EURJPY")))
    week = told(client, "EURJPY")
    assert [frame.sessions for frame in week if frame.day == 1] == [17] * 17


@pytest.mark.wine
@pytest.mark.timeout(300)
def test_outside_its_sessions_a_symbol_is_closed(client: BridgeClient, broker: BrokerProcess) -> None:
    today = (int(time.time()) // DAY_S + DAY_OF_1970) % 7
    far: Sessions = [((today + 3) % 7, 0, DAY_S)]
    broker.call("POST", "/symbols", symbol="EURGBP", sessions=text_of(far))
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10, symbol="EURGBP").stage == Stage.PLACED
    outcome = client.outcome(link)
    assert (outcome.stage, outcome.retcode) == (Stage.REJECTED, MARKET_CLOSED)
    broker.call("POST", "/symbols", symbol="EURGBP", sessions=text_of(ALWAYS))
    link = client.new_link()
    assert client.command(Action.OPEN, link, volume=LOT // 10, symbol="EURGBP").stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


@pytest.mark.parametrize(
    ("second", "is_open"), [(0, False), (79_199, False), (79_200, True), (DAY_S, True), (5 * DAY_S + 75_800, False)]
)
def test_the_brokers_week_begins_with_sunday(second: int, is_open: bool) -> None:
    first_sunday_s = (7 - DAY_OF_1970) * DAY_S
    assert is_in_session(text_of(FOREX), (first_sunday_s + second) * 1000) is is_open
    assert is_in_session("", second * 1000)
