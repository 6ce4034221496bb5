"""Who gets a password: one row per rule, each breaking exactly one."""

from dataclasses import replace

import pytest

from lockstep_keyring.errors import EpochSuperseded, KeyringError, NotThisPod, Unauthenticated
from lockstep_keyring.grant import ClaimedPod, Grant, Identity, ObservedAccount, ObservedPod, TokenClaims, grant, identify

from .sample_account import ACCOUNT, OTHER, SPEC

NAMESPACE = "lockstep-terminals"
WANTED = ClaimedPod(ACCOUNT, 7)
POD = f"account-{ACCOUNT}-7"
CLAIMS = TokenClaims(
    authenticated=True,
    audiences=("lockstep-keyring",),
    username=f"system:serviceaccount:{NAMESPACE}:account-{ACCOUNT}",
    pod_name=POD,
    pod_uid="pod-uid",
)
OBSERVED = ObservedPod(POD, "pod-uid", f"account-{ACCOUNT}", ("cr-uid",), finished=False)
RESOURCE = ObservedAccount("cr-uid", 7, deleting=False, spec=SPEC)


def test_the_pod_of_the_account_and_epoch_is_granted() -> None:
    identity = identify(CLAIMS, WANTED, NAMESPACE)
    assert identity == Identity(POD, "pod-uid")
    assert grant(identity, OBSERVED, RESOURCE, WANTED) == Grant(ACCOUNT, 7, POD, SPEC)


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        (replace(CLAIMS, authenticated=False), Unauthenticated),
        (replace(CLAIMS, audiences=()), Unauthenticated),
        (replace(CLAIMS, audiences=("https://kubernetes.default.svc",)), Unauthenticated),
        (replace(CLAIMS, username=f"system:serviceaccount:{NAMESPACE}:account-{OTHER}"), NotThisPod),
        (replace(CLAIMS, username=f"system:serviceaccount:elsewhere:account-{ACCOUNT}"), NotThisPod),
        (replace(CLAIMS, username="system:admin"), NotThisPod),
        (replace(CLAIMS, pod_name=None), NotThisPod),
        (replace(CLAIMS, pod_uid=None), NotThisPod),
        (replace(CLAIMS, pod_name=f"account-{ACCOUNT}-8"), NotThisPod),
        (replace(CLAIMS, pod_name=f"account-{OTHER}-7"), NotThisPod),
        (replace(CLAIMS, pod_name="something-else"), NotThisPod),
    ],
)
def test_a_token_of_anything_else_is_refused(claims: TokenClaims, error: type[KeyringError]) -> None:
    with pytest.raises(error):
        identify(claims, WANTED, NAMESPACE)


@pytest.mark.parametrize(
    ("pod", "resource", "error"),
    [
        (None, RESOURCE, NotThisPod),
        (replace(OBSERVED, uid="another pod of the same name"), RESOURCE, NotThisPod),
        (replace(OBSERVED, finished=True), RESOURCE, NotThisPod),
        (replace(OBSERVED, service_account="default"), RESOURCE, NotThisPod),
        (replace(OBSERVED, owner_uids=()), RESOURCE, NotThisPod),
        (replace(OBSERVED, owner_uids=("a CopierAccount that was deleted",)), RESOURCE, NotThisPod),
        (OBSERVED, None, NotThisPod),
        (OBSERVED, replace(RESOURCE, deleting=True), NotThisPod),
        (OBSERVED, replace(RESOURCE, spec=SPEC.model_copy(update={"account_id": OTHER})), NotThisPod),
        (OBSERVED, replace(RESOURCE, epoch=8), EpochSuperseded),
        (OBSERVED, replace(RESOURCE, epoch=6), EpochSuperseded),
    ],
)
def test_a_pod_that_is_not_the_accounts_now_is_refused(
    pod: ObservedPod | None, resource: ObservedAccount | None, error: type[KeyringError]
) -> None:
    with pytest.raises(error):
        grant(Identity(POD, "pod-uid"), pod, resource, WANTED)
