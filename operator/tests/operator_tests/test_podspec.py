"""The terminal pod: what it is given, and what it may not do."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lockstep_core.accounts import Platform
from lockstep_core.brokers.catalogue import parse_catalogue
from lockstep_core.resources.copier_account import CopierAccount, CopierAccountSpec, Credentials, SpecEnvironment, SpecRole
from lockstep_operator.podspec import PodTemplate, build_pod, build_service_account, revision

MakeAccount = Callable[..., CopierAccount]


@pytest.fixture
def pod(make_account: MakeAccount, template: PodTemplate) -> dict[str, Any]:
    return build_pod(make_account(), 7, "a-pod", template)


def test_the_environment_is_the_contracts(pod: dict[str, Any]) -> None:
    given = {item["name"]: item["value"] for item in pod["spec"]["containers"][0]["env"]}
    assert given == {
        "LOCKSTEP_ACCOUNT_ID": "0b1c2d3e-0000-4000-8000-00000000000a",
        "LOCKSTEP_EPOCH": "7",
        "LOCKSTEP_PLATFORM": "MT5",
        "LOCKSTEP_ENVIRONMENT": "demo",
        "LOCKSTEP_LOGIN": "12345",
        "LOCKSTEP_SERVER": "Broker-Demo",
        "LOCKSTEP_KEYRING_URL": "https://keyring:8443",
        "LOCKSTEP_LOGIN_TIMEOUT_S": "240",
        "LOCKSTEP_CHART_SYMBOL": "EURUSD",
        "LOCKSTEP_PROVEN": "no",
        "LOCKSTEP_SERVER_KNOWN": "no",
        "LOCKSTEP_SERVER_FILES": "[]",
        "LOCKSTEP_SERVER_PROBE": "",
        "LOCKSTEP_PROXIED": "no",
    }


def test_an_agent_is_told_that_its_credentials_worked_and_its_pod_is_no_other_one_for_it(
    make_account: MakeAccount, template: PodTemplate
) -> None:
    unknown = build_pod(make_account(), 7, "a-pod", template)
    proven = build_pod(make_account(proven_version=1), 7, "a-pod", template)
    assert {"name": "LOCKSTEP_PROVEN", "value": "yes"} in proven["spec"]["containers"][0]["env"]
    assert proven["metadata"]["annotations"] == unknown["metadata"]["annotations"]


def test_an_agent_is_told_what_its_server_needs_and_its_pod_is_no_other_one_for_it(
    make_account: MakeAccount, template: PodTemplate
) -> None:
    files = [{"path": "config/servers.dat", "sha256": "a" * 64}]
    listed = {"server": "broker-demo", "platform": "MT5", "environment": "demo", "files": files}
    catalogue = parse_catalogue(json.dumps([{"brand": "Broker", "servers": [listed]}]))
    unknown = build_pod(make_account(), 7, "a-pod", template)
    known = build_pod(make_account(), 7, "a-pod", replace(template, catalogue=lambda: catalogue))
    told = {item["name"]: item["value"] for item in known["spec"]["containers"][0]["env"]}
    assert told["LOCKSTEP_SERVER_KNOWN"] == "yes"
    assert json.loads(told["LOCKSTEP_SERVER_FILES"]) == files
    assert known["metadata"]["annotations"] == unknown["metadata"]["annotations"]


def test_a_pod_has_the_priority_of_its_accounts_role_and_another_role_is_no_reason_for_another_pod(
    make_account: MakeAccount, template: PodTemplate
) -> None:
    classed = replace(template, priority_classes={SpecRole.MASTER: "masters", SpecRole.SLAVE: "slaves"})
    account = make_account()
    accounts = {
        role: account.model_copy(update={"spec": account.spec.model_copy(update={"role": role})}) for role in SpecRole
    }
    made = {role: build_pod(accounts[role], 7, "a-pod", classed) for role in SpecRole}
    assert [made[role]["spec"].get("priorityClassName") for role in SpecRole] == ["masters", "slaves", None]
    assert len({str(pod["metadata"]["annotations"]) for pod in made.values()}) == 1
    other = replace(classed, priority_classes={SpecRole.MASTER: "masters", SpecRole.SLAVE: "lowest"})
    assert revision(account.spec, other) != revision(account.spec, classed)


def test_the_pod_is_restricted(pod: dict[str, Any]) -> None:
    spec, container = pod["spec"], pod["spec"]["containers"][0]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False


def test_only_the_keyring_accepts_the_pods_token(pod: dict[str, Any]) -> None:
    projected = [volume["projected"]["sources"] for volume in pod["spec"]["volumes"] if "projected" in volume]
    assert projected == [
        [{"serviceAccountToken": {"path": "token", "audience": "lockstep-keyring", "expirationSeconds": 600}}]
    ]


def test_memory_is_bounded_and_the_processor_is_not(pod: dict[str, Any]) -> None:
    resources = pod["spec"]["containers"][0]["resources"]
    assert resources == {"requests": {"cpu": "70m", "memory": "280Mi"}, "limits": {"memory": "1Gi"}}


def test_pod_and_service_account_go_with_their_copier_account(pod: dict[str, Any], make_account: MakeAccount) -> None:
    for owned in (pod, build_service_account(make_account())):
        (owner,) = owned["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["uid"]) == ("CopierAccount", "cr-uid")
        assert "finalizers" not in owned["metadata"]


def test_labels_find_the_pod(pod: dict[str, Any]) -> None:
    assert pod["metadata"]["labels"] == {
        "app.kubernetes.io/part-of": "lockstep",
        "app.kubernetes.io/component": "terminal",
        "lockstep.dev/account": "0b1c2d3e-0000-4000-8000-00000000000a",
        "lockstep.dev/epoch": "7",
        "lockstep.dev/environment": "demo",
        "lockstep.dev/server": "broker-demo",
        "lockstep.dev/person": "0b1c2d3e-0000-4000-8000-0000000000ff",
    }


def test_every_mount_has_its_volume(pod: dict[str, Any]) -> None:
    mounts = {mount["name"] for mount in pod["spec"]["containers"][0]["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["spec"]["volumes"]}


def test_live_accounts_can_be_kept_on_nodes_of_their_own(make_account: MakeAccount, template: PodTemplate) -> None:
    account = make_account()
    live = account.model_copy(update={"spec": account.spec.model_copy(update={"environment": SpecEnvironment.LIVE})})
    pools = replace(template, node_selectors={SpecEnvironment.LIVE: {"pool": "live"}})
    assert build_pod(live, 1, "p", pools)["spec"]["nodeSelector"] == {"pool": "live"}
    assert build_pod(account, 1, "p", pools)["spec"]["nodeSelector"] == {}


def parts(*what: Any) -> tuple[str, str]:
    account, _, common = revision(*what).partition(".")
    return account, common


def test_new_credentials_change_the_accounts_part(spec: CopierAccountSpec, template: PodTemplate) -> None:
    renewed = spec.model_copy(update={"credentials": Credentials(secret_name=spec.credentials.secret_name, version=2)})
    assert parts(renewed, template)[0] != parts(spec, template)[0]


def test_another_shard_is_no_reason_for_another_pod(spec: CopierAccountSpec, template: PodTemplate) -> None:
    moved = spec.model_copy(update={"shard": "demo-2"})
    assert revision(moved, template) == revision(spec, template)


def test_no_pod_is_told_its_shard_or_its_router(make_account: MakeAccount, template: PodTemplate) -> None:
    account = make_account()
    moved = account.model_copy(update={"spec": account.spec.model_copy(update={"shard": "demo-2"})})
    assert build_pod(moved, 7, "p", template) == build_pod(account, 7, "p", template)


def expanded(value: str, variables: Mapping[str, str]) -> str:
    """A variable's value as kubelet sets it: `$(NAME)` is replaced, and `$$` is one `$`."""
    return re.sub(r"\$\$|\$\(([^)]*)\)", lambda m: "$" if m[1] is None else variables.get(m[1], m[0]), value)


