"""OnTradeTransaction is called later than the deal is visible. Each deal is still reported by its own event, since a
snapshot does not say when a deal was seen. A snapshot reports it only if the event never comes.
"""

import time
from collections.abc import Callable

import pytest
from conformance.relay import RelayPorts, await_frame, drain
from stage.place import BrokerProcess

from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import PendingOrder, PositionFrame, SnapshotBegin, SnapshotEnd, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
LATE_MS = 300
BEATS = 5
AT_ONCE = 6

Started = Callable[[int], RelayPorts]


def opened(broker: BrokerProcess) -> int:
    return int(broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.05")["position"])


def trade_on(broker: BrokerProcess, seconds: float) -> list[int]:
    """Opens ten positions a second and closes each a little later, so that an event is always under way."""
    tickets: list[int] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        tickets.append(opened(broker))
        if len(tickets) > AT_ONCE:
            broker.call("POST", f"{ME}/positions/{tickets[-AT_ONCE - 1]}/close", lots="0.05")
        time.sleep(0.1)
    return tickets


def test_no_deal_of_fast_trading_is_reported_by_a_snapshot(started: Started, broker: BrokerProcess) -> None:
    relay = started(LATE_MS)
    drain(relay.events)
    tickets = trade_on(broker, BEATS)
    frames = drain(relay.events, quiet_s=2.5)
    reported = [frame.position for frame in frames if isinstance(frame, Trade) and frame.entry == DealEntry.IN]
    assert reported == tickets
    assert [frame for frame in frames if isinstance(frame, SnapshotBegin)] == []


def test_a_deal_whose_event_never_comes_is_reported_by_a_snapshot(started: Started, broker: BrokerProcess) -> None:
    relay = started(3_600_000)
    drain(relay.events)
    ticket = opened(broker)
    await_frame(relay.events, PositionFrame, lambda position: position.ticket == ticket)
    await_frame(relay.events, SnapshotEnd)


def test_an_order_whose_events_never_come_is_reported_by_snapshots(started: Started, broker: BrokerProcess) -> None:
    relay = started(3_600_000)
    drain(relay.events)
    order = {"symbol": "EURUSD", "kind": "buy_limit", "lots": "0.1", "price": 0.5}
    ticket = broker.call("POST", f"{ME}/pending", **order)["order"]
    await_frame(relay.events, PendingOrder, lambda order: order.ticket == ticket and order.working == 1)
    await_frame(relay.events, SnapshotEnd)
    broker.call("POST", f"{ME}/pending/{ticket}/delete")
    await_frame(relay.events, SnapshotBegin)
    rest = drain(relay.events)
    assert [frame for frame in rest if isinstance(frame, PendingOrder)] == []
