"""Derives the status of a terminal, which people and the other services see, from the state of its pod."""

from dataclasses import dataclass

from lockstep_agent.boot.state import Boot, BootPhase
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.frames import TerminalState


@dataclass(frozen=True, slots=True)
class Status:
    """A terminal's state, a stable reason, and a sentence for people."""

    state: TerminalState
    reason: Reason
    message: str


def status(boot: Boot) -> Status:
    """The status of this state."""
    if boot.failure is not None:
        return Status(TerminalState.FAILED, boot.failure.reason, boot.failure.message)
    if boot.phase in (BootPhase.STOPPING, BootPhase.ENDED):
        return Status(TerminalState.STOPPED, Reason.RESTARTING, "The terminal is being stopped.")
    if boot.phase is BootPhase.PREPARING:
        return _waiting(boot, TerminalState.PREPARING) or Status(
            TerminalState.PREPARING, Reason.PREPARING, "The terminal's files are being prepared."
        )
    if not boot.in_process:
        return _not_running(boot)
    return _running(boot)


def _waiting(boot: Boot, state: TerminalState) -> Status | None:
    if not boot.keyring_lost:
        return None
    return Status(state, Reason.KEYRING_UNREACHABLE, "The keyring does not answer; the terminal starts as soon as it does.")


def _not_running(boot: Boot) -> Status:
    waiting = _waiting(boot, TerminalState.STARTING)
    if waiting is not None:
        return waiting
    if boot.updating:
        return Status(TerminalState.STARTING, Reason.RESTARTING, "The terminal updates itself.")
    if boot.crashes_ms:
        return Status(TerminalState.STARTING, Reason.RESTARTING, "The terminal ended unexpectedly and is started again.")
    return Status(TerminalState.STARTING, Reason.STARTING, "The terminal is starting.")


def _running(boot: Boot) -> Status:
    if boot.broker_lost:
        return Status(TerminalState.DISCONNECTED, Reason.BROKER_DISCONNECTED, "The connection to the broker is lost.")
    if not boot.authorized:
        if boot.reading or boot.networked:
            return Status(TerminalState.AUTHORIZING, Reason.AUTHORIZING, "The terminal logs in at the broker.")
        return Status(TerminalState.STARTING, Reason.STARTING, "The terminal is starting.")
    if boot.bridged:
        return Status(TerminalState.READY, Reason.READY, "The terminal is connected.")
    if boot.bridged_once:
        return Status(TerminalState.DISCONNECTED, Reason.BRIDGE_LOST, "The terminal's bridge is not connected.")
    return Status(TerminalState.CONNECTED, Reason.STARTING, "Logged in; the bridge is starting.")
