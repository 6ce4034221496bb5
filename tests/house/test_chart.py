"""What the charts render without a cluster, as GitOps tools do: no key is in it, and none could replace one in use."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lockstep_core.brokers.catalogue import parse_catalogue
from lockstep_keyring.check import CheckSettings
from lockstep_keyring.settings import KeyringSettings
from lockstep_service.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
IMAGES = {
    name: f"registry/{name}:1" for name in ("operator", "router", "keyring", "webappApi", "notifier", "website", "door")
}
SHARDS = [
    {"name": "demo-1", "environment": "demo", "serviceName": "router-a"},
    {"name": "demo-2", "environment": "demo", "serviceName": "router-b"},
    {"name": "live-1", "environment": "live", "serviceName": "router-c"},
]
Object = dict[str, Any]


@pytest.fixture(scope="module")
def helm() -> str:
    found = subprocess.run([ROOT / "devcluster/binaries.sh", "helm"], capture_output=True, text=True, check=True)
    return found.stdout.strip()


def template(helm: str, chart: str, values: Object) -> "subprocess.CompletedProcess[str]":
    command = [
        helm,
        "template",
        "release",
        str(ROOT / "charts" / chart),
        "-n",
        "lockstep",
        "--kube-version",
        "1.32.0",
        "-f",
        "-",
    ]
    return subprocess.run(command, input=json.dumps(values), capture_output=True, text=True, check=False)


def values(**more: Any) -> Object:
    return {
        "images": IMAGES,
        "website": {"enabled": True},
        "status": {"enabled": True},
        "router": {"shards": SHARDS},
        **more,
    }


@pytest.fixture(scope="module")
def rendered(helm: str) -> list[Object]:
    done = template(helm, "lockstep", values())
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def of_kind(rendered: list[Object], *kinds: str) -> Iterator[Object]:
    return (each for each in rendered if each["kind"] in kinds)


def pods(rendered: list[Object]) -> Iterator[tuple[str, Object]]:
    """The pod specs by the name of what makes them."""
    for each in of_kind(rendered, "Deployment", "Job", "CronJob"):
        spec = each["spec"]["jobTemplate"]["spec"] if each["kind"] == "CronJob" else each["spec"]
        yield each["metadata"]["name"], spec["template"]["spec"]


def database_of(pod: Object) -> str:
    (url,) = (each for each in pod["containers"][0]["env"] if each["name"] == "LOCKSTEP_DATABASE_URL")
    return str(url["valueFrom"]["secretKeyRef"]["name"])


def test_no_secret_is_in_the_release(rendered: list[Object]) -> None:
    assert [each["metadata"]["name"] for each in of_kind(rendered, "Secret")] == []
    assert "PRIVATE KEY" not in yaml.safe_dump_all(rendered)


def test_a_rendering_holds_nothing_random(helm: str) -> None:
    assert template(helm, "lockstep", values()).stdout == template(helm, "lockstep", values()).stdout


def test_templates_neither_make_keys_nor_look_for_them() -> None:
    for file in (ROOT / "charts/lockstep/templates").iterdir():
        words = file.read_text()
        assert [
            word
            for word in ("lookup", "genCA", "genSigned", "genPrivateKey", "randBytes", "randAlpha", "derivePassword")
            if word in words
        ] == []


def test_missing_keys_are_made_before_an_installation_and_existing_ones_are_never_written(rendered: list[Object]) -> None:
    (job,) = (each for each in of_kind(rendered, "Job") if each["metadata"]["name"] == "lockstep-keys")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (role,) = (
        each
        for each in of_kind(rendered, "Role")
        if each["metadata"]["name"] == job["spec"]["template"]["spec"]["serviceAccountName"]
    )
    verbs = {verb for rule in role["rules"] if "secrets" in rule["resources"] for verb in rule["verbs"]}
    assert verbs == {"create", "get"}


def test_every_mounted_secret_is_made_by_the_job_or_named_in_the_values(rendered: list[Object]) -> None:
    (role,) = (each for each in of_kind(rendered, "Role") if each["metadata"]["name"] == "lockstep-keys")
    made = {name for rule in role["rules"] if rule["verbs"] == ["get"] for name in rule["resourceNames"]}
    mounted = {
        volume["secret"]["secretName"] for _, pod in pods(rendered) for volume in pod["volumes"] if "secret" in volume
    }
    assert mounted <= made
    assert {f"{shard['serviceName']}-curve" for shard in SHARDS} <= made


def test_each_router_has_a_database_role_a_key_and_the_tickets_of_its_environment(rendered: list[Object]) -> None:
    found = dict(pods(rendered))
    for shard in SHARDS:
        pod = found[shard["serviceName"]]
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert database_of(pod) == f"lockstep-db-router-{shard['name']}"
        assert volumes["curve"]["secret"]["secretName"] == f"{shard['serviceName']}-curve"
        assert [item["key"] for item in volumes["public-keys"]["configMap"]["items"]] == [
            f"tickets-{shard['environment']}.json"
        ]


def test_the_website_has_the_public_keys_from_the_keyring(rendered: list[Object]) -> None:
    website = dict(pods(rendered))["lockstep-website"]
    assert "lockstep-public-keys" in {volume.get("configMap", {}).get("name") for volume in website["volumes"]}


def test_a_secret_of_ones_own_is_taken(helm: str) -> None:
    own = [{**SHARDS[0], "databaseSecret": "mine"}, *SHARDS[1:]]
    done = template(helm, "lockstep", values(router={"shards": own}, keyring={"existingSecret": "my-keys"}))
    found = dict(pods([each for each in yaml.safe_load_all(done.stdout) if each]))
    assert database_of(found["router-a"]) == "mine"
    assert "my-keys" in {volume.get("secret", {}).get("secretName") for volume in found["lockstep-keyring"]["volumes"]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([{"databaseSecret": "one"}, {"databaseSecret": "one"}], "two shards share a databaseSecret"),
        ([{"serviceName": "one"}, {"serviceName": "one"}], "two shards share a serviceName or a curveSecret"),
        ([{"environment": "live"}], "its name must begin with live-"),
        ([{"name": "demo-" + "x" * 36}], "router.shards.0.name|/router/shards/0/name"),
    ],
)
def test_shards_that_would_share_a_secret_are_refused_with_a_sentence(
    helm: str, changes: list[Object], sentence: str
) -> None:
    shards = [{**shard, **change} for shard, change in zip(SHARDS, [*changes, {}, {}, {}], strict=False)]
    done = template(helm, "lockstep", values(router={"shards": shards}))
    assert done.returncode != 0
    assert any(each in done.stderr for each in sentence.split("|")), done.stderr


def test_the_devstack_is_not_rendered_without_the_cluster_that_keeps_its_passwords(helm: str) -> None:
    done = template(helm, "devstack", {"image": "registry/devstack:1"})
    assert done.returncode != 0
    assert "helm upgrade --install" in done.stderr


def test_uninstalling_keeps_the_terminals_and_what_they_may_reach(rendered: list[Object]) -> None:
    of_terminals = [
        each for each in of_kind(rendered, "NetworkPolicy") if each["metadata"].get("namespace") == "lockstep-terminals"
    ]
    kept = [*of_kind(rendered, "Namespace", "CustomResourceDefinition"), *of_terminals]
    assert len(kept) >= 5
    for each in kept:
        assert each["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep", each["metadata"]["name"]


def test_the_keyring_has_the_pace_of_logins_and_the_catalogue_of_brokers(rendered: list[Object]) -> None:
    pod = dict(pods(rendered))["lockstep-keyring"]
    variables = {each["name"]: each.get("value", "") for each in pod["containers"][0]["env"]}
    as_without = KeyringSettings.model_fields["logins"].default
    assert json.loads(variables["LOCKSTEP_LOGINS"]) == json.loads(as_without)
    [volume] = [each for each in pod["volumes"] if each["name"] == "brokers"]
    files = {each["metadata"]["name"]: each["data"] for each in of_kind(rendered, "ConfigMap")}
    assert parse_catalogue(files[volume["configMap"]["name"]]["brokers.json"]).brokers == ()


def test_rules_and_monitors_are_made_for_those_who_have_the_prometheus_operator(helm: str) -> None:
    without = template(helm, "lockstep", values()).stdout
    assert "monitoring.coreos.com" not in without
    labels = {"release": "prometheus"}
    done = template(helm, "lockstep", values(monitoring={"rules": True, "podMonitor": True, "labels": labels}))
    made = [each for each in yaml.safe_load_all(done.stdout) if each and each["apiVersion"] == "monitoring.coreos.com/v1"]
    assert [each["kind"] for each in made] == ["PodMonitor", "PrometheusRule"]
    assert all(each["metadata"]["labels"]["release"] == "prometheus" for each in made)
    written = yaml.safe_load((ROOT / "charts/lockstep/files/monitoring/rules.yaml").read_text())
    assert made[1]["spec"] == written


def test_the_dashboard_is_handed_to_grafanas_sidecar_where_it_is_wanted(helm: str) -> None:
    done = template(helm, "lockstep", values(monitoring={"dashboard": True}))
    boards = [each for each in yaml.safe_load_all(done.stdout) if each and each["metadata"]["name"] == "lockstep-dashboard"]
    written = (ROOT / "charts/lockstep/files/monitoring/dashboard.json").read_text()
    assert [each["data"]["lockstep.json"] for each in boards] == [written]
    assert boards[0]["metadata"]["labels"]["grafana_dashboard"] == "1"


def test_helm_test_knocks_at_every_port_that_others_may_use(rendered: list[Object]) -> None:
    (job,) = (each for each in of_kind(rendered, "Job") if each["metadata"]["annotations"]["helm.sh/hook"] == "test")
    variables = {each["name"]: each["value"] for each in job["spec"]["template"]["spec"]["containers"][0]["env"]}
    knocked = {(door.host.partition(".")[0], door.port) for door in read_settings(CheckSettings, variables).doors}
    # The API's port for the website's pods is theirs alone, and that of alerts is Alertmanager's.
    ports = {(each["metadata"]["name"], p["port"]) for each in of_kind(rendered, "Service") for p in each["spec"]["ports"]}
    assert knocked == ports - {("lockstep-webapp-api", 8001), ("lockstep-status", 3002)}
