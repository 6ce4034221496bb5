"""What a pod waits for. Nothing is waited for without a limit: a process that lives is not a terminal that works."""

from enum import Enum

from lockstep_agent.boot.state import Boot, BootPhase


class Waiting(Enum):
    """What is waited for, each with a limit of its own in `BootLimits`."""

    FILES = "files"
    """The files, the display and the first ticket."""
    NETWORK = "network"
    """The first sign that the terminal reached its broker's server."""
    LOGIN = "login"
    """The broker's consent."""
    BRIDGE = "bridge"
    """Both programs of the bridge and their first snapshot."""
    LOST_BRIDGE = "lost-bridge"
    """A bridge that was there before."""
    SILENT_PROGRAM = "silent-program"
    """A sign of life of a program whose connection is open."""
    BROKER = "broker"
    """A connection to the broker that was there before."""
    END = "end"
    """The end of the terminal's process."""


def waiting_for(boot: Boot) -> Waiting | None:
    """What this pod waits for; None where it works, or waits for a pause of its own or for the keyring."""
    if boot.phase is BootPhase.STOPPING or (boot.restarting is not None and boot.in_process):
        return Waiting.END
    if boot.phase is BootPhase.PREPARING:
        # While the keyring is away, it is asked again and again, and that is said.
        return None if boot.keyring_lost else Waiting.FILES
    if boot.phase is BootPhase.ENDED or not boot.in_process:
        return None
    return _of_terminal(boot)


def _of_terminal(boot: Boot) -> Waiting | None:
    if boot.silent:
        return Waiting.SILENT_PROGRAM
    if not boot.networked:
        return Waiting.NETWORK
    if boot.broker_lost:
        return Waiting.BROKER
    if not boot.authorized:
        return Waiting.LOGIN
    if boot.bridged:
        return None
    return Waiting.LOST_BRIDGE if boot.bridged_once else Waiting.BRIDGE
