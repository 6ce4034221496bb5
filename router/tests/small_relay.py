"""A relay as far as a router can see it: it keeps what is not acknowledged, and sends it again after a reconnect."""

from abc import ABC, abstractmethod

from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import (
    ENVELOPE,
    SNAPSHOT_WANTED,
    Envelope,
    Hello,
    Kind,
    decode_envelope,
    encode_envelope,
    encode_hello,
)
from lockstep_core.wire.frames import Command, Frame, SnapshotRequest


class SmallRelay(ABC):
    """`outbox` collects messages for the router; `kept` holds the frames that it has not acknowledged.

    `paused`: nothing is reported until the snapshot that the router wants was sent. `refused`: the code with which the
    router refused the last HELLO. `resets`: how often it wanted another HELLO.
    """

    def __init__(self, incarnation: int = 1) -> None:
        self.incarnation = incarnation
        self.kept: list[bytes] = []
        self.acked = 0
        self.up = False
        self.paused = False
        self.refused = 0
        self.resets = 0
        self.outbox: list[bytes] = []

    @property
    @abstractmethod
    def now_ns(self) -> int:
        """The clock of its node."""

    @abstractmethod
    def snapshot(self) -> None:
        """Reports everything that the terminal knows."""

    @abstractmethod
    def on_command(self, command: Command) -> None:
        """A command has come in."""

    @abstractmethod
    def on_request(self, request: Frame) -> None:
        """The router asked something else of the terminal."""

    def hello(self, ticket: bytes) -> None:
        """Asks for a session."""
        self.up = False
        self._send(Kind.HELLO, 0, encode_hello(Hello(self.incarnation, self.acked + 1, ticket)))

    def receive(self, message: bytes) -> None:
        """A message of the router."""
        envelope = decode_envelope(message)
        self._acknowledge(envelope.ack)
        match envelope.kind:
            case Kind.WELCOME:
                self._on_welcome(envelope)
            case Kind.RESET:
                self.up, self.resets = False, self.resets + 1
            case Kind.REFUSED:
                self.up, self.refused = False, envelope.flags
            case Kind.COMMANDS:
                for frame in decode_all(message, ENVELOPE.size):
                    if isinstance(frame, SnapshotRequest):
                        self.snapshot()
                    elif isinstance(frame, Command):
                        self.on_command(frame)
                    else:
                        self.on_request(frame)

    def report(self, *frames: Frame) -> None:
        """Sends frames to the router, or keeps them until there is a session."""
        self.report_encoded([encode(frame) for frame in frames])

    def report_encoded(self, frames: list[bytes]) -> None:
        """As `report`, of frames that are encoded already."""
        if self.paused or not frames:
            return
        first = self.acked + len(self.kept) + 1
        self.kept.extend(frames)
        if self.up:
            self._send(Kind.EVENTS, first, b"".join(frames))

    def repeat(self) -> None:
        """Sends everything again that is not acknowledged."""
        if self.up and self.kept:
            self._send(Kind.EVENTS, self.acked + 1, b"".join(self.kept))

    def beat(self) -> None:
        """Tells the router that it is still there."""
        if self.up:
            self._send(Kind.BEAT, 0, b"")

    def _on_welcome(self, envelope: Envelope) -> None:
        self.up = True
        if envelope.flags & SNAPSHOT_WANTED:
            self.kept, self.acked, self.paused = [], envelope.ack, True
            self.snapshot()
        else:
            self.repeat()

    def _acknowledge(self, number: int) -> None:
        if self.acked < number <= self.acked + len(self.kept):
            del self.kept[: number - self.acked]
            self.acked = number

    def _send(self, kind: Kind, seq: int, body: bytes) -> None:
        self.outbox.append(encode_envelope(Envelope(kind, 0, seq, 0, self.now_ns), body))
