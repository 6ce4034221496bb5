"""Everything that can happen to a terminal pod."""

from dataclasses import dataclass

from lockstep_agent.journal import Entry
from lockstep_agent.relay.lines import Connection
from lockstep_core.resources.reasons import Reason


@dataclass(frozen=True, slots=True)
class Prepared:
    """Files, display, credentials and relay are there."""


@dataclass(frozen=True, slots=True)
class Launched:
    """The terminal's process runs."""


@dataclass(frozen=True, slots=True)
class TerminalExited:
    """The terminal's process ended, negative for a signal."""

    code: int


@dataclass(frozen=True, slots=True)
class JournalSaid:
    """A line of the journal."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class BridgeChanged:
    """A program of the terminal connected to the relay, or went."""

    connection: Connection
    up: bool


@dataclass(frozen=True, slots=True)
class SnapshotCame:
    """The bridge sent a whole snapshot."""


@dataclass(frozen=True, slots=True)
class RouterChanged:
    """The session with the router began or ended."""

    up: bool


@dataclass(frozen=True, slots=True)
class RouterRefused:
    """The router will not have us; the number is a `Refusal`."""

    refusal: int


@dataclass(frozen=True, slots=True)
class RelayExited:
    """The relay's process ended though nobody asked."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Something ended for good outside the machine."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class StopAsked:
    """SIGTERM."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time went by."""


Event = (
    Prepared
    | Launched
    | TerminalExited
    | JournalSaid
    | BridgeChanged
    | SnapshotCame
    | RouterChanged
    | RouterRefused
    | RelayExited
    | GaveUp
    | StopAsked
    | Clock
)
