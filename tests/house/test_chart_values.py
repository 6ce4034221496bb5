"""The chart's values: each is described and checked, an unknown one is refused, and a wrong one in a sentence."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.house.chart import ROOT, Object, pods, rendered, rendering

CHART = ROOT / "charts/lockstep"
SCHEMA: Object = json.loads((CHART / "values.schema.json").read_text())
VALUES: Object = yaml.safe_load((CHART / "values.yaml").read_text())
WRONG = {"of": "another kind"}


def resolved(schema: Object) -> Object:
    """A schema with what it refers to in the reference's place; its own words go first."""
    found = schema
    for each in [schema, *schema.get("allOf", ())]:
        if "$ref" in each:
            found = {**resolved(SCHEMA["definitions"][each["$ref"].rpartition("/")[2]]), **found}
    return found


def schemas(schema: Object, path: str = "") -> Iterator[tuple[str, Object]]:
    """Every schema below one, by the path of its value."""
    whole = resolved(schema)
    yield path, whole
    for name, below in whole.get("properties", {}).items():
        yield from schemas(below, f"{path}/{name}")
    if "items" in whole:
        yield from schemas(whole["items"], f"{path}/0")


def values(value: Any, schema: Object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every default that the schema looks into, by its path. Raises KeyError for one that the schema does not name."""
    yield path, value
    whole = resolved(schema)
    if isinstance(value, dict) and "properties" in whole:
        for name, below in value.items():
            yield from values(below, whole["properties"][name], f"{path}/{name}")
    if isinstance(value, list):
        for index, below in enumerate(value):
            yield from values(below, whole["items"], f"{path}/{index}")


def placed(value: Any, paths: dict[str, Any]) -> Any:
    """A copy of a value in which others stand at these paths."""

    def copied(at: Any, path: str) -> Any:
        if path in paths:
            return paths[path]
        if isinstance(at, dict):
            added = {p.rpartition("/")[2]: v for p, v in paths.items() if p.rpartition("/")[0] == path}
            return {name: copied(below, f"{path}/{name}") for name, below in at.items()} | added
        if isinstance(at, list):
            return [copied(below, f"{path}/{index}") for index, below in enumerate(at)]
        return at

    return copied(value, "")


def told(wrong: dict[str, Any]) -> str:
    """What helm says to the chart's own values with others at these paths."""
    done = rendering(placed(VALUES, wrong))
    assert done.returncode != 0, f"nothing was refused of {sorted(wrong)}"
    return done.stderr


KNOWN = dict(schemas(SCHEMA))
GIVEN = dict(values(VALUES, SCHEMA))
LABELS = ("nodeSelector", "Demo", "Live", "env", "namespaceSelector", "podSelector", "labels", "annotations")
OBJECTS = [path for path, value in GIVEN.items() if isinstance(value, dict) and path.rpartition("/")[2] not in LABELS]


def test_every_value_that_can_be_given_is_described() -> None:
    assert [path for path, schema in KNOWN.items() if not schema.get("description") and not path.endswith("/0")] == []


def test_every_value_of_a_part_has_a_default_or_may_be_left_out_for_a_reason() -> None:
    shard = "/router/shards/0"
    optional = {"/global", f"{shard}/databaseSecret", f"{shard}/curveSecret", f"{shard}/canary"}
    kinds = (
        "tolerations",
        "affinity",
        "topologySpreadConstraints",
        "imagePullSecrets",
        "brokers",
        "proxies",
        "limits",
        "requests",
    )
    entries = re.compile("/(" + "|".join(kinds) + r"|extraPeers|metricsFrom|alertsFrom|networkPolicies/egress/\w+)/")
    left_out = {path for path in KNOWN if path not in GIVEN and not path.endswith("/0") and not entries.search(path)}
    assert left_out == optional


def test_no_object_takes_what_the_schema_does_not_name() -> None:
    free = [
        path for path, schema in KNOWN.items() if "properties" in schema and schema.get("additionalProperties") is not False
    ]
    # The job that runs before an installation checks the catalogue of brokers.
    assert [path for path in free if not path.startswith("/brokers")] == []


def test_an_unknown_value_is_refused_at_every_level() -> None:
    said = told({f"{path}/unknown": 1 for path in OBJECTS})
    assert [path for path in OBJECTS if f"at '{path}': additional properties 'unknown' not allowed" not in said] == []
    assert len(OBJECTS) > 40


def test_a_value_of_another_kind_is_refused_with_its_name() -> None:
    leaves = [path for path, value in GIVEN.items() if path and not isinstance(value, dict | list)]
    said = told(dict.fromkeys(leaves, WRONG))
    assert [path for path in leaves if f"at '{path}':" not in said] == []
    assert len(leaves) > 80


@pytest.mark.parametrize(
    ("path", "wrong", "sentence"),
    [
        ("/terminals/namespace", "Terminals_", 'terminals.namespace is "Terminals_". A name has small letters'),
        ("/supabase/secret", "my secret", 'supabase.secret is "my secret". A name has'),
        ("/router/shards/1/curveSecret", "-x", 'router.shards[1].curveSecret is "-x". A name has'),
        ("/images/router", "a b", 'images.router is "a b". An image is named as registry/name:tag'),
        ("/website/url", "copy.example.com", 'website.url is "copy.example.com". It is the address that people open'),
        ("/website/url", "https://a/path", "without a path"),
        ("/webappApi/enabled", False, "The website asks the API of the same release."),
        (
            "/terminals/egress/extraCidrs",
            ["10.1.2.3"],
            'terminals.egress.extraCidrs has "10.1.2.3". A range of addresses is',
        ),
        (
            "/operator/resources/requests/memory",
            "96MB",
            'operator.resources.requests.memory is "96MB". A quantity is written',
        ),
        ("/website/door/resources/limits/memory", "much", 'website.door.resources.limits.memory is "much". A quantity'),
        ("/priorityClasses/slaves/value", 950_000, "the value of routers must be above that of masters"),
        ("/priorityClasses/routers/value", 2_000_000_000, "at '/priorityClasses/routers/value': maximum: got"),
        ("/operator/replicas", 9, "at '/operator/replicas': maximum: got 9, want 5"),
        ("/imagePullPolicy", "Sometimes", "at '/imagePullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'"),
        ("/router/shards", [], "at '/router/shards': minItems: got 0, want 1"),
        ("/router/resources/limits/cpu", 1, "at '/router/resources/limits': additional properties 'cpu' not allowed"),
        ("/images/operator", "", "images.operator must be set: the full name of the image"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence_that_names_it(path: str, wrong: Any, sentence: str) -> None:
    done = rendering(placed(whole(), {path: wrong}))
    assert done.returncode != 0
    assert sentence in done.stderr


def test_an_address_of_all_the_internet_is_refused_in_a_sentence() -> None:
    entry = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"protocol": "TCP", "port": 443}]}
    done = rendering(placed(whole(), {"/networkPolicies/egress/supabase": [entry]}))
    assert 'networkPolicies.egress.supabase has the range "0.0.0.0/0". Name the addresses' in done.stderr


def whole() -> Object:
    """All the chart's values, with images, and with the website."""
    images = {name: f"registry/{name}:1" for name in VALUES["images"]}
    found: Object = placed(VALUES, {"/images": images, "/website/enabled": True})
    return found


class Strict(yaml.CSafeLoader):
    """Reads YAML as strictly as GitOps tools do: a key that stands twice in one object is an error."""


def _once(loader: Strict, node: yaml.MappingNode) -> Object:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    assert not twice, f"{sorted(twice)} stand twice in one object, {node.start_mark}"
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _once)


