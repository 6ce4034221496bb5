"""The ZeroMQ connection between relay and router: FIFO, a new routing id each time, silent for a while when it breaks."""

from collections import deque
from itertools import count
from random import Random
from typing import Protocol

from tests.simulation.agenda import MS, SECOND, Agenda
from tests.simulation.pipes import Pipe

NETWORK_NS = (200_000, 8 * MS)
CONNECT_NS = (1 * MS, 60 * MS)
AGAIN_NS = (50 * MS, 700 * MS)
NOTICE_NS = 3 * SECOND


class Reader(Protocol):
    """Whoever reads what a router sends."""

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
    """One TCP connection. `gone_ns` is when the router's socket finds out that it is broken."""

    def __init__(self, agenda: Agenda, dice: Random, peer: int, key: bytes, server: Server, dealer: "Dealer") -> None:
        self.peer = peer.to_bytes(5, "big")
        self.key = key
        self.gone_ns: int | None = None
        self._agenda = agenda
        self._dice = dice
        self.up: Pipe[bytes] = Pipe(agenda, dice, NETWORK_NS, lambda message: server.on_message(self, message))
        self.down: Pipe[bytes] = Pipe(agenda, dice, NETWORK_NS, dealer.on_message)

    @property
    def known_gone(self) -> bool:
        """Whether the router's socket knows that nobody is there."""
        return self.gone_ns is not None and self._agenda.now_ns >= self.gone_ns

    def cut(self, noticed: bool = False) -> None:
        """Breaks it; unless `noticed`, the router keeps sending into the void for up to three seconds."""
        if self.gone_ns is None:
            self.up.cut()
            self.down.cut()
            self.gone_ns = self._agenda.now_ns + (0 if noticed else self._dice.randint(0, NOTICE_NS))

    def stall(self, until_ns: int) -> None:
        """Holds both directions up."""
        self.up.stall(until_ns)
        self.down.stall(until_ns)


class Dealer:
    """A relay's DEALER socket: connects again by itself and keeps what it could not send yet."""

    def __init__(
        self, agenda: Agenda, dice: Random, server: Server, key: bytes, reader: Reader, peers: "count[int]"
    ) -> None:
        self.connection: Connection | None = None
        self._agenda = agenda
        self._dice = dice
        self._server = server
        self._key = key
        self._reader = reader
        self._peers = peers
        self._waiting: deque[bytes] = deque()
        self._closed = False
        agenda.after(dice.randint(*CONNECT_NS), self._connect)

    def send(self, message: bytes) -> None:
        """Sends now or when there is a connection."""
        if self.connection is None:
            self._waiting.append(message)
        else:
            self.connection.up.send(message)

    def on_message(self, message: bytes) -> None:
        """What the connection brings."""
        if not self._closed:
            self._reader.on_message(message)

    def cut(self) -> None:
        """The connection breaks; the socket goes on."""
        if self.connection is not None:
            self.connection.cut()
            self.connection = None
            self._agenda.after(self._dice.randint(*AGAIN_NS), self._connect)

    def close(self) -> None:
        """The end of the socket, with all that waits in it."""
        self._closed = True
        self._waiting.clear()
        if self.connection is not None:
            self.connection.cut(noticed=self._dice.random() < 0.7)
            self.connection = None

    def _connect(self) -> None:
        if self._closed or self.connection is not None:
            return
        if not self._server.listening:
            self._agenda.after(self._dice.randint(*AGAIN_NS), self._connect)
            return
        self.connection = Connection(self._agenda, self._dice, next(self._peers), self._key, self._server, self)
        self._server.accept(self.connection)
        while self._waiting:
            self.connection.up.send(self._waiting.popleft())
