"""What was observed, as plain data, and how it is read out of API objects."""

import json
from dataclasses import dataclass
from datetime import datetime

from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import Environment
from lockstep_core.resources.names import parse_pod_name
from lockstep_core.resources.reasons import Reason, parse_reason

REVISION_ANNOTATION = "lockstep.dev/revision"
MAX_MESSAGE = 400
_FINISHED = {"Succeeded", "Failed"}


@dataclass(frozen=True, slots=True)
class End:
    """Why and how a pod ended; `ran_s` is None if it never ran."""

    reason: Reason
    message: str
    ran_s: float | None


@dataclass(frozen=True, slots=True)
class PodFacts:
    """A terminal pod. `deletion_deadline` is when its grace period ends, None while nobody deletes it."""

    name: str
    epoch: int
    owner_uid: str
    revision: str
    scheduled: bool
    running: bool
    ready: bool
    trouble: str
    deletion_deadline: datetime | None = None
    end: End | None = None


@dataclass(frozen=True, slots=True)
class RouterState:
    """What the router wrote about an account's session, and of which epoch. A word of another version is no `reason`."""

    state: str
    reason: Reason | None
    message: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Shard:
    """A router that terminals can be sent to."""

    name: str
    environment: Environment
    trades_endpoint: str
    ticks_endpoint: str
    curve_public_key: str


@dataclass(frozen=True, slots=True)
class Observed:
    """All that a decision about an account rests on besides the CopierAccount itself.

    `wished_revision` is the revision a pod built now would have, None if none can be built, for the reason in `obstacle`.
    """

    pods: tuple[PodFacts, ...]
    router: RouterState | None
    wished_revision: str | None
    obstacle: tuple[Reason, str] | None = None


def pod_facts(raw: Json) -> PodFacts | None:
    """The facts of a pod, None if its name is no terminal pod's."""
    metadata, status = raw["metadata"], raw.get("status", {})
    parsed = parse_pod_name(metadata["name"])
    if parsed is None:
        return None
    conditions = {item["type"]: item for item in status.get("conditions", ())}
    deadline = metadata.get("deletionTimestamp")
    return PodFacts(
        name=metadata["name"],
        epoch=parsed[1],
        owner_uid=next((owner["uid"] for owner in metadata.get("ownerReferences", ())), ""),
        revision=metadata.get("annotations", {}).get(REVISION_ANNOTATION, ""),
        scheduled=_is_true(conditions.get("PodScheduled")),
        running=status.get("phase") == "Running",
        ready=_is_true(conditions.get("Ready")),
        trouble=_trouble(status, conditions.get("PodScheduled", {})),
        deletion_deadline=datetime.fromisoformat(deadline) if deadline else None,
        end=_end(status) if status.get("phase") in _FINISHED else None,
    )


def _is_true(condition: Json | None) -> bool:
    return condition is not None and condition.get("status") == "True"


def _trouble(status: Json, scheduled: Json) -> str:
    """What keeps a pod from running, empty if nothing is known to."""
    if scheduled.get("reason") == "Unschedulable":
        return clean(scheduled.get("message", ""))
    for container in status.get("containerStatuses", ()):
        waiting = container.get("state", {}).get("waiting", {})
        if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
            return clean(f"{waiting['reason']}: {waiting.get('message', '')}")
    return ""


def _end(status: Json) -> End:
    containers = status.get("containerStatuses", ())
    terminated = next((item["state"]["terminated"] for item in containers if "terminated" in item.get("state", {})), None)
    if terminated is None:
        text = f"{status.get('reason', 'The pod ended')}: {status.get('message', 'no container ran')}"
        return End(Reason.RESTARTING, clean(text), None)
    return _end_of_container(terminated)


def _end_of_container(terminated: Json) -> End:
    ran_s = _duration_s(terminated.get("startedAt"), terminated.get("finishedAt"))
    fallback = _by_exit(terminated)
    reason, message = parse_termination(terminated.get("message", "")) or fallback
    return End(reason or fallback[0], message, ran_s)


def _by_exit(terminated: Json) -> tuple[Reason, str]:
    """What Kubernetes alone knows of a container's end."""
    if terminated.get("reason") == "OOMKilled":
        return Reason.TERMINAL_CRASHED, "The terminal used more memory than it may."
    code = terminated.get("exitCode")
    if code == 0:
        return Reason.RESTARTING, "The terminal was stopped."
    return Reason.TERMINAL_CRASHED, f"The pod's first process ended with status {code}."


def parse_termination(text: str) -> tuple[Reason | None, str] | None:
    """What an agent's termination message says, None if it is none."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    word = said.get("reason")
    return told(word, str(said.get("message", ""))) if isinstance(word, str) and word else None


def told(word: str | None, message: str) -> tuple[Reason | None, str]:
    """(reason, message) as another process told them. A word of another version is no reason here; the message shows it."""
    reason = parse_reason(word)
    unknown = word if reason is None else None
    return reason, clean(": ".join(filter(None, (unknown, message))))


def _duration_s(began: str | None, ended: str | None) -> float | None:
    if not began or not ended:
        return None
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def clean(text: str) -> str:
    """Text from elsewhere as one bounded, printable line."""
    return "".join(char if char.isprintable() else " " for char in text)[:MAX_MESSAGE].strip()
