"""What people do by hand to the operator's objects on a real cluster: it is put right, and no second terminal starts."""

import base64
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lockstep_core.json_object import Json

from .kube import Account, KubectlFailed, kubectl, within
from .rows import Person, somebody
from .test_account import reason_within, started

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture
def account() -> Iterator[Account]:
    made = Account(str(uuid.uuid4()))
    made.apply(operatingMode="Suspended")
    yield made
    kubectl("delete", "copieraccount", made.name, "--ignore-not-found", "--wait=false")


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    with somebody() as made:
        yield made


def metadata_of(pod: str) -> Json:
    found: Json = json.loads(kubectl("get", "pod", pod, "-o", "json"))["metadata"]
    return found


def pods_running_as(account: Account) -> list[Json]:
    selector = f"spec.serviceAccountName={account.name}"
    found: list[Json] = json.loads(kubectl("get", "pods", "--field-selector", selector, "-o", "json"))["items"]
    return found


def test_a_pod_whose_labels_were_removed_stays_the_only_one_and_gets_them_back(account: Account) -> None:
    account.start()
    pod = started(account)
    name, labels = pod["metadata"]["name"], pod["metadata"]["labels"]
    kubectl("label", "pod", name, *(f"{label}-" for label in labels))
    within(30, "its labels", lambda: metadata_of(name).get("labels") == labels or None)
    assert [each["metadata"]["uid"] for each in pods_running_as(account)] == [pod["metadata"]["uid"]]


def test_a_pod_whose_owner_was_removed_stays_the_only_one_and_gets_it_back(account: Account) -> None:
    account.start()
    name = started(account)["metadata"]["name"]
    within(30, "its uid in the status", lambda: account.status().get("podUid"))
    kubectl("patch", "pod", name, "--type=json", "-p", '[{"op": "remove", "path": "/metadata/ownerReferences"}]')
    owners: list[Json] = within(30, "its owner", lambda: metadata_of(name).get("ownerReferences") or None)
    assert owners[0]["uid"] == account.uid()
    assert len(pods_running_as(account)) == 1


def pod_by_hand(name: str, service_account: str, labels: Json) -> Json:
    """A pod that the namespace admits and whose image does not exist."""
    restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    spec = {
        "serviceAccountName": service_account,
        "automountServiceAccountToken": False,
        "securityContext": {"runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "nothing", "image": "nothing.invalid/nothing:1", "securityContext": restricted}],
        "terminationGracePeriodSeconds": 0,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}


def test_beside_a_pod_that_passes_for_the_accounts_none_is_started(account: Account) -> None:
    account.seal()
    service_account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account.name}}
    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(service_account))
    copy = f"copy-of-{account.id}"
    kubectl("create", "-f", "-", stdin=json.dumps(pod_by_hand(copy, account.name, {})))
    try:
        account.apply()
        reason_within(account, 30, "PodUnknown")
        assert copy in account.status()["message"]
        assert [pod["metadata"]["name"] for pod in pods_running_as(account)] == [copy]
    finally:
        kubectl("delete", "pod", copy, "--wait=true")
    started(account)


def test_a_refused_pod_costs_no_epoch_is_explained_and_heals(account: Account) -> None:
    with refusing(account):
        account.start()
        reason_within(account, 30, "PodRefused")
        first = account.status()
        assert "not today" in first["message"]
        assert "podUid" not in first
        within(60, "two more tries", lambda: account.status()["failures"] >= first["failures"] + 2 or None)
        status = account.status()
        assert (status["reason"], status["epoch"]) == ("PodRefused", first["epoch"])
        # 5 s, 10 s, 20 s: in a minute a refused account is not tried more than a few times.
        assert status["failures"] <= 5
    pod = started(account)
    assert pod["metadata"]["name"] == f"{account.name}-{first['epoch']}"


@contextmanager
def refusing(account: Account) -> Iterator[None]:
    """An admission policy that refuses this account's pods while the block runs."""
    name = f"refuse-{account.id}"
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    label = "object.metadata.labels['lockstep.dev/account']"
    condition = (
        f"has(object.metadata.labels) && 'lockstep.dev/account' in object.metadata.labels && {label} == '{account.id}'"
    )
    policy = {
        "failurePolicy": "Fail",
        "matchConstraints": {"resourceRules": rules},
        "matchConditions": [{"name": "this-account", "expression": condition}],
        "validations": [{"expression": "false", "message": "not today"}],
    }
    binding = {"policyName": name, "validationActions": ["Deny"]}
    kinds = {"ValidatingAdmissionPolicy": policy, "ValidatingAdmissionPolicyBinding": binding}
    try:
        for kind, spec in kinds.items():
            made = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
            kubectl("apply", "-f", "-", stdin=json.dumps(made))
        within(30, "a policy that refuses", lambda: _refuses(account) or None)
        yield
    finally:
        for kind in reversed(kinds):
            kubectl("delete", kind.lower(), name, "--ignore-not-found")


def _refuses(account: Account) -> bool:
    """Whether the API server applies the policy already, which takes a moment."""
    probe = pod_by_hand(f"probe-{account.id}", "default", {"lockstep.dev/account": account.id})
    try:
        kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(probe))
    except KubectlFailed as error:
        return "not today" in str(error)
    return False


def secret_of(account: Account) -> Json | None:
    raw = kubectl("get", "secret", account.name, "-o", "json", "--ignore-not-found")
    return json.loads(raw)["data"] if raw.strip() else None


def test_a_secret_that_was_edited_or_deleted_is_put_right(person: Person) -> None:
    account = person.add(1)
    data = within(60, "its Secret", lambda: secret_of(account))
    other = base64.b64encode(b"other").decode()
    kubectl("patch", "secret", account.name, "-p", json.dumps({"data": {"sealed": other}}))
    within(20, "its old content", lambda: secret_of(account) == data or None)
    kubectl("delete", "secret", account.name)
    within(20, "its Secret again", lambda: secret_of(account) == data or None)


def test_a_spec_that_was_edited_is_put_right(person: Person) -> None:
    account = person.add(2)
    spec = within(60, "its CopierAccount", lambda: _spec(account))
    for change in ({"shard": "demo-9"}, {"operatingMode": "Running"}, {"role": "Master"}):
        kubectl("patch", "copieraccount", account.name, "--type=merge", "-p", json.dumps({"spec": change}))
        within(20, f"its spec after {change}", lambda: _spec(account) == spec or None)
    assert account.pods() == []


def _spec(account: Account) -> Json | None:
    raw = kubectl("get", "copieraccount", account.name, "-o", "json", "--ignore-not-found")
    return json.loads(raw)["spec"] if raw.strip() else None


@pytest.mark.parametrize("server", ["Broker-\N{ROCKET}-Demo", "Broker $(LOCKSTEP_LOGIN) $$ \N{ARABIC LETTER BEH}"])
def test_a_server_of_any_characters_reaches_the_terminal(person: Person, server: str) -> None:
    account = person.add(3 + len(server), server, mode="running")
    spec = within(60, "its CopierAccount", lambda: _spec(account))
    assert spec["server"] == server
    (container,) = started(account)["spec"]["containers"]
    values = {each["name"]: each.get("value") for each in container["env"]}
    assert values["LOCKSTEP_SERVER"] == server.replace("$", "$$")
