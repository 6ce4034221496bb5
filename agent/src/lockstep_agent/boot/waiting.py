"""What a pod waits for. Every wait has a limit, because a live process is not always a working terminal (ADR 31)."""

from enum import Enum

from lockstep_agent.boot.state import Boot, BootPhase


class Waiting(Enum):
    """What is waited for, each with a limit of its own in `BootLimits`."""

    FILES = "files"
    """The files, the display and the first ticket."""
    START = "start"
    """Files made anew, the password, the way through a proxy: all that another start of the terminal needs."""
    NETWORK = "network"
    """The first sign that the terminal reached its broker's server."""
    LOGIN = "login"
    """The broker's consent."""
    BRIDGE = "bridge"
    """Both programs of the bridge and their first snapshot."""
    LOST_BRIDGE = "lost-bridge"
    """A bridge that was there before."""
    SILENT_RELAY = "silent-relay"
    """A sign of life of the relay."""
    SILENT_PROGRAM = "silent-program"
    """A sign of life of a program whose connection is open."""
    BROKER = "broker"
    """A connection to the broker that was there before."""
    END = "end"
    """The end of the terminal's process."""


def waiting_for(boot: Boot) -> Waiting | None:
    """What this pod waits for. None if it works, or if it waits for the keyring."""
    if boot.phase is BootPhase.STOPPING or (boot.restarting is not None and boot.in_process):
        return Waiting.END
    if boot.phase is BootPhase.PREPARING:
        # A keyring that is away is asked again without a limit, and the status says so.
        return None if boot.keyring_lost else Waiting.FILES
    if boot.phase is BootPhase.ENDED:
        return None
    if boot.relay_silent:
        return Waiting.SILENT_RELAY
    return _of_terminal(boot) if boot.in_process else _of_start(boot)


def _of_start(boot: Boot) -> Waiting | None:
    # The keyring says when the terminal's turn at its broker has come, and the status says that it waits for it.
    return None if boot.keyring_lost or boot.turn is not None else Waiting.START


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
