"""A namespace with two accounts and a keyring of its own, all with real rights and real tokens."""

import json
import secrets
from collections.abc import Iterator

import pytest

from lockstep_core.json_object import Json

from ..process import Running, running_keyring
from .account import Account, make_account
from .kube import Namespace, apply, kubectl, write_service_account

KEYRING = "keyring-under-test"


@pytest.fixture(scope="module")
def namespace() -> Iterator[Namespace]:
    """A namespace that is deleted with everything in it."""
    name = f"keyring-test-{secrets.token_hex(3)}"
    apply(*rights(name))
    yield Namespace(name)
    for kind in ("clusterrolebinding", "clusterrole", "namespace"):
        kubectl("delete", kind, name, "--wait=false")


def rights(name: str) -> list[Json]:
    """The rights that the chart gives to the keyring."""
    subject = {"kind": "ServiceAccount", "name": KEYRING, "namespace": name}
    group = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": KEYRING, "namespace": name}},
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": name},
            "rules": [{"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]}],
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
            "subjects": [subject],
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "Role",
            "metadata": {"name": KEYRING, "namespace": name},
            "rules": [
                {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
                {"apiGroups": ["lockstep.dev"], "resources": ["copieraccounts"], "verbs": ["get"]},
                {
                    "apiGroups": [""],
                    "resources": ["configmaps"],
                    "resourceNames": ["lockstep-public-keys", "lockstep-keyring-ca"],
                    "verbs": ["create", "patch"],
                },
                {
                    "apiGroups": [""],
                    "resources": ["configmaps"],
                    "resourceNames": ["lockstep-login-turns"],
                    "verbs": ["get", "create", "patch"],
                },
            ],
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": KEYRING, "namespace": name},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": KEYRING},
            "subjects": [subject],
        },
    ]


@pytest.fixture(scope="module")
def keyring(namespace: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The process, on this machine, with a service account of the cluster."""
    folder = tmp_path_factory.mktemp("keyring")
    server = write_service_account(folder / "service-account", namespace.name, KEYRING)
    settings = {
        "kube_api_url": server,
        "kube_credentials_dir": str(folder / "service-account"),
        "namespace": namespace.name,
        "terminals_namespace": namespace.name,
        "logins": json.dumps({kind: {"perMinute": 6000, "burst": 1000, "refusals": 3} for kind in ("Demo", "Live")}),
    }
    with running_keyring(folder, settings) as running:
        yield running


@pytest.fixture
def account(namespace: Namespace) -> Account:
    """An account with the pod of its epoch 7."""
    return make_account(namespace, epoch=7)


@pytest.fixture
def other(namespace: Namespace) -> Account:
    """Somebody else's account, with the pod of its epoch 7."""
    return make_account(namespace, epoch=7)
