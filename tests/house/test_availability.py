"""What keeps the service up where nodes are drained, full or lost: budgets, spread and priorities."""

from typing import Any

from lockstep_core.resources.copier_account import SpecRole
from lockstep_operator.settings import OperatorSettings
from lockstep_service.settings import read_settings
from tests.house.chart import Object, Pod, of_kind, pods, rendered
from tests.house.network_policies import selects

SECTIONS = {
    "operator": "operator",
    "keyring": "keyring",
    "webapp-api": "webappApi",
    "notifier": "notifier",
    "website": "website",
    "status": "status",
}
SHARDS = [
    {"name": "demo-1", "environment": "demo", "serviceName": "router-a"},
    {"name": "live-1", "environment": "live", "serviceName": "router-b"},
]


def parts(**values: Any) -> dict[str, Any]:
    """The same values for every part that may have several pods."""
    return {
        section: {**values, **({"enabled": True} if section in ("website", "status") else {})}
        for section in SECTIONS.values()
    }


def replicated(pods: int) -> list[Object]:
    """An installation in which every part that may have several pods has so many."""
    return rendered(**parts(replicas=pods), router={"shards": SHARDS})


def budgets(objects: list[Object], pod: Pod) -> list[Object]:
    """The specs of the budgets that select a pod."""
    found = [each["spec"] for each in of_kind(objects, "PodDisruptionBudget")]
    return [each for each in found if selects(each["selector"], pod.labels)]


def spread(pod: Pod) -> list[Object]:
    found: list[Object] = pod.spec.get("topologySpreadConstraints", [])
    return found


def classes(objects: list[Object]) -> dict[str, Object]:
    return {each["metadata"]["name"]: each for each in of_kind(objects, "PriorityClass")}


def test_a_drain_takes_one_pod_of_a_part_at_a_time() -> None:
    objects = replicated(2)
    assert {pod.component for pod in pods(objects)} >= set(SECTIONS)
    for pod in pods(objects):
        if pod.component in SECTIONS:
            (budget,) = budgets(objects, pod)
            assert budget["maxUnavailable"] == 1
            # A pod that is broken anyway protects nothing.
            assert budget["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_a_part_of_one_pod_never_holds_up_a_drain() -> None:
    objects = replicated(1)
    assert list(of_kind(objects, "PodDisruptionBudget")) == []


def test_a_shard_that_does_not_come_up_never_holds_up_a_drain() -> None:
    objects = replicated(3)
    assert [pod.name for pod in pods(objects) if pod.component == "router" and budgets(objects, pod)] == []


def test_several_pods_of_a_part_are_spread_over_nodes_and_zones_and_one_is_not_held_back() -> None:
    for pod in pods(replicated(2)):
        if pod.component in {*SECTIONS, "router"}:
            assert [each["topologyKey"] for each in spread(pod)] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
            for each in spread(pod):
                assert each["whenUnsatisfiable"] == "ScheduleAnyway"
                assert selects(each["labelSelector"], pod.labels), pod.name


def test_a_pod_that_ends_serves_those_who_still_come_and_what_is_behind_its_door_ends_after_the_door() -> None:
    doors = [pod for pod in pods(replicated(1)) if any(each["name"] == "door" for each in pod.spec["containers"])]
    assert {pod.component for pod in doors} == {"keyring", "webapp-api", "website", "status"}
    for pod in doors:
        waits = {each["name"]: each["lifecycle"]["preStop"]["sleep"]["seconds"] for each in pod.spec["containers"]}
        door = waits.pop("door")
        assert 0 < door < min(waits.values()), pod.name
        assert max(waits.values()) < pod.spec.get("terminationGracePeriodSeconds", 30) / 2


def test_a_rollout_counts_its_own_pods_only_and_routers_count_those_of_all_shards() -> None:
    for pod in pods(replicated(2)):
        keys = [each.get("matchLabelKeys") for each in spread(pod)]
        assert set(map(str, keys)) <= ({"None"} if pod.component == "router" else {"['pod-template-hash']"}), pod.name


def test_a_part_of_one_pod_is_not_spread() -> None:
    one = rendered(**parts(replicas=1), router={"shards": SHARDS[:1]})
    assert [pod.name for pod in pods(one) if spread(pod)] == []


def test_a_spread_of_ones_own_is_taken() -> None:
    own = {"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {}}
    objects = rendered(
        **parts(topologySpreadConstraints=[own]), router={"shards": SHARDS, "topologySpreadConstraints": [own]}
    )
    assert {pod.component for pod in pods(objects) if spread(pod) == [own]} == {*SECTIONS, "router"}


def test_routers_go_before_masters_these_before_slaves_and_slaves_before_the_rest() -> None:
    objects = rendered()
    values = {name: each["value"] for name, each in classes(objects).items()}
    given = priorities(objects)
    router = next(pod for pod in pods(objects) if pod.component == "router")
    assert values[router.spec["priorityClassName"]] > values[given[SpecRole.MASTER]] > values[given[SpecRole.SLAVE]] > 0
    assert given[SpecRole.BOTH] == given[SpecRole.MASTER]
    assert [pod.name for pod in pods(objects) if "priorityClassName" in pod.spec and pod.component != "router"] == []


def test_only_a_router_pushes_other_pods_out() -> None:
    found = {name: each["preemptionPolicy"] for name, each in classes(rendered()).items()}
    assert found == {
        "lockstep-routers": "PreemptLowerPriority",
        "lockstep-masters": "Never",
        "lockstep-slaves": "Never",
    }


def test_classes_of_the_cluster_take_the_place_of_the_charts() -> None:
    objects = rendered(
        priorityClasses={"create": False},
        terminals={"priorityClassNames": {"masters": "high", "slaves": "low"}},
        router={"priorityClassName": "highest"},
    )
    assert classes(objects) == {}
    assert priorities(objects) == {SpecRole.MASTER: "high", SpecRole.BOTH: "high", SpecRole.SLAVE: "low"}
    assert {pod.spec.get("priorityClassName") for pod in pods(objects) if pod.component == "router"} == {"highest"}


def test_without_classes_no_pod_names_one() -> None:
    objects = rendered(priorityClasses={"create": False})
    assert set(priorities(objects).values()) == {""}
    assert [pod.name for pod in pods(objects) if "priorityClassName" in pod.spec] == []


def priorities(objects: list[Object]) -> dict[SpecRole, str]:
    """The classes of terminals, as the operator reads them."""
    (operator,) = (pod for pod in pods(objects) if pod.component == "operator")
    settings = read_settings(OperatorSettings, {**operator.variables, "LOCKSTEP_DATABASE_URL": "postgres://"})
    return settings.terminal_priority_classes
