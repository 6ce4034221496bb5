"""docs/install.md: its values are values of the chart, and its commands and objects exist, as far as this can be checked
without a cluster.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.house.chart import ROOT, Object, of_kind, rendered, rendering

PAGE = (ROOT / "docs/install.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VALUES: Object = yaml.safe_load((ROOT / "charts/lockstep/values.yaml").read_text())
MIGRATIONS = "".join(file.read_text() for file in sorted((ROOT / "supabase/migrations").glob("*.sql")))
ROLES = (ROOT / "supabase/roles.sql").read_text()
DATABASE = {
    "operator": "operatorSecret",
    "api": "apiSecret",
    "keyring": "keyringSecret",
    "notifier": "notifierSecret",
    "status": "statusSecret",
}


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(PAGE) if kind == language]


def commands(first: str) -> list[list[str]]:
    """The lines of the shell that begin with a word, as words; variables before it are left out."""
    lines = [
        re.sub(r"^(?:[A-Z0-9_]+=(?:\"[^\"]*\"|\S+) )+", "", line)
        for text in blocks("sh")
        for line in text.replace("\\\n", "").splitlines()
    ]
    return [line.split() for line in lines if line.split()[:1] == [first]]


def documents() -> Iterator[Object]:
    for text in blocks("yaml"):
        yield from (each for each in yaml.safe_load_all(text) if each)


def values() -> list[Object]:
    """The examples of values; what has a kind is an object of Kubernetes."""
    return [each for each in documents() if "kind" not in each]


def merged(below: Any, above: Any) -> Any:
    """As helm merges files of values: objects member by member, all else whole."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{name: merged(below.get(name), value) for name, value in above.items()}}


def test_the_values_of_both_phases_are_the_charts() -> None:
    one, cluster = values()
    for given in (one, merged(one, cluster)):
        done = rendering(given)
        assert done.returncode == 0, done.stderr


def test_the_cluster_has_several_pods_of_each_part_and_a_router_for_each_shard() -> None:
    one, cluster = values()
    objects = rendered(**merged(one, cluster))
    assert len(list(of_kind(objects, "PodDisruptionBudget"))) == 4
    routers = [each for each in of_kind(objects, "Deployment") if "lockstep-router" in each["metadata"]["name"]]
    assert len(routers) == len(cluster["router"]["shards"])


def test_the_website_is_led_to_behind_tls_with_the_secret_that_the_text_makes() -> None:
    (ingress,) = of_kind(rendered(**values()[0]), "Ingress")
    (tls,) = ingress["spec"]["tls"]
    assert f"`{tls['secretName']}`" in PAGE
    assert [f"https://{host}" for host in tls["hosts"]] == [values()[0]["website"]["url"]]


def test_every_value_that_is_named_in_the_text_exists() -> None:
    named = re.findall(r"`((?:" + "|".join(VALUES) + r")(?:\.\w+)+)`", PAGE)
    assert len(named) > 5
    for path in named:
        at: Any = VALUES
        for part in path.split("."):
            assert part in at, path
            at = at[part]


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {word for command in commands("make") for word in command[1:] if "=" not in word}
    assert made
    assert made <= targets


def test_every_script_exists_and_knows_the_image() -> None:
    scripts = [command for first in ("images/build.sh", "images/load.sh") for command in commands(first)]
    assert scripts
    for script, *images in scripts:
        assert (ROOT / script).is_file()
        assert all((ROOT / "images" / image / "Containerfile").is_file() for image in images), images


def test_every_secret_is_one_that_the_chart_reads_with_its_keys() -> None:
    made = {
        command[6]: set(re.findall(r"--from-file=([a-z-]+)=", " ".join(command)))
        for command in commands("kubectl")
        if "generic" in command
    }
    shards = {f"lockstep-db-router-{shard['name']}": {"url"} for shard in VALUES["router"]["shards"]}
    assert made == {
        **{VALUES["database"][name]: {"url"} for name in DATABASE.values()},
        **shards,
        VALUES["supabase"]["secret"]: {"url", "publishable-key"},
    }


def test_every_role_and_function_of_sql_is_the_databases() -> None:
    (text,) = blocks("sql")
    shards = [shard["name"] for shard in VALUES["router"]["shards"]]
    assert re.findall(r"private\.add_router\('([^']*)'\)", text) == shards
    assert re.findall(r'"lockstep_router_([^"]*)"', text) == shards
    for role in re.findall(r"alter role (lockstep_\w+)", text):
        assert re.search(rf"\b{role}\b", ROLES + MIGRATIONS), role
    assert "function private.add_router(" in MIGRATIONS


def test_kubectl_asks_for_kinds_that_there_are() -> None:
    kinds = {"namespace", "pods", "secret", "deployment", "copieraccounts", "endpoints"}
    verbs = {"create", "get", "scale", "describe"}
    for command in commands("kubectl"):
        words = command[3:] if command[1] == "-n" else command[1:]
        assert words[0] in verbs, command
        assert words[1] in kinds, command


def test_helm_is_told_of_this_chart_in_one_namespace_under_one_name() -> None:
    found = commands("helm")
    assert len(found) >= 4
    for command in found:
        assert command[command.index("-n") + 1] == "lockstep", command
        if command[1] == "test":
            assert command[2] == "lockstep"
            continue
        assert command[command.index("charts/lockstep") - 1] == "lockstep", command


def test_the_secrets_to_back_up_are_those_that_cannot_be_made_anew() -> None:
    readme = (ROOT / "charts/lockstep/README.md").read_text()
    kept = re.findall(r"^\| `(lockstep-[a-z-]+)`[^|]*\| [^|]*\| (?!delete it)", readme, re.MULTILINE)
    (command,) = (each for each in commands("kubectl") if "yaml" in each)
    assert sorted(word for word in command if word.startswith("lockstep-")) == sorted(kept)


@pytest.mark.parametrize("command", ["supabase", "pg_dump", "psql"])
def test_no_password_is_an_argument_of_what_is_to_be_repeated(command: str) -> None:
    for words in commands(command):
        if words[:3] != ["supabase", "db", "push"]:
            assert "PASSWORD" not in json.dumps(words)
