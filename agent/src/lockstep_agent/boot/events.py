"""The events that the state machine handles."""

from dataclasses import dataclass

from lockstep_agent.journal import JournalEntry
from lockstep_agent.relay.lines import Connection, SeenAccount
from lockstep_core.resources.reasons import Reason


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files are prepared, the display runs, and the first ticket has come."""


@dataclass(frozen=True, slots=True)
class Launched:
    """The terminal's process was started."""


@dataclass(frozen=True, slots=True)
class TerminalExited:
    """The terminal's process ended. `code` is negative for a signal."""

    code: int


@dataclass(frozen=True, slots=True)
class JournalLine:
    """The terminal wrote a line into its journal."""

    entry: JournalEntry


@dataclass(frozen=True, slots=True)
class BridgeChanged:
    """A program of the bridge connected to the relay, or disconnected."""

    connection: Connection
    up: bool


@dataclass(frozen=True, slots=True)
class ProgramChanged:
    """The program of a connection that is open fell silent, or is heard again."""

    connection: Connection
    alive: bool


@dataclass(frozen=True, slots=True)
class AccountReported:
    """The bridge said which account the terminal is logged in to, with a snapshot or without one."""

    account: SeenAccount


@dataclass(frozen=True, slots=True)
class SnapshotReceived:
    """The bridge sent a whole snapshot of this account."""

    account: SeenAccount


@dataclass(frozen=True, slots=True)
class RouterChanged:
    """The session with the router began or ended."""

    up: bool


@dataclass(frozen=True, slots=True)
class RouterRefused:
    """The router refused the session. `refusal` is a `Refusal`."""

    refusal: int


@dataclass(frozen=True, slots=True)
class KeyringChanged:
    """The keyring answered, or did not."""

    up: bool


@dataclass(frozen=True, slots=True)
class TurnGiven:
    """The keyring answered that the terminal must not log in yet, why, and when it is asked again (Unix time)."""

    reason: Reason
    at_s: int


@dataclass(frozen=True, slots=True)
class ProxyTried:
    """The account's proxy was tried because the terminal has lost its broker. `trouble` is empty if it takes connections."""

    trouble: str


@dataclass(frozen=True, slots=True)
class RelayHeard:
    """The relay's process was started, or says that its loop turns."""


@dataclass(frozen=True, slots=True)
class RelayExited:
    """The relay's process ended by itself."""


@dataclass(frozen=True, slots=True)
class GaveUp:
    """A task of the agent failed for good, so the pod must end for this reason."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class StopRequested:
    """SIGTERM came."""


@dataclass(frozen=True, slots=True)
class ClockTicked:
    """Time has passed; comes at short intervals."""


Event = (
    Prepared
    | Launched
    | TerminalExited
    | JournalLine
    | BridgeChanged
    | ProgramChanged
    | AccountReported
    | SnapshotReceived
    | RouterChanged
    | RouterRefused
    | KeyringChanged
    | TurnGiven
    | ProxyTried
    | RelayHeard
    | RelayExited
    | GaveUp
    | StopRequested
    | ClockTicked
)
