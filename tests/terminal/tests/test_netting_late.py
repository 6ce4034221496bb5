"""OnTradeTransaction is called later than the deal is visible, and a snapshot in between already contains the deal."""

from collections.abc import Callable, Mapping

import pytest
from conformance.relay import RelayPorts, await_frame, drain
from stage.place import BrokerProcess

from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import PositionFrame, SnapshotEnd, SnapshotRequest, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"


@pytest.fixture(scope="module")
def terms() -> Mapping[str, object]:
    """A netting account."""
    return {"balance": 100_000.0, "margin_mode": 0}


def trade(broker: BrokerProcess, side: str, lots: str) -> int:
    return int(broker.call("POST", f"{ME}/trades", symbol="EURUSD", side=side, lots=lots)["deal"])


def test_deals_that_a_snapshot_contains_are_not_reported_again(
    started: Callable[[int], RelayPorts], broker: BrokerProcess
) -> None:
    relay = started(1_500)
    drain(relay.events)
    early = {trade(broker, "buy", "0.5"), trade(broker, "buy", "0.1"), trade(broker, "sell", "0.1")}
    relay.events.send(encode(SnapshotRequest(1)))
    held, _ = await_frame(relay.events, PositionFrame)
    assert held.volume == 50_000_000
    await_frame(relay.events, SnapshotEnd)
    late = trade(broker, "sell", "0.2")
    reported = [frame.deal for frame in drain(relay.events, quiet_s=2.5) if isinstance(frame, Trade)]
    assert early.isdisjoint(reported)
    assert reported == [late]
