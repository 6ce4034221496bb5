"""The state of a terminal pod."""

from dataclasses import dataclass
from enum import Enum

from lockstep_agent.boot.account import WantedAccount
from lockstep_agent.relay.lines import Connection
from lockstep_core.resources.reasons import Reason


class BootPhase(Enum):
    """The phases of a pod. `RUNNING` includes the pause before a terminal is started again."""

    PREPARING = 0
    RUNNING = 1
    STOPPING = 2
    ENDED = 3


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a pod must end or its terminal must be restarted: a stable reason, and what somebody else said about it."""

    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class AwaitedTurn:
    """Why the terminal must not log in yet, and from when on it may, as text for people; empty if nobody knows."""

    reason: Reason
    at: str


@dataclass(frozen=True, slots=True)
class Boot:
    """What is known of the pod of the account `wanted`; `status` derives its status from this. Times are ms of one monotonic
    clock. `proven`: the account was ready with these credentials in an earlier pod. `server_known`: the server's name is in
    the catalogue of brokers, so it is right.

    `in_process` to `wine`, and `bridged_once`, are about the present process of the terminal: they are reset when it is
    started again. `proxy_trouble`: why the account's proxy takes no connections, as far as that is known while the broker is
    lost. `start_file`: the file with the password may be there. `words`: what the broker said last when it let
    nobody in; `programs`: what the terminal said of programs that it could not load; `wine`: a version that it calls
    unsupported. `build`: what the terminal said last of its own build. `silent`: connections whose program gives no sign of
    life. `router_asked_ms`: when the session with the router last began or ended, or the keyring was last asked where the
    router is. `moved_ms`: since when routers say that the account is another one's. `relay_ms`: when the relay last said
    that its loop turns, None while none runs; `relay_silent`: it has not for too long. `ticked_ms`: the last tick of the
    clock. `turn`: why the terminal must not log in yet. `restarting`: why the terminal is being stopped in order to start it
    again. `symbol`: how many chart symbols were tried in vain. `waiting_ms`: since when it waits for what it waits for.
    """

    wanted: WantedAccount
    proven: bool = False
    server_known: bool = False
    phase: BootPhase = BootPhase.PREPARING
    in_process: bool = False
    start_file: bool = False
    launched_ms: int = 0
    reading: bool = False
    networked: bool = False
    authorized: bool = False
    synchronized: bool = False
    broker_lost: bool = False
    proxy_trouble: str = ""
    words: str = ""
    programs: str = ""
    wine: str = ""
    events_up: bool = False
    commands_up: bool = False
    snapshot: bool = False
    silent: frozenset[Connection] = frozenset()
    bridged_once: bool = False
    authorized_once: bool = False
    router_up: bool = False
    router_asked_ms: int = 0
    moved_ms: int | None = None
    relay_ms: int | None = None
    relay_silent: bool = False
    ticked_ms: int = 0
    keyring_lost: bool = False
    turn: AwaitedTurn | None = None
    updating: bool = False
    build: str = ""
    restarting: Failure | None = None
    symbol: int = 0
    waiting_ms: int = 0
    crashes_ms: tuple[int, ...] = ()
    updates_ms: tuple[int, ...] = ()
    restarts_ms: tuple[int, ...] = ()
    relay_crashes_ms: tuple[int, ...] = ()
    failure: Failure | None = None

    @property
    def bridged(self) -> bool:
        """Whether both programs of the bridge are connected and alive, and have sent a whole snapshot, by a living relay."""
        return self.events_up and self.commands_up and self.snapshot and not self.silent and not self.relay_silent

    @property
    def working(self) -> bool:
        """Whether terminal, broker and bridge are all connected."""
        runs = self.phase is BootPhase.RUNNING and self.in_process and self.restarting is None
        return runs and self.authorized and not self.broker_lost and self.bridged

    @property
    def ready(self) -> bool:
        """Whether trades can be copied."""
        return self.working and self.router_up
