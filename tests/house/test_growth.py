"""Placeholder pods that make a cluster grow before people wait, and autoscaling of the service's parts."""

from typing import Any

import pytest

from tests.house.chart import IMAGES, SYSTEM, Object, of_kind, pods, rendered, rendering
from tests.house.pod_security import broken
from tests.house.test_placement import TAINT, terminal

CLASSES = {
    "masters": {"value": 900_000, "preemptionPolicy": "PreemptLowerPriority"},
    "slaves": {"value": 800_000, "preemptionPolicy": "PreemptLowerPriority"},
}
PLACE: Object = {"nodeSelectors": {"Live": {"pool": "live"}}, "tolerations": [TAINT], "runtimeClassName": "gvisor"}
WITH_TERMINAL = {**{image: f"registry/{image}:1" for image in IMAGES}, "terminalMt5": "registry/mt5:1"}
ROOM: Object = {
    "images": WITH_TERMINAL,
    "terminals": PLACE,
    "priorityClasses": CLASSES,
    "headroom": {"Live": 3},
}


def by_buffer(**more: Any) -> Object:
    return {**ROOM, "priorityClasses": {}, "headroom": {"Live": 3, "by": "CapacityBuffer"}, **more}


def placeholder() -> Object:
    (pod,) = (each for each in pods(rendered(**ROOM)) if each.component.startswith("headroom"))
    return pod.spec


def test_by_default_no_room_is_kept_and_nothing_grows() -> None:
    kinds = ("CapacityBuffer", "PodTemplate", "HorizontalPodAutoscaler")
    assert list(of_kind(rendered(), *kinds)) == []
    assert [pod.name for pod in pods(rendered()) if "headroom" in pod.name] == []


def test_a_placeholder_is_as_large_as_a_terminal_and_runs_where_one_may() -> None:
    mine, real = placeholder(), terminal(**PLACE)
    assert mine["containers"][0]["resources"] == real["containers"][0]["resources"]
    assert (mine["nodeSelector"], mine["runtimeClassName"]) == (real["nodeSelector"], real["runtimeClassName"])
    assert TAINT in mine["tolerations"]
    # Its image is a terminal's: nodes then have it when a terminal comes.
    assert mine["containers"][0]["image"] == WITH_TERMINAL["terminalMt5"]


def test_a_placeholder_leaves_at_once_and_has_no_rights() -> None:
    spec = placeholder()
    assert spec["terminationGracePeriodSeconds"] == 0
    assert spec["automountServiceAccountToken"] is False
    assert broken(spec) == []


def test_there_are_as_many_placeholders_as_the_value_says_for_each_environment() -> None:
    both = {"Live": {"pool": "live"}, "Demo": {"pool": "demo"}}
    room = {**ROOM, "headroom": {"Live": 3, "Demo": 2}, "terminals": {"nodeSelectors": both}}
    found = {each["metadata"]["name"]: each["spec"] for each in of_kind(rendered(**room), "Deployment")}
    assert found["lockstep-headroom-live"]["replicas"] == 3
    assert found["lockstep-headroom-demo"]["replicas"] == 2
    assert found["lockstep-headroom-demo"]["template"]["spec"]["nodeSelector"] == {"pool": "demo"}


def test_everything_pushes_placeholders_out_and_they_nothing() -> None:
    classes = {each["metadata"]["name"]: each for each in of_kind(rendered(**ROOM), "PriorityClass")}
    lowest = classes[placeholder()["priorityClassName"]]
    assert lowest["preemptionPolicy"] == "Never"
    # Pods without a class have the priority 0. Below -10 an autoscaler makes no room for a pod.
    assert -10 <= lowest["value"] < 0


def test_a_class_of_the_cluster_takes_the_place_of_the_charts() -> None:
    objects = rendered(**{**ROOM, "headroom": {"Live": 1, "priorityClassName": "lowest"}})
    (pod,) = (each for each in pods(objects) if each.component.startswith("headroom"))
    assert pod.spec["priorityClassName"] == "lowest"
    assert f"{SYSTEM}-headroom" not in {each["metadata"]["name"] for each in of_kind(objects, "PriorityClass")}


def test_a_buffer_of_the_autoscaler_takes_the_place_of_placeholders() -> None:
    objects = rendered(**by_buffer())
    (buffer,) = of_kind(objects, "CapacityBuffer")
    (template,) = of_kind(objects, "PodTemplate")
    assert buffer["spec"] == {"podTemplateRef": {"name": template["metadata"]["name"]}, "replicas": 3}
    assert template["template"]["spec"]["containers"] == placeholder()["containers"]
    assert [pod.name for pod in pods(objects) if "headroom" in pod.name] == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({**ROOM, "priorityClasses": {}}, "headroom.by is Pods and terminals may push nothing out"),
        (
            {**ROOM, "terminals": {}},
            "terminals.nodeSelectors.Live is empty. Terminals that push placeholders out need nodes",
        ),
        (
            {**ROOM, "images": {**WITH_TERMINAL, "terminalMt5": ""}},
            "a placeholder is as large as a terminal and has its image",
        ),
        ({**ROOM, "headroom": {"by": "Hope"}}, "at '/headroom/by': value must be one of 'Pods', 'CapacityBuffer'"),
        (
            {"website": {"enabled": True, "replicas": 3, "autoscaling": {"maxReplicas": 2}}},
            "website.autoscaling.maxReplicas is 2",
        ),
    ],
)
def test_growth_that_cannot_be_is_refused_in_a_sentence(values: Object, sentence: str) -> None:
    done = rendering(values)
    assert done.returncode != 0
    assert sentence in done.stderr


@pytest.mark.parametrize(("section", "name"), [("webappApi", "lockstep-webapp-api"), ("website", "lockstep-website")])
def test_a_part_that_grows_has_a_budget_and_leaves_its_number_to_the_autoscaler(section: str, name: str) -> None:
    grows = {"enabled": True, "autoscaling": {"maxReplicas": 5, "cpuPercent": 60}}
    objects = rendered(**{"website": {"enabled": True}, section: grows})
    (scaler,) = of_kind(objects, "HorizontalPodAutoscaler")
    (metric,) = scaler["spec"]["metrics"]
    (deployment,) = (each for each in of_kind(objects, "Deployment") if each["metadata"]["name"] == name)
    assert scaler["spec"]["scaleTargetRef"]["name"] == name
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (1, 5)
    assert metric["containerResource"]["target"] == {"type": "Utilization", "averageUtilization": 60}
    containers = deployment["spec"]["template"]["spec"]["containers"]
    assert metric["containerResource"]["container"] in {each["name"] for each in containers}
    # Helm would set the number back at each upgrade.
    assert "replicas" not in deployment["spec"]
    assert name in {each["metadata"]["name"] for each in of_kind(objects, "PodDisruptionBudget")}
