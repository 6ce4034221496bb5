"""The state of a terminal pod."""

from dataclasses import dataclass
from enum import Enum

from lockstep_agent.boot.account import WantedAccount
from lockstep_core.resources.reasons import Reason


class BootPhase(Enum):
    """The phases of a pod. `RUNNING` includes the pause before a terminal is started again."""

    PREPARING = 0
    RUNNING = 1
    STOPPING = 2
    ENDED = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Why this pod must end: a stable reason, and a sentence for people."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Boot:
    """What is known of the pod of the account `wanted`; `status` derives its status from this. Times are ms of one monotonic
    clock.

    `in_process` to `broker_lost`, and `bridged_once`, are about the present process of the terminal: they are reset when it
    is started again. `start_file`: the file with the password may be there. `router_asked_ms`: when the session with the
    router last began or ended, or the keyring was last asked where the router is.
    """

    wanted: WantedAccount
    phase: BootPhase = BootPhase.PREPARING
    in_process: bool = False
    start_file: bool = False
    launched_ms: int = 0
    reading: bool = False
    networked: bool = False
    authorized: bool = False
    synchronized: bool = False
    broker_lost: bool = False
    events_up: bool = False
    commands_up: bool = False
    snapshot: bool = False
    bridged_once: bool = False
    router_up: bool = False
    router_asked_ms: int = 0
    keyring_lost: bool = False
    updating: bool = False
    crashes_ms: tuple[int, ...] = ()
    relay_crashes_ms: tuple[int, ...] = ()
    failure: Failure | None = None

    @property
    def bridged(self) -> bool:
        """Whether both programs of the bridge are connected and have sent a whole snapshot."""
        return self.events_up and self.commands_up and self.snapshot

    @property
    def working(self) -> bool:
        """Whether terminal, broker and bridge are all connected."""
        return (
            self.phase is BootPhase.RUNNING and self.in_process and self.authorized and not self.broker_lost and self.bridged
        )

    @property
    def ready(self) -> bool:
        """Whether trades can be copied."""
        return self.working and self.router_up
