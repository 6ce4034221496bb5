"""The messages between agent and relay: one JSON object per line, on the relay's standard input and output."""

from typing import Literal

import msgspec

Connection = Literal["events", "commands"]


class Line(msgspec.Struct, frozen=True, tag=True):
    """One line."""


class Configure(Line, frozen=True, tag=True):
    """The first line to the relay. Keys are Z85, endpoints are ZeroMQ's, and port 0 means any free one. A program that does
    not beat for `silence_ms` counts as silent.

    It contains a secret key, so it is never logged.
    """

    router_endpoint: str
    ticks_endpoint: str
    router_key: str
    curve_public: str
    curve_secret: str
    events_port: int = 9101
    commands_port: int = 9102
    silence_ms: int = 8_000


class UseRouter(Line, frozen=True, tag=True):
    """The router is elsewhere, or has another key. The relay says BYE to the former router, and HELLO to this one with the
    next ticket.
    """

    router_endpoint: str
    ticks_endpoint: str
    router_key: str


class UseTicket(Line, frozen=True, tag=True):
    """A ticket for the next HELLO. If the relay has none yet, or the router refused the last one, it sends HELLO at once."""

    ticket: bytes


class ReportState(Line, frozen=True, tag=True):
    """The status of the terminal, which the relay sends to the router as a State frame. `state` is a `TerminalState`."""

    state: int
    reason: str
    message: str


class Stop(Line, frozen=True, tag=True):
    """Say BYE to the router and end."""


ToRelay = Configure | UseRouter | UseTicket | ReportState | Stop


class Listening(Line, frozen=True, tag=True):
    """The relay accepts connections of the terminal on these ports of the loopback address."""

    events_port: int
    commands_port: int


class Alive(Line, frozen=True, tag=True):
    """The relay's loop turns. It says so every two seconds."""


class Bridge(Line, frozen=True, tag=True):
    """A connection of the terminal began or ended."""

    connection: Connection
    up: bool


class ProgramHeard(Line, frozen=True, tag=True):
    """The program of a connection has fallen silent, or is heard again."""

    connection: Connection
    alive: bool


class SeenAccount(msgspec.Struct, frozen=True):
    """The account that the terminal is logged in to, as its Account frames say. `trade_mode` is an `AccountTradeMode`."""

    login: int
    server: str
    trade_mode: int


class AccountSeen(Line, frozen=True, tag=True):
    """The terminal is logged in to another account than it last said, or says it for the first time on its connection."""

    account: SeenAccount


class SnapshotSeen(Line, frozen=True, tag=True):
    """The terminal has sent a whole snapshot of this account on its current connection."""

    account: SeenAccount


class RouterUp(Line, frozen=True, tag=True):
    """The router answered WELCOME."""

    snapshot_wanted: bool


class RouterLost(Line, frozen=True, tag=True):
    """The session with the router has ended. The relay sends HELLO again by itself."""

    why: str


class SessionRefused(Line, frozen=True, tag=True):
    """The router refused the session. `refusal` is a `Refusal`. The relay waits for another ticket."""

    refusal: int


class Dropped(Line, frozen=True, tag=True):
    """Incoming data could not be used. `total` counts such cases since the relay was started."""

    why: str
    total: int


class PassedOver(Line, frozen=True, tag=True):
    """Frames of kinds that only a later release knows were skipped, among them the first one of `kind`. `total` counts those
    of all kinds since the relay was started.
    """

    kind: int
    total: int


FromRelay = (
    Listening
    | Alive
    | Bridge
    | ProgramHeard
    | AccountSeen
    | SnapshotSeen
    | RouterUp
    | RouterLost
    | SessionRefused
    | Dropped
    | PassedOver
)

_encoder = msgspec.json.Encoder()
_to_relay: msgspec.json.Decoder[ToRelay] = msgspec.json.Decoder(ToRelay)
_from_relay: msgspec.json.Decoder[FromRelay] = msgspec.json.Decoder(FromRelay)


def encode_line(line: Line) -> bytes:
    """The bytes of a line, with its newline."""
    return _encoder.encode(line) + b"\n"


def decode_to_relay(line: bytes) -> ToRelay:
    """Decodes a line of the agent. Raises `msgspec.DecodeError`."""
    return _to_relay.decode(line)


def decode_from_relay(line: bytes) -> FromRelay:
    """Decodes a line of the relay. Raises `msgspec.DecodeError`."""
    return _from_relay.decode(line)
