"""Where pods run: the chart's values arrive at the pods that they are for."""

from typing import Any

import pytest

from lockstep_core.resources.copier_account import parse_account
from lockstep_operator.podspec import build_pod
from lockstep_operator.settings import OperatorSettings
from lockstep_service.settings import read_settings
from tests.house.chart import pods, rendered, rendering

SECTIONS = {
    "operator": "operator",
    "router": "router",
    "keyring": "keyring",
    "keys": "keyring",
    "reseal": "keyring",
    "check": "keyring",
    "webapp-api": "webappApi",
    "notifier": "notifier",
    "website": "website",
    "status": "status",
}
TAINT = {"key": "pool", "operator": "Exists"}
NODES: dict[str, Any] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}
ACCOUNT = "0b1c2d3e-0000-4000-8000-00000000000a"
SPEC = {"accountId": ACCOUNT, "userId": ACCOUNT, "platform": "MT5", "environment": "Live", "login": "1", "server": "Broker"}
RAW = {
    "metadata": {"name": f"account-{ACCOUNT}", "uid": "uid"},
    "spec": {**SPEC, "role": "Slave", "credentials": {"secretName": "secret", "version": 1}},
}


def terminal(**values: Any) -> dict[str, Any]:
    """The spec of a terminal pod, built by the operator with the variables that the chart gives it."""
    (operator,) = (pod for pod in pods(rendered(terminals=values)) if pod.component == "operator")
    given = {**operator.variables, "LOCKSTEP_DATABASE_URL": "postgres://", "LOCKSTEP_TERMINAL_IMAGE_MT5": "image"}
    template = read_settings(OperatorSettings, given).pod_template()
    made = build_pod(parse_account(RAW), 1, "pod", template)
    spec: dict[str, Any] = made["spec"]
    return spec


def test_each_component_runs_where_its_values_say() -> None:
    place = {
        section: {"nodeSelector": {"pool": section}, "tolerations": [TAINT], "affinity": NODES}
        for section in SECTIONS.values()
    }
    for pod in pods(rendered(**place)):
        spec = pod.spec
        assert spec["nodeSelector"] == {"pool": SECTIONS[pod.component]}, pod.name
        assert (spec["tolerations"], spec["affinity"]) == ([TAINT], NODES), pod.name


def test_without_them_the_scheduler_decides() -> None:
    for pod in pods(rendered()):
        assert {"nodeSelector", "tolerations", "affinity"} & set(pod.spec) == set(), pod.name


def test_terminals_run_where_their_values_say() -> None:
    spec = terminal(
        nodeSelectors={"Live": {"pool": "live"}},
        tolerations=[TAINT],
        affinity=NODES,
        runtimeClassName="gvisor",
        hostUsers=False,
    )
    assert spec["nodeSelector"] == {"pool": "live"}
    assert [each["key"] for each in spec["tolerations"]] == [
        "node.kubernetes.io/unreachable",
        "node.kubernetes.io/not-ready",
        "pool",
    ]
    assert spec["affinity"]["nodeAffinity"] == NODES["nodeAffinity"]
    assert (spec["runtimeClassName"], spec["hostUsers"]) == ("gvisor", False)


def test_a_sandbox_is_chosen_by_whoever_runs_the_service() -> None:
    assert {"runtimeClassName", "hostUsers"} & set(terminal()) == set()


@pytest.mark.parametrize("wrong", [{"hostUsers": "false"}, {"tolerations": {"key": "a"}}, {"affinity": []}])
def test_values_of_another_kind_are_refused(wrong: dict[str, Any]) -> None:
    assert rendering({"terminals": wrong}).returncode != 0
