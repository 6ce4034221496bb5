"""Derives the status of a terminal, which people and the other services see, from the state of its pod."""

from dataclasses import dataclass

from lockstep_agent.boot.broker_words import reason_of_passing
from lockstep_agent.boot.state import Boot, BootPhase, Failure
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.enums import TerminalState

PASSING = frozenset((Reason.INVALID_CREDENTIALS, Reason.SERVER_NOT_FOUND))
"""Refusals that brokers give during their maintenance too. Those of proven credentials ask for no person at once."""


@dataclass(frozen=True, slots=True)
class Status:
    """A terminal's state and a stable reason, of which `lockstep_texts` makes the sentence. `message` is what the
    terminal, the broker or the system said itself, or a figure; it is quoted as a detail, and mostly empty.
    """

    state: TerminalState
    reason: Reason
    message: str = ""


def status(boot: Boot) -> Status:
    """The status of this state."""
    if boot.failure is not None:
        return _failed(boot, boot.failure)
    if boot.phase in (BootPhase.STOPPING, BootPhase.ENDED):
        return Status(TerminalState.STOPPED, Reason.RESTARTING)
    if boot.phase is BootPhase.PREPARING:
        return _waiting(boot, TerminalState.PREPARING) or Status(TerminalState.PREPARING, Reason.PREPARING)
    if not boot.in_process:
        return _not_running(boot)
    return _running(boot)


def _failed(boot: Boot, failure: Failure) -> Status:
    # What the broker has accepted in this very pod is proven, although the pod was told otherwise when it was made.
    if (boot.proven or boot.authorized_once) and failure.reason in PASSING:
        return Status(TerminalState.DISCONNECTED, Reason.BROKER_MAINTENANCE, failure.message)
    return Status(TerminalState.FAILED, failure.reason, failure.message)


def last_words(boot: Boot) -> Status:
    """The status with which the agent ends: the operator decides what follows, so it is told the plain reason."""
    failure = boot.failure
    return status(boot) if failure is None else Status(TerminalState.FAILED, failure.reason, failure.message)


def updated_from(boot: Boot) -> str:
    """The build of a terminal that updates itself; empty if the terminal has not reported one."""
    return f"build {boot.build}" if boot.build else ""


def _waiting(boot: Boot, state: TerminalState) -> Status | None:
    if not boot.keyring_lost:
        return None
    return Status(state, Reason.KEYRING_UNREACHABLE)


def _not_running(boot: Boot) -> Status:
    waiting = _waiting(boot, TerminalState.STARTING)
    if waiting is not None:
        return waiting
    if boot.turn is not None:
        return Status(TerminalState.STARTING, boot.turn.reason, boot.turn.at)
    if boot.updating:
        return Status(TerminalState.STARTING, Reason.TERMINAL_UPDATING, updated_from(boot))
    if boot.crashes_ms or boot.restarts_ms:
        return Status(TerminalState.STARTING, Reason.RESTARTING)
    return Status(TerminalState.STARTING, Reason.STARTING)


def _running(boot: Boot) -> Status:
    trouble = _trouble(boot)
    if trouble is not None:
        return trouble
    if not boot.authorized:
        return _logging_in(boot)
    if boot.bridged:
        return Status(TerminalState.READY, Reason.READY)
    if boot.bridged_once:
        return Status(TerminalState.DISCONNECTED, Reason.BRIDGE_LOST)
    return Status(TerminalState.CONNECTED, Reason.STARTING)


def _trouble(boot: Boot) -> Status | None:
    if boot.restarting is not None:
        return Status(TerminalState.DISCONNECTED, boot.restarting.reason, boot.restarting.message)
    if boot.relay_silent:
        return Status(TerminalState.DISCONNECTED, Reason.BRIDGE_LOST)
    if boot.silent:
        return Status(TerminalState.DISCONNECTED, Reason.TERMINAL_SILENT)
    if boot.broker_lost and boot.proxy_trouble:
        return Status(TerminalState.DISCONNECTED, Reason.PROXY_UNREACHABLE, boot.proxy_trouble)
    if boot.broker_lost:
        return Status(TerminalState.DISCONNECTED, Reason.BROKER_DISCONNECTED, boot.words)
    return None


def _logging_in(boot: Boot) -> Status:
    if boot.words:
        return Status(TerminalState.AUTHORIZING, reason_of_passing(boot.words), boot.words)
    if boot.reading or boot.networked:
        return Status(TerminalState.AUTHORIZING, Reason.AUTHORIZING)
    return Status(TerminalState.STARTING, Reason.STARTING)
