"""Which pod may have what. Pure: plain facts in, an identity or a grant out, a typed refusal otherwise."""

from dataclasses import dataclass
from uuid import UUID

from lockstep_core.resources.names import account_name, pod_name
from lockstep_keyring.errors import EpochSuperseded, NotThisPod, Unauthenticated

AUDIENCE = "lockstep-keyring"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller claims to be: the pod of this account in this epoch."""

    account: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What Kubernetes says of the caller's token (TokenReview)."""

    authenticated: bool
    audiences: tuple[str, ...]
    username: str
    pod_name: str | None
    pod_uid: str | None


@dataclass(frozen=True, slots=True)
class ObservedPod:
    """The pod that the token is bound to, as the API server holds it now."""

    name: str
    uid: str
    service_account: str
    owner_uids: tuple[str, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class ObservedAccount:
    """The CopierAccount of the claimed account as the API server holds it now."""

    uid: str
    epoch: int
    deleting: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """A pod whose token is good; that it is the right pod is not known yet."""

    pod_name: str
    pod_uid: str


@dataclass(frozen=True, slots=True)
class Grant:
    """The caller may have what belongs to this account in this epoch."""

    account: UUID
    epoch: int
    pod_name: str


def identify(claims: Claims, wanted: Wanted, namespace: str) -> Identity:
    """Who is calling. Raises Unauthenticated or NotThisPod."""
    if not claims.authenticated or AUDIENCE not in claims.audiences:
        raise Unauthenticated("The token is not valid for the keyring; read it again.")
    if claims.username != f"system:serviceaccount:{namespace}:{account_name(wanted.account)}":
        raise NotThisPod("The token belongs to another service account than the account's own.")
    if not claims.pod_name or not claims.pod_uid:
        raise NotThisPod("The token is not bound to a pod.")
    if claims.pod_name != pod_name(wanted.account, wanted.epoch):
        raise NotThisPod("The token is bound to another pod than the one of this account and epoch.")
    return Identity(claims.pod_name, claims.pod_uid)


def grant(identity: Identity, pod: ObservedPod | None, account: ObservedAccount | None, wanted: Wanted) -> Grant:
    """What the identified pod may have. Raises NotThisPod or EpochSuperseded."""
    if account is None or account.deleting:
        raise NotThisPod("The account does not exist or is being deleted.")
    if pod is None or pod.name != identity.pod_name or pod.uid != identity.pod_uid:
        raise NotThisPod("The pod that the token is bound to does not exist any more.")
    if pod.finished:
        raise NotThisPod("The pod that the token is bound to is ending.")
    if pod.service_account != account_name(wanted.account):
        raise NotThisPod("The pod does not run as the account's service account.")
    if account.uid not in pod.owner_uids:
        raise NotThisPod("The pod is not owned by the account.")
    if account.epoch != wanted.epoch:
        raise EpochSuperseded(f"The account is in epoch {account.epoch}, the pod in {wanted.epoch}.")
    return Grant(wanted.account, wanted.epoch, identity.pod_name)
