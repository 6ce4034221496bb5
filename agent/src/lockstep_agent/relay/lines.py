"""What agent and relay say to each other: one JSON object per line, on the relay's standard input and output."""

from typing import Literal

import msgspec

Connection = Literal["events", "commands"]


class Line(msgspec.Struct, frozen=True, tag=True):
    """One line."""


class Configure(Line, frozen=True, tag=True):
    """First line to the relay. Keys are Z85, endpoints ZeroMQ's, port 0 means any free one. Never logged: holds a secret."""

    router_endpoint: str
    ticks_endpoint: str
    router_key: str
    curve_public: str
    curve_secret: str
    events_port: int = 9101
    commands_port: int = 9102


class Ticket(Line, frozen=True, tag=True):
    """A ticket for the next HELLO; with none in use, or after a refusal, HELLO follows at once."""

    ticket: bytes


class Report(Line, frozen=True, tag=True):
    """What the agent knows of its terminal; becomes a State frame. `state` is a `TerminalState`."""

    state: int
    reason: str
    message: str


class Stop(Line, frozen=True, tag=True):
    """Say BYE to the router and end."""


ToRelay = Configure | Ticket | Report | Stop


class Listening(Line, frozen=True, tag=True):
    """The relay takes connections of the terminal on these ports of the loopback address."""

    events_port: int
    commands_port: int


class Bridge(Line, frozen=True, tag=True):
    """A connection of the terminal came up or went away."""

    connection: Connection
    up: bool


class SnapshotSeen(Line, frozen=True, tag=True):
    """The terminal has sent a whole snapshot on its present connection."""


class RouterUp(Line, frozen=True, tag=True):
    """The router said WELCOME."""

    snapshot_wanted: bool


class RouterLost(Line, frozen=True, tag=True):
    """The session with the router is over; the relay greets again by itself."""

    why: str


class Refused(Line, frozen=True, tag=True):
    """The router will not have this relay. `refusal` is a `Refusal`; the relay waits for another ticket."""

    refusal: int


class Dropped(Line, frozen=True, tag=True):
    """Something that came in could not be used. `total` counts all of them in this life of the relay."""

    why: str
    total: int


FromRelay = Listening | Bridge | SnapshotSeen | RouterUp | RouterLost | Refused | Dropped

_encoder = msgspec.json.Encoder()
_to_relay: msgspec.json.Decoder[ToRelay] = msgspec.json.Decoder(ToRelay)
_from_relay: msgspec.json.Decoder[FromRelay] = msgspec.json.Decoder(FromRelay)


def encode_line(line: Line) -> bytes:
    """A line with its newline."""
    return _encoder.encode(line) + b"\n"


def decode_to_relay(line: bytes) -> ToRelay:
    """A line of the agent. Raises `msgspec.DecodeError`."""
    return _to_relay.decode(line)


def decode_from_relay(line: bytes) -> FromRelay:
    """A line of the relay. Raises `msgspec.DecodeError`."""
    return _from_relay.decode(line)