# The fixtures are frozen values, so all examples may share them.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(server=st.text(alphabet="$()AB", min_size=1))
@example(server="$(LOCKSTEP_KEYRING_URL)")
@example(server="a$$(b)$")
def test_a_server_reaches_the_terminal_as_the_person_wrote_it(
    make_account: MakeAccount, template: PodTemplate, server: str
) -> None:
    account = make_account()
    renamed = account.model_copy(update={"spec": account.spec.model_copy(update={"server": server})})
    pod = build_pod(renamed, 7, "p", template)
    variables = {item["name"]: item["value"] for item in pod["spec"]["containers"][0]["env"]}
    assert expanded(variables["LOCKSTEP_SERVER"], variables) == server


def test_another_image_changes_the_templates_part_only(spec: CopierAccountSpec, template: PodTemplate) -> None:
    newer = replace(template, images={Platform.MT5: "registry/terminal:2"})
    assert parts(spec, newer)[0] == parts(spec, template)[0]
    assert parts(spec, newer)[1] != parts(spec, template)[1]


def test_what_the_pod_does_not_see_changes_nothing(spec: CopierAccountSpec, template: PodTemplate) -> None:
    other = spec.model_copy(update={"role": "Both", "shard": "demo-1"})
    assert revision(other, template) == revision(spec, template)
