"""How long a router needs after its process died: its peers are the sessions of the relay that ships."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import zmq

from lockstep_agent.relay.ledger import Ledger
from lockstep_agent.relay.lines import RouterUp
from lockstep_agent.relay.session import RelaySession, SessionPhase
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import decode, decode_all, encode
from lockstep_core.wire.enums import Action, DealEntry
from lockstep_core.wire.frames import AccountFrame, Command, Frame, SnapshotBegin, SnapshotEnd, SnapshotRequest
from lockstep_router.process.loop import now_ns
from router.bench.router import EURUSD, deal
from tests.scale.routers.crowd import Crowd
from tests.scale.routers.errors import NotTaken
from tests.scale.routers.sockets import dealer

PATIENCE_S = 60


class Peer:
    """A relay's session with a terminal that answers at once."""

    def __init__(self, made: Crowd, login: int) -> None:
        self.login = login
        self.welcomes = 0
        self.commands: list[Command] = []
        self._made = made
        self._keys = zmq.curve_keypair()
        self._session = RelaySession(1, Ledger())
        self._session.events_up = self._session.commands_up = True
        self._socket = self._connected()
        self._session.on_ticket(made.ticket(login, self._keys[0]), now_ns())

    @property
    def is_ready(self) -> bool:
        """Whether the router has it, and all that it told."""
        ledger = self._session.ledger
        return self._session.phase is SessionPhase.UP and ledger.oldest == ledger.next > 1

    def report(self, *frames: Frame) -> None:
        """The terminal reports something."""
        raw = [RawFrame(frame.KIND, encode(frame)) for frame in frames]
        self._session.on_frames(raw, now_ns())

    def turn(self) -> None:
        """Reads, lets the session decide, and sends."""
        with suppress(zmq.Again):
            while True:
                self._session.on_message(self._socket.recv(zmq.DONTWAIT), now_ns())
                if self._session.out.reconnect:
                    break
        self._session.on_clock(now_ns())
        self._serve_terminal()
        out = self._session.out
        if out.reconnect:
            out.reconnect = False
            self._socket.close()
            self._socket = self._connected()
        messages, out.router = out.router, []
        for message in messages:
            self._socket.send(message)

    def close(self) -> None:
        """Ends it."""
        self._socket.close()

    def _serve_terminal(self) -> None:
        out = self._session.out
        events, out.events = out.events, []
        commands, out.commands = out.commands, []
        self.welcomes += sum(isinstance(notice, RouterUp) for notice in out.notices)
        out.notices.clear()
        for data in events:
            if isinstance(decode(data)[0], SnapshotRequest):
                account = AccountFrame(
                    self.login, 1e4, 1e4, 1e4, 0, 0, 100, 2, 1, 1, 5000, 5, 2, 0, 0, 0, "USD", "Bench", "Bench"
                )
                self.report(SnapshotBegin(0, 0, 1), account, EURUSD, SnapshotEnd(0, 0, 1))
        self.commands += [frame for data in commands for frame in decode_all(data) if isinstance(frame, Command)]

    def _connected(self) -> "zmq.Socket[bytes]":
        made = self._made
        return dealer(made.context, made.port, made.server_key, self._keys)


def recovered_s(made: Crowd, times: int) -> list[float]:
    """Seconds from the death of the process until a trade has reached every slave, so often."""
    peers = [Peer(made, login) for login in made.groups[0].logins]
    try:
        until_ready(made, peers)
        copied(made, peers, 1)
        found = []
        for number in range(times):
            started = time.monotonic()
            made.restart()
            until_ready(made, peers)
            copied(made, peers, 2 + number)
            found.append(time.monotonic() - started)
    finally:
        for peer in peers:
            peer.close()
    return found


def until_ready(made: Crowd, peers: Sequence[Peer]) -> None:
    """Waits until every peer has a new session, and the router all that it told."""
    before = [peer.welcomes for peer in peers]
    until(made, peers, lambda: all(p.is_ready and p.welcomes > n for p, n in zip(peers, before, strict=True)))


def until(made: Crowd, peers: Sequence[Peer], true: Callable[[], bool]) -> None:
    """Lets all peers work until something is true. Raises `NotTaken`."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            raise NotTaken(f"serve {len(peers)} peers again within {PATIENCE_S} s")
        for peer in peers:
            peer.turn()
        made.take_records()
        time.sleep(0.002)


def copied(made: Crowd, peers: Sequence[Peer], position: int) -> None:
    """The master opens a position, and every slave is told to."""
    master, *slaves = peers
    master.report(deal(position, 0, DealEntry.IN, now_ns()))
    until(made, peers, lambda: all(peer.commands for peer in slaves))
    for peer in slaves:
        if peer.commands[0].action != Action.OPEN:
            raise NotTaken("open on each slave")
        peer.commands.clear()
