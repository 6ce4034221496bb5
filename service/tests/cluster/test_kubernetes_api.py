"""The API client on a real API server, with a service account that has just the rights it needs."""

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from lockstep_core.json_object import Json
from lockstep_service.errors import Conflict, KindNotFound, NotFound, Refused, Unavailable
from lockstep_service.kubernetes_api import KubernetesApi, ResourceKind
from tests.stack.kube import kubectl

pytestmark = pytest.mark.cluster

RBAC = "rbac.authorization.k8s.io"
CONFIG_MAPS = ResourceKind("v1", "ConfigMap", "configmaps")
SECRETS = ResourceKind("v1", "Secret", "secrets")
ACCOUNTS = ResourceKind("lockstep.dev/v1alpha1", "CopierAccount", "copieraccounts")
NOT_INSTALLED = ResourceKind("example.org/v1", "Nothing", "nothings")
NAME = "tester"


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    name = f"service-test-{secrets.token_hex(3)}"
    _apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": NAME, "namespace": name}},
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "Role",
            "metadata": {"name": NAME, "namespace": name},
            "rules": [
                {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "create", "patch", "delete"]},
                {"apiGroups": ["example.org"], "resources": ["nothings"], "verbs": ["*"]},
                {"apiGroups": ["lockstep.dev"], "resources": ["copieraccounts"], "verbs": ["get", "create", "patch"]},
                {"apiGroups": ["lockstep.dev"], "resources": ["copieraccounts/status"], "verbs": ["patch"]},
            ],
        },
        {
            "apiVersion": f"{RBAC}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": NAME, "namespace": name},
            "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": NAME},
            "subjects": [{"kind": "ServiceAccount", "name": NAME, "namespace": name}],
        },
    )
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def credentials(namespace: str, tmp_path: Path) -> Path:
    """What the kubelet would mount."""
    (tmp_path / "ca.crt").write_bytes(base64.b64decode(_cluster()["certificate-authority-data"]))
    (tmp_path / "token").write_text(kubectl("-n", namespace, "create", "token", NAME))
    return tmp_path


@pytest.fixture
async def api(credentials: Path) -> AsyncIterator[KubernetesApi]:
    async with KubernetesApi(_cluster()["server"], credentials, NAME, 10) as client:
        yield client


def config_map(name: str, **data: str) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": {"of": "test"}}, "data": data}


async def test_what_was_applied_is_read_back_and_is_gone_after_its_deletion(api: KubernetesApi, namespace: str) -> None:
    await api.apply(CONFIG_MAPS, config_map("there", one="1"), namespace)
    found = await api.get(CONFIG_MAPS, "there", namespace)
    assert found is not None
    assert found["data"] == {"one": "1"}
    await api.delete(CONFIG_MAPS, "there", namespace)
    await api.delete(CONFIG_MAPS, "there", namespace)
    assert await api.get(CONFIG_MAPS, "there", namespace) is None


async def test_an_apply_leaves_the_fields_of_others_and_takes_over_its_own(api: KubernetesApi, namespace: str) -> None:
    await api.apply(CONFIG_MAPS, config_map("shared", mine="1"), namespace)
    others = {**config_map("shared", mine="2", theirs="3"), "metadata": {"name": "shared", "namespace": namespace}}
    kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=others", "-f", "-", stdin=json.dumps(others))
    applied = await api.apply(CONFIG_MAPS, config_map("shared", mine="1"), namespace)
    assert applied["data"] == {"mine": "1", "theirs": "3"}
    assert NAME in {entry["manager"] for entry in applied["metadata"]["managedFields"] if entry["operation"] == "Apply"}


async def test_all_pages_of_a_list_are_read_and_a_selector_selects(
    api: KubernetesApi, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lockstep_service.kubernetes_api._PAGE", 2)
    names = {f"listed-{n}" for n in range(5)}
    await asyncio.gather(*(api.apply(CONFIG_MAPS, config_map(name), namespace) for name in names))
    found = {each["metadata"]["name"] for each in await api.list(CONFIG_MAPS, namespace, "of=test")}
    assert names <= found
    assert await api.list(CONFIG_MAPS, namespace, "of=nobody") == []


async def test_what_exists_is_not_created_again(api: KubernetesApi, namespace: str) -> None:
    await api.create(CONFIG_MAPS, config_map("once"), namespace)
    with pytest.raises(Conflict):
        await api.create(CONFIG_MAPS, config_map("once"), namespace)


async def test_a_kind_that_is_not_installed_is_not_found(api: KubernetesApi, namespace: str) -> None:
    with pytest.raises(KindNotFound):
        await api.get(NOT_INSTALLED, "x", namespace)
    with pytest.raises(KindNotFound):
        await api.list(NOT_INSTALLED, namespace)


async def test_what_the_rights_do_not_cover_is_refused(api: KubernetesApi, namespace: str) -> None:
    with pytest.raises(Refused, match="forbidden"):
        await api.list(SECRETS, namespace)


async def test_an_object_that_breaks_the_schema_is_refused(api: KubernetesApi, namespace: str) -> None:
    with pytest.raises(Refused):
        await api.create(CONFIG_MAPS, config_map("Not A Name"), namespace)


async def test_a_token_is_read_anew_before_each_call(api: KubernetesApi, credentials: Path, namespace: str) -> None:
    good = (credentials / "token").read_text()
    await api.list(CONFIG_MAPS, namespace)
    (credentials / "token").write_text("expired")
    with pytest.raises(Unavailable, match="401"):
        await api.list(CONFIG_MAPS, namespace)
    (credentials / "token").write_text(good)
    await api.list(CONFIG_MAPS, namespace)


async def test_a_status_is_written_only_to_the_version_that_was_read(api: KubernetesApi, namespace: str) -> None:
    made = await api.apply(ACCOUNTS, account(), namespace)
    read = made["metadata"]
    written = await api.apply_status(ACCOUNTS, status(read["name"], read["uid"], read["resourceVersion"]), namespace)
    assert written["status"]["epoch"] == 7
    with pytest.raises(Conflict):
        await api.apply_status(ACCOUNTS, status(read["name"], read["uid"], read["resourceVersion"]), namespace)
    with pytest.raises(NotFound):
        await api.apply_status(ACCOUNTS, status("account-of-nobody", read["uid"]), namespace)


def account() -> Json:
    name = "account-0b1c2d3e-0000-4000-8000-00000000000a"
    spec = {
        "accountId": name.removeprefix("account-"),
        "userId": "0b1c2d3e-0000-4000-8000-00000000000b",
        "platform": "MT5",
        "environment": "Demo",
        "login": "4711",
        "server": "NoSuchBroker-Demo",
        "role": "Master",
        "operatingMode": "Suspended",
        "credentials": {"secretName": name, "version": 1},
    }
    return {"apiVersion": ACCOUNTS.api_version, "kind": ACCOUNTS.name, "metadata": {"name": name}, "spec": spec}


def status(name: str, uid: str, resource_version: str | None = None) -> Json:
    guard = {"resourceVersion": resource_version} if resource_version else {}
    metadata = {"name": name, "uid": uid, **guard}
    return {
        "apiVersion": ACCOUNTS.api_version,
        "kind": ACCOUNTS.name,
        "metadata": metadata,
        "status": {"epoch": 7},
    }


def _cluster() -> Json:
    view = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
    found: Json = view["clusters"][0]["cluster"]
    return found


def _apply(*objects: Json) -> None:
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))
