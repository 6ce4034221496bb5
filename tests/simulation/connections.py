"""ZeroMQ connections between relays and the router: ordered, with a new routing id each, and silent when they break."""

from collections import deque
from itertools import count
from random import Random
from typing import Protocol

from tests.simulation.pipes import Pipe
from tests.simulation.scheduler import MS, SECOND, Scheduler

NETWORK_NS = (200_000, 8 * MS)
CONNECT_NS = (1 * MS, 60 * MS)
RECONNECT_NS = (50 * MS, 700 * MS)
NOTICE_NS = 3 * SECOND


class Reader(Protocol):
    """Receives what a router sends."""

    def on_message(self, message: bytes) -> None:
        """One message."""


class Server(Protocol):
    """The router's socket."""

    @property
    def listening(self) -> bool:
        """Whether connections are accepted."""

    def accept(self, connection: "Connection") -> None:
        """A new peer."""

    def on_message(self, connection: "Connection", message: bytes) -> None:
        """A message of a peer."""


class Connection:
    """One TCP connection. `gone_ns` is when the router's socket notices that it is broken."""

    def __init__(self, scheduler: Scheduler, rng: Random, peer: int, key: bytes, server: Server, dealer: "Dealer") -> None:
        self.peer = peer.to_bytes(5, "big")
        self.key = key
        self.gone_ns: int | None = None
        self._scheduler = scheduler
        self._rng = rng
        self.up: Pipe[bytes] = Pipe(scheduler, rng, NETWORK_NS, lambda message: server.on_message(self, message))
        self.down: Pipe[bytes] = Pipe(scheduler, rng, NETWORK_NS, dealer.on_message)

    @property
    def known_gone(self) -> bool:
        """Whether the router's socket knows that the peer is gone."""
        return self.gone_ns is not None and self._scheduler.now_ns >= self.gone_ns

    def cut(self, noticed: bool = False) -> None:
        """Breaks the connection. Unless `noticed`, the router keeps sending into it for up to three seconds."""
        if self.gone_ns is None:
            self.up.cut()
            self.down.cut()
            self.gone_ns = self._scheduler.now_ns + (0 if noticed else self._rng.randint(0, NOTICE_NS))

    def stall(self, until_ns: int) -> None:
        """Delays both directions."""
        self.up.stall(until_ns)
        self.down.stall(until_ns)


class Dealer:
    """A relay's DEALER socket: it reconnects by itself and queues what it cannot send."""

    def __init__(
        self, scheduler: Scheduler, rng: Random, server: Server, key: bytes, reader: Reader, peers: "count[int]"
    ) -> None:
        self.connection: Connection | None = None
        self._scheduler = scheduler
        self._rng = rng
        self._server = server
        self._key = key
        self._reader = reader
        self._peers = peers
        self._waiting: deque[bytes] = deque()
        self._closed = False
        scheduler.after(rng.randint(*CONNECT_NS), self._connect)

    def send(self, message: bytes) -> None:
        """Sends now, or once there is a connection."""
        if self.connection is None:
            self._waiting.append(message)
        else:
            self.connection.up.send(message)

    def on_message(self, message: bytes) -> None:
        """A message from the connection."""
        if not self._closed:
            self._reader.on_message(message)

    def cut(self) -> None:
        """Breaks the connection. The socket reconnects."""
        if self.connection is not None:
            self.connection.cut()
            self.connection = None
            self._scheduler.after(self._rng.randint(*RECONNECT_NS), self._connect)

    def close(self) -> None:
        """Closes the socket and drops its queue."""
        self._closed = True
        self._waiting.clear()
        if self.connection is not None:
            self.connection.cut(noticed=self._rng.random() < 0.7)
            self.connection = None

    def _connect(self) -> None:
        if self._closed or self.connection is not None:
            return
        if not self._server.listening:
            self._scheduler.after(self._rng.randint(*RECONNECT_NS), self._connect)
            return
        self.connection = Connection(self._scheduler, self._rng, next(self._peers), self._key, self._server, self)
        self._server.accept(self.connection)
        while self._waiting:
            self.connection.up.send(self._waiting.popleft())
