"""Everything that the machine may want done."""

from dataclasses import dataclass

from lockstep_agent.boot.status import Status


@dataclass(frozen=True, slots=True)
class Launch:
    """Write the start file and start the terminal, after a pause."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class DeleteStartFile:
    """The password is no longer needed on disk."""


@dataclass(frozen=True, slots=True)
class StopTerminal:
    """Close the terminal; `TerminalExited` follows."""


@dataclass(frozen=True, slots=True)
class StartRelay:
    """Start another relay, after a pause."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class RefreshTicket:
    """Fetch another ticket, after a pause."""

    after_ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the router and the log how things stand."""

    status: Status


@dataclass(frozen=True, slots=True)
class SetReady:
    """The readiness probe's answer from now on."""

    ready: bool


@dataclass(frozen=True, slots=True)
class End:
    """Leave with this exit code; the status goes into the termination message."""

    code: int
    status: Status


Effect = Launch | DeleteStartFile | StopTerminal | StartRelay | RefreshTicket | Report | SetReady | End
