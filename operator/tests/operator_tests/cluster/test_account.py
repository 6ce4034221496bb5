"""An account's life on a real cluster: every rule is the API server's and the operator's own."""

import json
import uuid
from collections.abc import Iterator

import pytest

from lockstep_core.json_object import Json

from .kube import Account, KubectlFailed, kubectl, within

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account(str(uuid.uuid4()))
    made.apply(operatingMode="Suspended")
    yield made
    kubectl("delete", "copieraccount", made.name, "--ignore-not-found", "--wait=false")


def started(account: Account, after: int = 0) -> Json:
    """The account's pod of an epoch after that one."""

    def newest() -> Json | None:
        pods = [pod for pod in account.pods() if int(pod["metadata"]["labels"]["lockstep.dev/epoch"]) > after]
        return max(pods, key=epoch_of, default=None)

    return within(90, "a pod", newest)


def epoch_of(pod: Json) -> int:
    return int(pod["metadata"]["labels"]["lockstep.dev/epoch"])


def reason_within(account: Account, seconds: float, reason: str) -> None:
    within(seconds, f"reason {reason}", lambda: account.status().get("reason") == reason or None)


def test_no_pod_starts_before_its_password_is_in_the_cluster(account: Account) -> None:
    account.apply()
    reason_within(account, 20, "CredentialsMissing")
    assert account.pods() == []


def test_a_password_brings_a_pod_and_a_new_one_a_new_pod(account: Account) -> None:
    account.start()
    first = started(account)
    assert first["metadata"]["name"] == f"{account.name}-{epoch_of(first)}"
    assert first["metadata"]["ownerReferences"][0]["uid"] == account.uid()
    assert account.status()["epoch"] >= epoch_of(first)
    account.seal(version=2)
    account.apply(version=2)
    second = started(account, after=epoch_of(first))
    assert epoch_of(second) > epoch_of(first)


def test_the_operator_posts_events_and_writes_with_server_side_apply(account: Account) -> None:
    account.start()
    started(account)
    events = json.loads(kubectl("get", "events", "--field-selector", f"involvedObject.name={account.name}", "-o", "json"))
    assert "Suspended" in {event["reason"] for event in events["items"]}
    shown = json.loads(kubectl("get", "copieraccount", account.name, "-o", "json", "--show-managed-fields"))
    fields = shown["metadata"]["managedFields"]
    assert ("lockstep-operator", "Apply", "status") in {(f["manager"], f["operation"], f.get("subresource")) for f in fields}
    assert "finalizers" not in shown["metadata"]
    assert "annotations" not in shown["metadata"]


def test_a_suspended_account_has_no_pod_and_comes_back(account: Account) -> None:
    account.start()
    first = started(account)
    account.apply(operatingMode="Suspended")
    within(60, "no pod", lambda: not account.pods() or None)
    reason_within(account, 10, "Suspended")
    account.apply(operatingMode="Running")
    assert epoch_of(started(account, after=epoch_of(first))) > epoch_of(first)


@pytest.mark.parametrize(
    "change", [{"login": "1"}, {"server": "Other"}, {"platform": "MT4"}, {"accountId": str(uuid.UUID(int=1))}]
)
def test_who_an_account_is_cannot_be_changed(account: Account, change: Json) -> None:
    with pytest.raises(KubectlFailed, match=r"cannot be changed|changes only together|must be account-"):
        account.apply(**change)


@pytest.mark.parametrize("change", [{"login": "12a"}, {"role": "Boss"}, {"environment": "Test"}, {"server": ""}])
def test_what_breaks_the_schema_is_refused(account: Account, change: Json) -> None:
    with pytest.raises(KubectlFailed, match=r"Invalid|Unsupported"):
        account.apply(**change)


def test_a_deleted_account_leaves_nothing(account: Account) -> None:
    account.start()
    started(account)
    kubectl("delete", "copieraccount", account.name)
    within(90, "nothing left", lambda: not account.left() or None)