def test_no_object_has_a_key_twice() -> None:
    place = {"nodeSelector": {"pool": "a"}, "tolerations": [{"operator": "Exists"}], "affinity": {"nodeAffinity": {}}}
    parts = dict.fromkeys(("operator", "router", "keyring", "webappApi", "notifier", "website"), place)
    assert list(yaml.load_all(rendering({**parts, "crds": {"create": True}}).stdout, Strict))


def test_all_parts_can_take_secrets_of_ones_own() -> None:
    own = {
        "keyring": {"existingSecret": "own-keys", "existingTlsSecret": "own-tls"},
        "webappApi": {"existingSecret": "own-factors", "existingVisitorSecret": "own-visitor"},
        "database": {
            "operatorSecret": "own-operator",
            "keyringSecret": "own-keyring",
            "apiSecret": "own-api",
            "notifierSecret": "own-notifier",
            "statusSecret": "own-status",
        },
        "notifier": {"mail": {"host": "mail.example.com", "secret": "own-mail"}},
        "supabase": {"secret": "own-supabase"},
        "imagePullSecrets": [{"name": "own-pull"}],
        "router": {
            "shards": [
                {
                    "name": "demo-1",
                    "environment": "demo",
                    "serviceName": "router",
                    "databaseSecret": "own-router",
                    "curveSecret": "own-curve",
                }
            ]
        },
    }
    names = {name for pod in pods(rendered(**own)) for name in secrets_of(pod.spec)}
    assert names
    assert [name for name in names if not name.startswith("own-")] == []


def secrets_of(spec: Object) -> Iterator[str]:
    """The names of all Secrets that a pod is given."""
    yield from (volume["secret"]["secretName"] for volume in spec["volumes"] if "secret" in volume)
    yield from (each["name"] for each in spec["imagePullSecrets"])
    for container in spec["containers"]:
        given = [each["valueFrom"]["secretKeyRef"]["name"] for each in container.get("env", ()) if "valueFrom" in each]
        yield from given
