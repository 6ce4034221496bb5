"""Decides which pod may have a password or a ticket. Pure: plain data in; an identity, a grant or a typed error out."""

from dataclasses import dataclass
from uuid import UUID

from lockstep_core.resources.copier_account import CopierAccountSpec
from lockstep_core.resources.names import account_name, pod_name
from lockstep_keyring.errors import EpochSuperseded, NotThisPod, Unauthenticated

AUDIENCE = "lockstep-keyring"


@dataclass(frozen=True, slots=True)
class ClaimedPod:
    """The pod that a caller claims to be: that of this account in this epoch."""

    account: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """The result of a TokenReview of the caller's token."""

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
    spec: CopierAccountSpec


@dataclass(frozen=True, slots=True)
class Identity:
    """A pod whose token is valid. Whether it is the account's current pod is not checked yet."""

    pod_name: str
    pod_uid: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission to have the password and the tickets of this account in this epoch. `spec` is that of its CopierAccount."""

    account: UUID
    epoch: int
    pod_name: str
    spec: CopierAccountSpec


def identify(claims: TokenClaims, claimed: ClaimedPod, namespace: str) -> Identity:
    """The pod that is calling. Raises Unauthenticated or NotThisPod."""
    if not claims.authenticated or AUDIENCE not in claims.audiences:
        raise Unauthenticated("The token is not valid for the keyring; read it again.")
    if claims.username != f"system:serviceaccount:{namespace}:{account_name(claimed.account)}":
        raise NotThisPod("The token belongs to another service account than the account's own.")
    if not claims.pod_name or not claims.pod_uid:
        raise NotThisPod("The token is not bound to a pod.")
    if claims.pod_name != pod_name(claimed.account, claimed.epoch):
        raise NotThisPod("The token is bound to another pod than the one of this account and epoch.")
    return Identity(claims.pod_name, claims.pod_uid)


def grant(identity: Identity, pod: ObservedPod | None, account: ObservedAccount | None, claimed: ClaimedPod) -> Grant:
    """The grant for an identified pod. Raises NotThisPod or EpochSuperseded."""
    if account is None or account.deleting or account.spec.account_id != claimed.account:
        raise NotThisPod("The account does not exist or is being deleted.")
    if pod is None or pod.name != identity.pod_name or pod.uid != identity.pod_uid:
        raise NotThisPod("The pod that the token is bound to does not exist any more.")
    if pod.finished:
        raise NotThisPod("The pod that the token is bound to is ending.")
    if pod.service_account != account_name(claimed.account):
        raise NotThisPod("The pod does not run as the account's service account.")
    if account.uid not in pod.owner_uids:
        raise NotThisPod("The pod is not owned by the account.")
    if account.epoch != claimed.epoch:
        raise EpochSuperseded(f"The account is in epoch {account.epoch}, the pod in {claimed.epoch}.")
    return Grant(claimed.account, claimed.epoch, identity.pod_name, account.spec)
