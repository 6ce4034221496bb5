"""The effects that the state machine can ask the supervisor to carry out."""

from dataclasses import dataclass

from lockstep_agent.boot.status import Status


@dataclass(frozen=True, slots=True)
class Launch:
    """Write the start file and start the terminal, after a pause. `fresh`: with a new Wine prefix and new files. `symbol`:
    how many chart symbols were tried in vain.
    """

    after_ms: int
    fresh: bool = False
    symbol: int = 0


@dataclass(frozen=True, slots=True)
class DeleteStartFile:
    """Delete the start file: the terminal has read its password."""


@dataclass(frozen=True, slots=True)
class StopTerminal:
    """Close the terminal. The event `TerminalExited` follows."""


@dataclass(frozen=True, slots=True)
class StartRelay:
    """Start the relay again, after a pause."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class KillRelay:
    """Kill the relay's process, which stands still. The event `RelayExited` follows."""


@dataclass(frozen=True, slots=True)
class RefreshTicket:
    """Fetch another ticket, after a pause."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """Report the status to the router and to the log."""

    status: Status


@dataclass(frozen=True, slots=True)
class SetReady:
    """Set the answer of the readiness probe."""

    ready: bool


@dataclass(frozen=True, slots=True)
class ReportLogin:
    """Tell the keyring what the broker's server answered to the login."""

    let_in: bool


@dataclass(frozen=True, slots=True)
class EndAgent:
    """End the agent with this exit code, and write the status into the termination message."""

    code: int
    status: Status


Effect = (
    Launch
    | DeleteStartFile
    | StopTerminal
    | StartRelay
    | KillRelay
    | RefreshTicket
    | ReportStatus
    | SetReady
    | ReportLogin
    | EndAgent
)
