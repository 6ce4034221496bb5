"""The observed state of an account as plain data, and how it is read out of API objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lockstep_core.accounts import Trading
from lockstep_core.json_object import Json
from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_core.resources.names import ACCOUNT_LABEL, account_name, parse_account_name, parse_pod_name
from lockstep_core.resources.reasons import Reason
from lockstep_operator.foreign_text import clean
from lockstep_operator.pod_ends import PodEnd, end_of

REVISION_ANNOTATION = "lockstep.dev/revision"
_FINISHED = {"Succeeded", "Failed"}


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
    created: datetime | None = None
    node: str = ""


@dataclass(frozen=True, slots=True)
class RouterState:
    """The state that the router wrote for the account's session, and the epoch that it is for.

    `reason` is None if a router of another version wrote a reason that is unknown here. `trading` is a word of
    `lockstep_core.accounts.Trading`, or one of another version.
    """

    state: str
    reason: Reason | None
    message: str
    epoch: int
    trading: str = Trading.UNKNOWN.value


@dataclass(frozen=True, slots=True)
class Shard:
    """A router that has registered. Terminals learn its address and key from the keyring."""

    name: str
    environment: SpecEnvironment


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything that a decision for an account needs besides the CopierAccount itself.

    `desired_revision` is the revision that a pod built now would have. It is None if no pod can be built, and then
    `obstacle` says why. `unknown` names living pods that carry the account's name, label or service account although the
    operator did not make them. `secret_version` is the resourceVersion of the Secret, None if it was not read.
    `spent_epoch` is the newest epoch of which this operator has seen a pod, even if that pod is gone.
    """

    pods: tuple[PodFacts, ...]
    router: RouterState | None
    desired_revision: str | None
    obstacle: tuple[Reason, str] | None = None
    unknown: tuple[str, ...] = ()
    secret_version: str | None = None
    spent_epoch: int = 0


def is_terminal_of(account: UUID, raw: Json) -> bool:
    """Whether this pod is a terminal of the account: by its name and its service account, which nobody can change.

    The keyring gives the account's password to no other pod. Labels and owner references can be edited by hand.
    """
    parsed = parse_pod_name(raw["metadata"]["name"])
    return parsed is not None and parsed[0] == account and _runs_as(raw) == account_name(account)


def unknown_pods(account: UUID, raws: Iterable[Json]) -> tuple[str, ...]:
    """The names of the living pods among these that are no account's terminal, each once."""
    unknown = {raw["metadata"]["name"] for raw in raws if is_living(raw) and not is_terminal_of(_named(raw) or account, raw)}
    return tuple(sorted(unknown))


def is_living(raw: Json) -> bool:
    """Whether the pod has not ended."""
    return raw.get("status", {}).get("phase") not in _FINISHED


def looks_like(raw: Json) -> frozenset[UUID]:
    """The accounts whose pod this seems to be: by its name, its label or its service account."""
    label = str(raw["metadata"].get("labels", {}).get(ACCOUNT_LABEL, ""))
    seeming = (_named(raw), parse_account_name(f"account-{label}"), parse_account_name(_runs_as(raw)))
    return frozenset(account for account in seeming if account is not None)


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
        deletion_deadline=_moment(deadline),
        created=_moment(metadata.get("creationTimestamp")),
        node=str(raw.get("spec", {}).get("nodeName") or ""),
        end=end_of(status) if status.get("phase") in _FINISHED else None,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
