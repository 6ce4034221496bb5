"""Prometheus reads every part of the installed product, and a stopped operator raises an alert."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.config import Pace, pods
from tests.alerts.receiver import Receiver
from tests.alerts.running import Monitoring, cluster_access, list_pods, monitoring
from tests.stack.kube import SYSTEM, items, kubectl
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
OPERATOR = "deploy/lockstep-operator"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def watching(tmp_path: Path, receiver: Receiver) -> Iterator[Monitoring]:
    access = cluster_access(tmp_path)
    with monitoring(tmp_path, [pods(access, str(list_pods(tmp_path, access)))], receiver.url, Pace(2, 2)) as running:
        yield running


def with_metrics() -> set[str]:
    """The release's pods that serve metrics."""
    found = items("pods", SYSTEM, "app.kubernetes.io/part-of=lockstep")
    return {
        pod["metadata"]["name"]
        for pod in found
        for container in pod["spec"]["containers"]
        for port in container.get("ports", ())
        if port.get("name") == "metrics" and pod["status"]["phase"] == "Running"
    }


def test_every_part_is_read_and_an_operator_that_is_gone_is_heard(
    watching: Monitoring, receiver: Receiver, tmp_path: Path
) -> None:
    wait_for("every part read", lambda: watching.targets() == dict.fromkeys(with_metrics(), "up"), 60)
    assert (watching.value("sum(lockstep_operator_leads)"), watching.value("count(lockstep_router_sessions)")) == (1, 1)
    kubectl("-n", SYSTEM, "scale", OPERATOR, "--replicas=0")
    try:
        wait_for("the alert", lambda: receiver.was_told("OperatorSilent", firing=True), 240)
    finally:
        kubectl("-n", SYSTEM, "scale", OPERATOR, "--replicas=1")
    kubectl("-n", SYSTEM, "rollout", "status", OPERATOR, "--timeout=180s")
    list_pods(tmp_path, cluster_access(tmp_path))
    wait_for("the end of the alert", lambda: receiver.was_told("OperatorSilent", firing=False), 240)
