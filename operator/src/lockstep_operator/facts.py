"""The observed state of an account as plain data, and how it is read out of API objects."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lockstep_core.accounts import Trading
from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import Environment
from lockstep_core.resources.names import account_name, parse_pod_name
from lockstep_core.resources.reasons import Reason, parse_reason

REVISION_ANNOTATION = "lockstep.dev/revision"
MAX_MESSAGE = 400
_FINISHED = {"Succeeded", "Failed"}
# What no pod can end with. One that says so all the same is judged by its exit code.
_NO_ENDS = {Reason.READY, Reason.SUSPENDED, Reason.POD_REFUSED, Reason.POD_UNKNOWN}


@dataclass(frozen=True, slots=True)
class PodEnd:
    """Why a pod ended. `ran_s` is how long its container ran, None if it never did."""

    reason: Reason
    message: str
    ran_s: float | None


@dataclass(frozen=True, slots=True)
class PodFacts:
    """A terminal pod. `trouble` says what keeps it from running, empty if nothing is known.

    `deletion_deadline` is when the grace period of its deletion ends, None while it is not being deleted.
    """

    name: str
    uid: str
    epoch: int
    owner_uids: frozenset[str]
    revision: str
    scheduled: bool
    running: bool
    ready: bool
    trouble: str
    deletion_deadline: datetime | None = None
    end: PodEnd | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RouterState:
    """The state of an account's session that the router wrote, and the epoch it is for.

    `reason` is None where the router is of another version and wrote a reason that is not known here. `trading` is a word of
    `lockstep_core.accounts.Trading`, or one of another version.
    """

    state: str
    reason: Reason | None
    message: str
    epoch: int
    trading: str = Trading.UNKNOWN.value


@dataclass(frozen=True, slots=True)
class Shard:
    """A router that has announced itself. Where it is and which key it has is told to terminals by the keyring."""

    name: str
    environment: Environment


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything that a decision for an account needs besides the CopierAccount itself.

    `wished_revision` is the revision that a pod built now would have. It is None if no pod can be built, and then
    `obstacle` says why. `unknown` names living pods that pass for the account's and that the operator did not make.
    `secret_version` is the resourceVersion of the Secret, None if it was not looked at.
    """

    pods: tuple[PodFacts, ...]
    router: RouterState | None
    wished_revision: str | None
    obstacle: tuple[Reason, str] | None = None
    unknown: tuple[str, ...] = ()
    secret_version: str | None = None


def is_terminal_of(account: UUID, raw: Json) -> bool:
    """Whether this pod is a terminal of the account: by its name and its service account, which nobody can change.

    The keyring gives the account's password to no other pod. Labels and owner references can be edited by hand.
    """
    parsed = parse_pod_name(raw["metadata"]["name"])
    return parsed is not None and parsed[0] == account and _runs_as(raw) == account_name(account)


def unknown_pods(account: UUID, raws: Iterable[Json]) -> tuple[str, ...]:
    """The names of those pods that live and are no account's terminal, each once."""
    unknown = {
        raw["metadata"]["name"]
        for raw in raws
        if raw.get("status", {}).get("phase") not in _FINISHED and not is_terminal_of(_named(raw) or account, raw)
    }
    return tuple(sorted(unknown))


def _named(raw: Json) -> UUID | None:
    """The account in a pod's name."""
    parsed = parse_pod_name(raw["metadata"]["name"])
    return parsed[0] if parsed else None


def _runs_as(raw: Json) -> str:
    return str(raw.get("spec", {}).get("serviceAccountName", ""))


def pod_facts(raw: Json) -> PodFacts | None:
    """The facts of a pod, None if its name is not that of a terminal pod."""
    metadata, status = raw["metadata"], raw.get("status", {})
    parsed = parse_pod_name(metadata["name"])
    if parsed is None:
        return None
    conditions = {item["type"]: item for item in status.get("conditions", ())}
    deadline = metadata.get("deletionTimestamp")
    return PodFacts(
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        epoch=parsed[1],
        owner_uids=frozenset(owner["uid"] for owner in metadata.get("ownerReferences", ())),
        labels=metadata.get("labels", {}),
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
    """What keeps a pod from running, empty if nothing is known."""
    if scheduled.get("reason") == "Unschedulable":
        return clean(scheduled.get("message", ""))
    for container in status.get("containerStatuses", ()):
        waiting = container.get("state", {}).get("waiting", {})
        if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
            return clean(f"{waiting['reason']}: {waiting.get('message', '')}")
    return ""


def _end(status: Json) -> PodEnd:
    containers = status.get("containerStatuses", ())
    terminated = next((item["state"]["terminated"] for item in containers if "terminated" in item.get("state", {})), None)
    if terminated is None:
        text = f"{status.get('reason', 'The pod ended')}: {status.get('message', 'no container ran')}"
        return PodEnd(Reason.RESTARTING, clean(text), None)
    return _end_of_container(terminated)


def _end_of_container(terminated: Json) -> PodEnd:
    ran_s = _duration_s(terminated.get("startedAt"), terminated.get("finishedAt"))
    fallback = _by_exit(terminated)
    reason, message = parse_termination(terminated.get("message", "")) or fallback
    return PodEnd(fallback[0] if reason is None or reason in _NO_ENDS else reason, message, ran_s)


def _by_exit(terminated: Json) -> tuple[Reason, str]:
    """The reason and message of a container's end by what Kubernetes reports, without the agent's own message."""
    if terminated.get("reason") == "OOMKilled":
        return Reason.TERMINAL_CRASHED, "The terminal used more memory than it may."
    code = terminated.get("exitCode")
    if code == 0:
        return Reason.RESTARTING, "The terminal was stopped."
    return Reason.TERMINAL_CRASHED, f"The pod's first process ended with status {code}."


def parse_termination(text: str) -> tuple[Reason | None, str] | None:
    """The reason and message in an agent's termination message, None if the text is not one."""
    try:
        reported = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(reported, dict):
        return None
    word = reported.get("reason")
    return reported_reason(word, str(reported.get("message", ""))) if isinstance(word, str) and word else None


def reported_reason(word: str | None, message: str) -> tuple[Reason | None, str]:
    """(reason, message) that another process reported. An unknown reason becomes None, and the message names it."""
    # The other process may be of another version and know reasons that this one does not.
    reason = parse_reason(word)
    unknown = word if reason is None else None
    return reason, clean(": ".join(filter(None, (unknown, message))))


def _duration_s(began: str | None, ended: str | None) -> float | None:
    if not began or not ended:
        return None
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()


def clean(text: str) -> str:
    """Text of another process as one printable line of bounded length."""
    return "".join(char if char.isprintable() else " " for char in text)[:MAX_MESSAGE].strip()
