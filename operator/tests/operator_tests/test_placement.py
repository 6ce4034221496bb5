"""Where terminal pods run: demo and live apart where that can be, and what whoever runs the service adds to it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from lockstep_core.resources.copier_account import CopierAccount, SpecEnvironment
from lockstep_operator.placement import Placement
from lockstep_operator.podspec import PodTemplate, build_pod, revision

PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
GPU = {"weight": 1, "podAffinityTerm": {"topologyKey": "zone", "labelSelector": {}}}


def others(affinity: dict[str, Any]) -> dict[str, Any]:
    """The selector of the pods that a pod keeps away from."""
    term = affinity["podAntiAffinity"][PREFERRED][-1]["podAffinityTerm"]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    selector: dict[str, Any] = term["labelSelector"]
    return selector


@pytest.mark.parametrize("environment", SpecEnvironment)
def test_a_terminal_keeps_away_from_terminals_of_the_other_environment(environment: SpecEnvironment) -> None:
    said = Placement().fields(environment)
    assert said.keys() == {"affinity"}
    assert others(said["affinity"]) == {
        "matchLabels": {"app.kubernetes.io/component": "terminal"},
        "matchExpressions": [{"key": "lockstep.dev/environment", "operator": "NotIn", "values": [environment.lower()]}],
    }


def test_that_is_a_preference_so_that_one_node_is_enough() -> None:
    assert Placement().fields(SpecEnvironment.DEMO)["affinity"]["podAntiAffinity"].keys() == {PREFERRED}


def test_an_affinity_of_ones_own_stays_beside_it() -> None:
    own = {
        "nodeAffinity": {"a": 1},
        "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [], PREFERRED: [GPU]},
    }
    affinity = Placement(affinity=own).fields(SpecEnvironment.LIVE)["affinity"]
    assert affinity["nodeAffinity"] == {"a": 1}
    assert affinity["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] == []
    assert affinity["podAntiAffinity"][PREFERRED][0] == GPU
    assert others(affinity)["matchExpressions"][0]["values"] == ["live"]


@pytest.mark.parametrize("host_users", [True, False])
def test_a_sandbox_and_user_namespaces_are_asked_for_where_they_are_chosen(host_users: bool) -> None:
    said = Placement(runtime_class="gvisor", host_users=host_users).fields(SpecEnvironment.DEMO)
    assert (said["runtimeClassName"], said["hostUsers"]) == ("gvisor", host_users)


def test_terminals_of_one_person_are_spread_over_nodes_where_that_can_be(
    make_account: Callable[..., CopierAccount], template: PodTemplate
) -> None:
    account = make_account()
    pod = build_pod(account, 7, "p", template)
    (constraint,) = pod["spec"]["topologySpreadConstraints"]
    assert (constraint["topologyKey"], constraint["maxSkew"]) == ("kubernetes.io/hostname", 1)
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    selected = constraint["labelSelector"]["matchLabels"]
    assert selected["lockstep.dev/person"] == str(account.spec.user_id)
    assert selected.items() <= pod["metadata"]["labels"].items()


def test_no_terminal_that_runs_is_replaced_to_be_spread(
    make_account: Callable[..., CopierAccount], template: PodTemplate
) -> None:
    spec = make_account().spec
    assert revision(spec, template) == revision(spec.model_copy(update={"user_id": UUID(int=1)}), template)
