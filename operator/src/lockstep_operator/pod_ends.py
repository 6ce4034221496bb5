"""Why a pod ended: what its agent said last, what Kubernetes says of the pod, and how its container ended. Pure."""

from dataclasses import dataclass
from datetime import datetime

from lockstep_core.json_object import Json
from lockstep_core.resources.reasons import Reason
from lockstep_operator.foreign_text import clean, parse_termination

# Reasons with which no pod can end. If an agent reports one anyway, the rest of what is known decides.
_NO_ENDS = {Reason.READY, Reason.SUSPENDED, Reason.POD_REFUSED, Reason.POD_UNKNOWN, Reason.POD_STUCK, Reason.ROUTER_MISSING}
_OF_THE_POD = {
    "Evicted": Reason.POD_EVICTED,
    "Preempting": Reason.POD_EVICTED,
    "Terminated": Reason.NODE_SHUT_DOWN,
    "NodeShutdown": Reason.NODE_SHUT_DOWN,
    "Shutdown": Reason.NODE_SHUT_DOWN,
    "NodeLost": Reason.NODE_SHUT_DOWN,
    "NodeAffinity": Reason.POD_UNSCHEDULABLE,
    "UnexpectedAdmissionError": Reason.POD_UNSCHEDULABLE,
}
"""`status.reason` of a pod, as kubelet and the API server's controllers write it."""
_NO_ROOM = "OutOf"
"""How the kubelet's refusals begin: OutOfcpu, OutOfmemory, OutOfpods."""
_OF_A_DISRUPTION = {
    "PreemptionByScheduler": Reason.POD_EVICTED,
    "EvictionByEvictionAPI": Reason.POD_EVICTED,
    "TerminationByKubelet": Reason.POD_EVICTED,
    "DeletionByTaintManager": Reason.NODE_SHUT_DOWN,
    "DeletionByPodGC": Reason.NODE_SHUT_DOWN,
}
"""Reasons of the condition DisruptionTarget."""
_OUT_OF_MEMORY = "OOMKilled"
_POD_LEVEL = {*_OF_THE_POD.values(), *_OF_A_DISRUPTION.values()}


@dataclass(frozen=True, slots=True)
class PodEnd:
    """Why a pod ended. `ran_s` is how long its container ran, None if it never did."""

    reason: Reason
    message: str
    ran_s: float | None


def end_of(status: Json) -> PodEnd:
    """The end of a pod with this status, which is Succeeded or Failed."""
    containers = status.get("containerStatuses", ())
    terminated: Json = next(
        (item["state"]["terminated"] for item in containers if "terminated" in item.get("state", {})), {}
    )
    ran_s = _duration_s(terminated.get("startedAt"), terminated.get("finishedAt"))
    said = parse_termination(terminated.get("message", ""))
    if said is not None and said[0] is not None and said[0] not in _NO_ENDS | {Reason.RESTARTING}:
        return PodEnd(said[0], said[1], ran_s)
    # An agent that was asked to end does not know who asked.
    reason, message = _of_pod(status) or _of_container(terminated, status)
    return PodEnd(reason, said[1] if said is not None and said[1] and reason not in _POD_LEVEL else message, ran_s)


def _of_pod(status: Json) -> tuple[Reason, str] | None:
    word = status.get("reason", "")
    reason = Reason.POD_UNSCHEDULABLE if word.startswith(_NO_ROOM) else _OF_THE_POD.get(word)
    if reason is not None:
        return reason, clean(f"{word}: {status.get('message', '')}")
    disruption: Json = next((item for item in status.get("conditions", ()) if item.get("type") == "DisruptionTarget"), {})
    reason = _OF_A_DISRUPTION.get(disruption.get("reason", "")) if disruption.get("status") == "True" else None
    return None if reason is None else (reason, clean(f"{disruption['reason']}: {disruption.get('message', '')}"))


def _of_container(terminated: Json, status: Json) -> tuple[Reason, str]:
    """The reason and message of a container's end by what Kubernetes reports, without the agent's own message."""
    if not terminated:
        return Reason.RESTARTING, clean(
            f"{status.get('reason', 'The pod ended')}: {status.get('message', 'no container ran')}"
        )
    if terminated.get("reason") == _OUT_OF_MEMORY:
        return Reason.OUT_OF_MEMORY, "The terminal used more memory than it may."
    code = terminated.get("exitCode")
    if code == 0:
        return Reason.RESTARTING, "The terminal was stopped."
    return Reason.TERMINAL_CRASHED, f"The pod's first process ended with status {code}."


def _duration_s(began: str | None, ended: str | None) -> float | None:
    if not began or not ended:
        return None
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()
