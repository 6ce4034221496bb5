"""Why a release did not become ready, from the states and logs of its containers."""

from lockstep_core.json_object import Json
from tests.stack.kube import condition, items, kubectl

LINES = "12"


def unready(namespace: str) -> str:
    """For each pod that is not ready: its phase, and the last lines of each container that ended badly."""
    return "\n".join(_words(namespace, pod) for pod in items("pod", namespace) if not _is_ready(pod))


def failing(pod: Json) -> dict[str, str]:
    """The reason of each container of a pod that waits after an error or ended badly, by the container's name."""
    status = pod.get("status") or {}
    states = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    return {state["name"]: reason for state in states if (reason := _reason(state["state"]))}


def _reason(state: Json) -> str:
    ended = state.get("terminated")
    if ended:
        return f"ended with {ended['exitCode']}" if ended["exitCode"] else ""
    reason = str((state.get("waiting") or {}).get("reason", ""))
    return "" if reason in {"PodInitializing", "ContainerCreating"} else reason


def _is_ready(pod: Json) -> bool:
    ended_well = (pod.get("status") or {}).get("phase") == "Succeeded"
    return ended_well or (condition(pod) or {}).get("status") == "True"


def _words(namespace: str, pod: Json) -> str:
    name = pod["metadata"]["name"]
    words = [f"pod {name} is not ready ({pod['status'].get('reason') or pod['status'].get('phase')})"]
    for container, reason in failing(pod).items():
        log = kubectl("-n", namespace, "logs", name, "-c", container, "--tail", LINES, check=False)
        words.append(f"  its container {container}: {reason}\n" + "".join(f"    {line}\n" for line in log.splitlines()))
    return "\n".join(words)
