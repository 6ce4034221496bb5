"""How far a terminal pod is."""

from dataclasses import dataclass
from enum import Enum

from lockstep_core.resources.reasons import Reason


class Phase(Enum):
    """`RUNNING` includes the pause before a terminal is started again."""

    PREPARING = 0
    RUNNING = 1
    STOPPING = 2
    ENDED = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Why this pod cannot go on: a stable reason and a sentence for people."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Boot:
    """Facts only; what they mean is in `status`. Times are ms of one monotonic clock.

    `in_process` to `broker_lost`, and `bridged_once`, speak of the present life of the terminal.
    """

    phase: Phase = Phase.PREPARING
    in_process: bool = False
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
    updating: bool = False
    crashes_ms: tuple[int, ...] = ()
    relay_crashes_ms: tuple[int, ...] = ()
    failure: Failure | None = None

    @property
    def bridged(self) -> bool:
        """Both programs are connected and the account is known."""
        return self.events_up and self.commands_up and self.snapshot

    @property
    def working(self) -> bool:
        """Everything inside the pod is as it should be."""
        return self.phase is Phase.RUNNING and self.in_process and self.authorized and not self.broker_lost and self.bridged

    @property
    def ready(self) -> bool:
        """Trades are copied."""
        return self.working and self.router_up
