"""What `docs/install.md` says of helm: the check of an installation, and a rendering that a cluster takes (GitOps)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.chart import rendered
from tests.house.test_install_page import merged, values
from tests.stack.kube import SYSTEM, kubectl
from tests.stack.shell import run

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

NAMESPACE = "lockstep-dry-run"
OF_NO_NAMESPACE = {"ClusterRole", "ClusterRoleBinding", "PriorityClass"}
GROWS: dict[str, Any] = {"autoscaling": {"maxReplicas": 5}}


@pytest.fixture
def namespace() -> Iterator[str]:
    """A namespace in which nothing is made but by dry run."""
    kubectl("create", "namespace", NAMESPACE)
    yield NAMESPACE
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_the_check_of_an_installation_passes() -> None:
    run("helm", "test", "lockstep", "-n", SYSTEM, "--timeout", "120s")


def test_the_api_server_takes_a_rendering_with_the_values_of_a_cluster(namespace: str) -> None:
    one, cluster = values()
    given = merged(merged(one, cluster), {"webappApi": GROWS, "website": GROWS, "headroom": {"Live": 2}})
    given["terminals"] |= {"namespace": namespace, "createNamespace": False}
    given["images"] |= {"terminalMt5": "registry/mt5:1"}
    given["priorityClasses"] = {name: {"preemptionPolicy": "PreemptLowerPriority"} for name in ("masters", "slaves")}
    found = [{**each, "metadata": {**each["metadata"]}} for each in rendered(**given)]
    for each in found:
        if each["kind"] in OF_NO_NAMESPACE:
            # Those of the installed release have the same names.
            each["metadata"]["name"] = f"{namespace}-{each['metadata']['name']}"
        elif each["metadata"].get("namespace", SYSTEM) == SYSTEM:
            each["metadata"]["namespace"] = namespace
    kinds = {each["kind"] for each in found}
    assert kinds >= {"Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress", "NetworkPolicy", "Job"}
    listed = {"apiVersion": "v1", "kind": "List", "items": found}
    kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(listed))
