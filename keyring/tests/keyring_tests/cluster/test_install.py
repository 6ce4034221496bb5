"""The job before an installation, on a real API server, with the rights that the chart gives it."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockstep_core.json_object import Json
from lockstep_keyring.cluster import FIELD_MANAGER, TIMEOUT_S
from lockstep_keyring.errors import SecretIncomplete
from lockstep_keyring.install import InstallSettings, install
from lockstep_keyring.routers import CONFIG_MAP as ROUTERS
from lockstep_keyring.routers import RouterList
from lockstep_service.kubernetes_api import KubernetesApi

from .kube import Namespace, apply, kubectl, write_service_account

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

JOB = "keys-under-test"
SECRETS = (
    "lockstep-keyring-keys",
    "lockstep-keyring-tls",
    "lockstep-webapp-api",
    "lockstep-visitor-key",
    "router-a-curve",
    "router-b-curve",
)
SHARDS = [
    {"name": "demo-1", "environment": "demo", "serviceName": "router-a"},
    {"name": "live-1", "environment": "live", "serviceName": "router-b"},
]


def rights(name: str) -> list[Json]:
    """As in charts/lockstep/templates/keys-job.yaml."""
    group = "rbac.authorization.k8s.io"
    made = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]}
    read = {"apiGroups": [""], "resources": ["secrets"], "resourceNames": list(SECRETS), "verbs": ["get"]}
    listed = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [ROUTERS], "verbs": ["create", "patch"]}
    subject = {"kind": "ServiceAccount", "name": JOB, "namespace": name}
    metadata = {"name": JOB, "namespace": name}
    role = {"apiGroup": group, "kind": "Role", "name": JOB}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": f"{group}/v1", "kind": "Role", "metadata": metadata, "rules": [made, read, listed]},
        {"apiVersion": f"{group}/v1", "kind": "RoleBinding", "metadata": metadata, "roleRef": role, "subjects": [subject]},
    ]


@pytest.fixture
def own() -> Iterator[Namespace]:
    """A namespace that is deleted with everything in it."""
    name = f"install-test-{secrets.token_hex(3)}"
    apply(*rights(name))
    yield Namespace(name)
    kubectl("delete", "namespace", name, "--wait=false")


async def run(own: Namespace, folder: Path) -> None:
    server = write_service_account(folder, own.name, JOB)
    settings = InstallSettings.model_validate({"namespace": own.name, "shards": json.dumps(SHARDS)})
    async with KubernetesApi(server, folder, FIELD_MANAGER, TIMEOUT_S) as api:
        await install(api, settings)


async def test_what_is_missing_is_made_and_what_exists_is_kept(own: Namespace, tmp_path: Path) -> None:
    own.run("create", "secret", "generic", "router-a-curve", f"--from-literal=secret.key={'k' * 32}")
    await run(own, tmp_path / "first")
    before = {name: own.get("secret", name)["data"] for name in SECRETS}
    await run(own, tmp_path / "second")
    assert {name: own.get("secret", name)["data"] for name in SECRETS} == before
    routers = RouterList.model_validate_json(own.get("configmap", ROUTERS)["data"]["routers.json"]).root
    assert {name: router.trades_endpoint for name, router in routers.items()} == {
        "demo-1": f"tcp://router-a.{own.name}:7400",
        "live-1": f"tcp://router-b.{own.name}:7400",
    }


async def test_a_secret_that_lacks_a_part_is_left_as_it_is(own: Namespace, tmp_path: Path) -> None:
    own.run("create", "secret", "generic", "lockstep-keyring-keys", "--from-literal=sealing.keys=mine")
    with pytest.raises(SecretIncomplete, match=r"lacks tickets-demo\.keys, tickets-live\.keys"):
        await run(own, tmp_path / "first")
    assert set(own.get("secret", "lockstep-keyring-keys")["data"]) == {"sealing.keys"}
