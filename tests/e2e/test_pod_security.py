"""The API server takes every pod of the chart and every terminal where the standard `restricted` is enforced (a dry run)."""

import json
from collections.abc import Iterator

import pytest

from lockstep_core.accounts import Platform
from tests.house.chart import Object, pods, rendered
from tests.house.test_growth import ROOM
from tests.house.test_pod_security import terminal
from tests.stack.errors import CommandFailed
from tests.stack.kube import kubectl

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]

NAMESPACE = "lockstep-restricted"
OF_THE_CLUSTER = ("serviceAccountName", "priorityClassName", "runtimeClassName")
"""Fields that name objects of an installed release; without these the API server would refuse the pod for another reason."""


@pytest.fixture(scope="module", autouse=True)
def namespace() -> Iterator[None]:
    """A namespace that enforces the standard, and holds no pod."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    kubectl("apply", "-f", "-", stdin=json.dumps(made))
    yield
    kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false")


def try_out(specs: dict[str, Object]) -> None:
    """Asks the API server whether it would take pods with these specs. Raises `CommandFailed` with its words."""
    found = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"{name}-{n}"},
            "spec": {field: value for field, value in spec.items() if field not in OF_THE_CLUSTER},
        }
        for n, (name, spec) in enumerate(specs.items())
    ]
    listed = {"apiVersion": "v1", "kind": "List", "items": found}
    kubectl("-n", NAMESPACE, "create", "--dry-run=server", "-f", "-", stdin=json.dumps(listed))


def test_the_api_server_takes_every_pod_of_the_chart() -> None:
    found = {pod.name: {**pod.spec, "restartPolicy": "Never"} for pod in pods(rendered(**ROOM))}
    assert len(found) > 7
    try_out(found)


def test_the_api_server_takes_every_terminal() -> None:
    try_out({platform.value.lower(): terminal(platform) for platform in Platform})


def test_the_api_server_refuses_what_breaks_the_standard() -> None:
    with pytest.raises(CommandFailed, match='violates PodSecurity "restricted'):
        try_out({"root": {**terminal(Platform.MT5), "hostNetwork": True}})
