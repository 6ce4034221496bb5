"""How far a living pod has come, from what Kubernetes and the router say of it. Pure."""

from dataclasses import dataclass

from lockstep_core.resources.reasons import Reason
from lockstep_operator.facts import PodFacts, RouterState

_PHASES = {
    "preparing": Reason.PREPARING,
    "starting": Reason.STARTING,
    "authorizing": Reason.AUTHORIZING,
    "connected": Reason.AUTHORIZING,
    "disconnected": Reason.BROKER_DISCONNECTED,
    "failed": Reason.TERMINAL_CRASHED,
    "stopped": Reason.RESTARTING,
}
_STARTED = {"authorizing", "connected", "ready", "disconnected"}
_CONNECTED = {"connected", "ready"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Why an account is as it is, and what is known of the steps to Ready (None: unknown)."""

    reason: Reason
    message: str = ""
    scheduled: bool | None = False
    started: bool | None = False
    broker: bool | None = False
    bridge: bool | None = False

    @property
    def ready(self) -> bool:
        """Whether trades are copied."""
        return self.reason is Reason.READY


def progress_of(pod: PodFacts, router: RouterState | None, told: str | None) -> Finding:
    """The finding for a pod that lives; `router` is its state in this epoch, `told` the reason in the status so far."""
    if pod.ready:
        return Finding(Reason.READY, "", scheduled=True, started=True, broker=True, bridge=True)
    if not pod.scheduled:
        reason = Reason.POD_UNSCHEDULABLE if pod.trouble else Reason.PENDING
        return Finding(reason, pod.trouble or "The pod waits for a node.")
    if not pod.running:
        return Finding(Reason.PREPARING, pod.trouble or "The pod's container is being created.", scheduled=True)
    if router is None:
        return Finding(_silent(told), "The pod runs; the router has not heard of it yet.", True, None, None, None)
    return _of_session(router, told)


def _silent(told: str | None) -> Reason:
    """The pod runs and the router knows nothing of it: it starts, or it was ready and lost the bridge."""
    return Reason.BRIDGE_LOST if told in {Reason.READY, Reason.BRIDGE_LOST} else Reason.STARTING


def _of_session(router: RouterState, told: str | None) -> Finding:
    reason = router.reason or _PHASES.get(router.state) or _not_yet_ready(told)
    return Finding(
        # Only the pod's own readiness makes an account ready: the router's word may be older than the pod's.
        _not_yet_ready(told) if reason is Reason.READY else reason,
        router.message,
        scheduled=True,
        started=router.state in _STARTED,
        broker=router.state in _CONNECTED,
        bridge=router.state == "ready",
    )


def _not_yet_ready(told: str | None) -> Reason:
    return Reason.BRIDGE_LOST if told in {Reason.READY, Reason.BRIDGE_LOST} else Reason.AUTHORIZING
