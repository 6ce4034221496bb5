"""Positions that are made from frames match the broker's, whatever the order of snapshots and deals."""

import random
import time

import pytest
from conformance.client import LOT, BridgeClient
from conformance.relay import RelayPorts, drain
from stage.place import BrokerProcess

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import Frame, PositionFrame, SnapshotBegin, SnapshotEnd, SnapshotRequest, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"


class Mirror:
    """Open units by position, computed from frames alone."""

    def __init__(self) -> None:
        self.open: dict[int, int] = {}
        self.least: dict[int, int] = {}
        self.begun = False
        self.snapshots = 0
        self.trades = 0

    def take(self, frame: Frame) -> None:
        self.begun |= isinstance(frame, SnapshotBegin)
        if self.begun:
            self._apply(frame)

    def _apply(self, frame: Frame) -> None:
        match frame:
            case SnapshotBegin():
                self.open = {}
            case PositionFrame():
                self.open[frame.ticket] = frame.volume
            case SnapshotEnd():
                self.snapshots += 1
            case Trade():
                self.trades += 1
                self._deal(frame)

    def _deal(self, trade: Trade) -> None:
        left = self.open.get(trade.position, 0) + (trade.volume if trade.entry == DealEntry.IN else -trade.volume)
        assert left >= 0, f"more closed than was open: {trade}"
        self.least[trade.position] = min(left, self.least.get(trade.position, left))
        if left:
            self.open[trade.position] = left
        else:
            del self.open[trade.position]


def held(broker: BrokerProcess) -> dict[int, int]:
    return {p["ticket"]: p["volume"] for p in broker.call("GET", f"{ME}/positions")}


def act(broker: BrokerProcess, chance: random.Random) -> None:
    """Opens, closes or reduces a position by phone."""
    positions = sorted(held(broker).items())
    if not positions or chance.random() < 0.5:
        broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.05")
        return
    ticket, volume = chance.choice(positions)
    lots = "0.01" if volume > LOT // 100 and chance.random() < 0.7 else f"{volume / LOT:.2f}"
    broker.call("POST", f"{ME}/positions/{ticket}/close", lots=lots)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_frames_rebuild_the_brokers_positions(
    seed: int, client: BridgeClient, relay: RelayPorts, broker: BrokerProcess
) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311  # repeatable on purpose
    drain(relay.events)
    relay.events.send(encode(SnapshotRequest(1)))
    for step in range(240):
        act(broker, chance)
        time.sleep(chance.choice((0.0, 0.0, 0.01, 0.03)))
        if step % 8 == 0:
            relay.events.send(encode(SnapshotRequest(step)))
        if step == 120:
            broker.call("POST", f"{ME}/disconnect")
    mirror = Mirror()
    for frame in drain(relay.events, quiet_s=3.0):
        mirror.take(frame)
    print(f"{mirror.snapshots} snapshots, {mirror.trades} trades")
    final = held(broker)
    assert mirror.open == final
    # A position here only shrinks. If it was ever smaller than at the end, a deal was counted twice.
    assert {t: v for t, v in mirror.least.items() if v < final.get(t, 0)} == {}
    assert mirror.snapshots > 5
    assert mirror.trades > 5
    assert client.relay is relay
