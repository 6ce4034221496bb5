"""Finds how far a running pod has come, from its state in Kubernetes and its session at the router. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from lockstep_core.accounts import Trading
from lockstep_core.resources.reasons import Reason
from lockstep_operator.facts import PodFacts, RouterState


@dataclass(frozen=True, slots=True)
class TradingFact:
    """Whether programs may trade the account (None: not known), and what keeps them from it."""

    allowed: bool | None = None
    reason: str = ""
    message: str = ""


UNKNOWN_TRADING = TradingFact()


@dataclass(frozen=True, slots=True)
class ImageFact:
    """Whether the terminal works as its image brought it (None: not known yet), and what it said when it updated itself."""

    current: bool | None = None
    message: str = ""


UNKNOWN_IMAGE = ImageFact()
_PHASES = {
    "preparing": Reason.PREPARING,
    "starting": Reason.STARTING,
    "authorizing": Reason.AUTHORIZING,
    "connected": Reason.AUTHORIZING,
    "disconnected": Reason.BROKER_DISCONNECTED,
    "failed": Reason.TERMINAL_CRASHED,
    "stopped": Reason.RESTARTING,
}
_TRADING: Mapping[str, TradingFact] = {
    Trading.ALLOWED: TradingFact(True),
    Trading.ACCOUNT_OFF: TradingFact(False, "AccountOff", "The broker lets nobody trade with this login."),
    Trading.EXPERTS_OFF: TradingFact(False, "ExpertsOff", "The broker lets no programs trade this account."),
    Trading.AUTOTRADING_OFF: TradingFact(False, "AutoTradingOff", "AutoTrading is off in the terminal."),
    Trading.PROGRAM_OFF: TradingFact(False, "ProgramOff", "The terminal lets its programs not trade."),
}
STARTED = frozenset({"authorizing", "connected", "ready", "disconnected"})
"""The states of a session whose terminal runs already."""
_CONNECTED = {"connected", "ready"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The reason for an account's state, and which steps to Ready are done (None: unknown). `trading` and `image` are
    no such steps.
    """

    reason: Reason
    message: str = ""
    scheduled: bool | None = False
    started: bool | None = False
    broker: bool | None = False
    bridge: bool | None = False
    trading: TradingFact = UNKNOWN_TRADING
    image: ImageFact = UNKNOWN_IMAGE

    @property
    def ready(self) -> bool:
        """Whether trades are copied."""
        return self.reason is Reason.READY


def progress_of(pod: PodFacts, router: RouterState | None, previous_reason: str | None) -> Finding:
    """The finding for a pod that has not ended.

    `router` is the session's state in the pod's epoch, `previous_reason` the reason in the stored status.
    """
    if pod.ready:
        return Finding(Reason.READY, "", True, started=True, broker=True, bridge=True, trading=_trading_of(router))
    if not pod.scheduled:
        reason = Reason.POD_UNSCHEDULABLE if pod.trouble else Reason.PENDING
        return Finding(reason, pod.trouble or "The pod waits for a node.")
    if not pod.running:
        reason = Reason.POD_STUCK if pod.trouble else Reason.PREPARING
        return Finding(reason, pod.trouble or "The pod's container is being created.", scheduled=True)
    if router is None:
        return Finding(_silent(previous_reason), "The pod runs; the router has not heard of it yet.", True, None, None, None)
    return _of_session(router, previous_reason)


def _silent(previous_reason: str | None) -> Reason:
    """The reason for a running pod without a session: it still starts, or it was ready and has lost the bridge."""
    return Reason.BRIDGE_LOST if previous_reason in {Reason.READY, Reason.BRIDGE_LOST} else Reason.STARTING


def _of_session(router: RouterState, previous_reason: str | None) -> Finding:
    reason = router.reason or _PHASES.get(router.state) or _not_yet_ready(previous_reason)
    return Finding(
        # Only the readiness probe of the pod makes an account ready: the router's state may be older than the probe's.
        _not_yet_ready(previous_reason) if reason is Reason.READY else reason,
        router.message,
        scheduled=True,
        started=router.state in STARTED,
        broker=router.state in _CONNECTED,
        bridge=router.state == "ready",
        trading=_trading_of(router) if router.state in _CONNECTED else UNKNOWN_TRADING,
    )


def _trading_of(router: RouterState | None) -> TradingFact:
    return UNKNOWN_TRADING if router is None else _TRADING.get(router.trading, UNKNOWN_TRADING)


def _not_yet_ready(previous_reason: str | None) -> Reason:
    return Reason.BRIDGE_LOST if previous_reason in {Reason.READY, Reason.BRIDGE_LOST} else Reason.AUTHORIZING
