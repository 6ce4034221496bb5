"""Random faults with a seed: however connections break, routers restart and ledgers overflow, the router's picture comes
right.

The terminal counts its trades, and a snapshot carries the count. A model of a router adds trades to the count of the last
snapshot, and refuses a gap in the numbers.
"""

import random
from collections import deque

import pytest

from lockstep_agent.relay.ledger import Ledger
from lockstep_agent.relay.session import RelaySession
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import (
    ENVELOPE,
    SNAPSHOT_WANTED,
    Envelope,
    Kind,
    decode_envelope,
    decode_hello,
    encode_envelope,
)
from lockstep_core.wire.frames import Frame, SnapshotBegin, SnapshotEnd, Trade

from .peers import TICKET
from .samples import trade

STEP_NS = 100_000_000


class ModelRouter:
    def __init__(self) -> None:
        self.known: int | None = None
        self.last = 0
        self.count: int | None = None
        self.welcome = False

    def on_message(self, message: bytes) -> list[bytes]:
        envelope = decode_envelope(message)
        if envelope.kind == Kind.HELLO:
            return [self._hello(decode_hello(message).incarnation)]
        if not self.welcome:
            return [encode_envelope(Envelope(Kind.RESET, 0, 0, 0, 0))]
        if envelope.kind == Kind.EVENTS:
            for i, frame in enumerate(decode_all(message, ENVELOPE.size)):
                self._event(envelope.seq + i, frame)
        return [encode_envelope(Envelope(Kind.ACK, 0, 0, self.last, 0))]

    def _hello(self, incarnation: int) -> bytes:
        flags = 0 if self.known == incarnation else SNAPSHOT_WANTED
        if flags:
            self.known, self.last, self.count = incarnation, 0, None
        self.welcome = True
        return encode_envelope(Envelope(Kind.WELCOME, flags, 0, self.last, 0))

    def _event(self, seq: int, frame: Frame) -> None:
        if seq <= self.last:
            return
        assert seq == self.last + 1, f"a gap: {seq} after {self.last}"
        self.last = seq
        if isinstance(frame, SnapshotBegin):
            self.count = frame.positions
        elif isinstance(frame, Trade) and self.count is not None:
            self.count += 1


class World:
    """One relay session, one terminal, one router at a time, and a connection that can be cut."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a seeded story, no secret
        self.session = RelaySession(1, Ledger(self.random.choice((8, 40, 1000))))
        self.router = ModelRouter()
        self.to_router: deque[bytes] = deque()
        self.to_relay: deque[bytes] = deque()
        self.trades = 0
        self.now_ns = 0
        self.reachable = True
        self.session.events_up = True
        self.session.on_ticket(TICKET, 0)
        self.terminal(SnapshotBegin(0, 0, 0), SnapshotEnd(0, 0, 0))

    def terminal(self, *frames: Frame) -> None:
        self.session.on_frames([RawFrame(f.KIND, encode(f)) for f in frames], self.now_ns)

    def turn(self, faults: bool) -> None:
        self.now_ns += STEP_NS
        if faults:
            self._fault()
        self.session.on_clock(self.now_ns)
        self._carry()

    def _fault(self) -> None:
        match self.random.randrange(14):
            case 0 | 1 | 2 | 3 | 4:
                self._trade(self.random.randint(1, 6))
            case 5:
                self.router = ModelRouter()
            case 6:
                self.to_relay.clear()
                self.to_router.clear()
                self.router.welcome = False
            case 7:
                self.reachable = not self.reachable
            case 8:
                self.session.on_send_blocked(self.now_ns)

    def _trade(self, count: int) -> None:
        for _ in range(count):
            self.trades += 1
            self.terminal(trade(self.trades))

    def _carry(self) -> None:
        out = self.session.out
        if out.reconnect:
            self.to_router.clear()
            self.to_relay.clear()
            out.reconnect = False
        self.to_router.extend(out.router)
        out.router.clear()
        for _ in range(len(out.events)):
            self.terminal(SnapshotBegin(0, self.trades, 0), SnapshotEnd(0, self.trades, 0))
        out.events.clear()
        out.notices.clear()
        while self.reachable and self.to_router:
            self.to_relay.extend(self.router.on_message(self.to_router.popleft()))
        while self.to_relay:
            self.session.on_message(self.to_relay.popleft(), self.now_ns)


@pytest.mark.parametrize("seed", range(200))
def test_the_routers_picture_comes_right_whatever_breaks(seed: int) -> None:
    world = World(seed)
    for _ in range(300):
        world.turn(faults=True)
    world.reachable = True
    for _ in range(200):
        world.turn(faults=False)
    assert world.router.count == world.trades
