"""docs/contracts/ names what the code has: every table, column, function, field, variable, path and metric, and no other."""

import json
import re
from collections.abc import Iterable, Set
from pathlib import Path

import pytest
from pydantic import BaseModel

from lockstep_api.settings import ApiSettings
from lockstep_api.status_page.settings import StatusSettings
from lockstep_core.resources.copier_account import ConditionType, CopierAccountSpec, CopierAccountStatus
from lockstep_core.wire.envelope import Kind
from lockstep_keyring.check import CheckSettings
from lockstep_keyring.install import InstallSettings
from lockstep_keyring.reseal import ResealSettings
from lockstep_keyring.settings import KeyringSettings
from lockstep_notifier.settings import NotifierSettings
from lockstep_operator.settings import OperatorSettings

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "docs" / "contracts"
MIGRATIONS = "\n".join(file.read_text() for file in sorted((ROOT / "supabase" / "migrations").glob("*.sql")))
TABLE = re.compile(r"^create table ([a-z]+\.[a-z_]+) \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
NOT_A_COLUMN = {"constraint", "primary", "unique", "check", "foreign", "exclude"}
ADDED_COLUMN = re.compile(r"alter table ([a-z]+\.[a-z_]+)\s+add column (?:if not exists )?([a-z_]+)", re.IGNORECASE)
DROPPED_COLUMN = re.compile(r"alter table ([a-z]+\.[a-z_]+)\s+drop column (?:if exists )?([a-z_]+)", re.IGNORECASE)
DROPPED_TABLE = re.compile(r"drop table (?:if exists )?([a-z]+\.[a-z_]+)", re.IGNORECASE)
DROPPED_FUNCTION = re.compile(r"drop function (?:if exists )?public\.([a-z_]+)", re.IGNORECASE)
FUNCTION = re.compile(r"create (?:or replace )?function public\.([a-z_]+)\(", re.IGNORECASE)
CHANNEL = re.compile(r"(?:notify_change|pg_notify)\('([a-z_]+)'")
VARIABLE = re.compile(r"LOCKSTEP_[A-Z0-9_]+")
METRIC = re.compile(r"\"((?:lockstep|workqueue|reconcile)_[a-z_]+)\"")


def page(name: str) -> str:
    return (CONTRACTS / name).read_text()


def section(text: str, title: str) -> str:
    """What stands under a heading, up to the next heading of the same level."""
    mark = title.split(" ", 1)[0]
    return text.split(f"\n{title}\n", 1)[1].split(f"\n{mark} ", 1)[0]


def rows(text: str) -> list[str]:
    """The first cell of every row of every table, heads and rules left out."""
    lines = text.splitlines()
    is_row = [line.startswith("| ") for line in lines]
    below = zip(lines, [*lines[1:], ""], is_row, strict=True)
    return [line.split(" | ")[0][2:] for line, after, row in below if row and line[2:5] != "---" and after[2:5] != "---"]


def names(text: str, pattern: str = r"`([^`]+)`") -> set[str]:
    """What the first cells name in code style."""
    return {name for row in rows(text) for name in re.findall(pattern, row)}


def tables() -> dict[str, set[str]]:
    """The columns of every table that the migrations leave. What is dropped is not made again under the same name."""
    found = {name: _columns(body) for name, body in TABLE.findall(MIGRATIONS)}
    for name, column in ADDED_COLUMN.findall(MIGRATIONS):
        found[name].add(column)
    for name, column in DROPPED_COLUMN.findall(MIGRATIONS):
        found[name].discard(column)
    return {name: columns for name, columns in found.items() if name not in DROPPED_TABLE.findall(MIGRATIONS)}


def _columns(body: str) -> set[str]:
    words = re.findall(r"^  ([a-z_]+) ", body, re.MULTILINE)
    return set(words) - NOT_A_COLUMN


def variables_of(model: type[BaseModel]) -> set[str]:
    return {f"LOCKSTEP_{field.upper()}" for field in model.model_fields}


def taken_in(path: str) -> set[str]:
    """The variables that a module takes one at a time."""
    return {f"LOCKSTEP_{name}" for name in re.findall(r"\.take\(\"([A-Z_]+)\"", (ROOT / path).read_text())}


def test_every_table_and_column_is_named() -> None:
    text = page("database.md")
    named = {title: names(section(text, f"## {title}")) for title in re.findall(r"^## (\w+\.\w+)$", text, re.MULTILINE)}
    assert named == tables()


def test_every_function_that_people_may_call_is_named() -> None:
    functions = section(page("rpc.md"), "## RPCs: functions of `public`")
    assert names(functions, r"`([a-z_]+)\(") == set(FUNCTION.findall(MIGRATIONS)) - set(DROPPED_FUNCTION.findall(MIGRATIONS))


def test_every_notify_channel_is_named() -> None:
    assert names(section(page("rpc.md"), "## NOTIFY channels")) == set(CHANNEL.findall(MIGRATIONS))


@pytest.mark.parametrize(
    ("title", "model"),
    [("## CopierAccount: `spec`", CopierAccountSpec), ("## CopierAccount: `status`", CopierAccountStatus)],
)
def test_every_field_of_a_copier_account_is_named(title: str, model: type[BaseModel]) -> None:
    fields = {field.alias or name for name, field in model.model_fields.items()}
    conditions = {condition.value for condition in ConditionType} if model is CopierAccountStatus else set[str]()
    assert names(section(page("kubernetes.md"), title)) == fields | conditions


@pytest.mark.parametrize(
    ("title", "variables"),
    [
        ("## Operator", variables_of(OperatorSettings)),
        ("## Keyring", variables_of(KeyringSettings)),
        (
            "## The keyring's jobs",
            variables_of(InstallSettings) | variables_of(ResealSettings) | variables_of(CheckSettings),
        ),
        ("## API", variables_of(ApiSettings)),
        ("## Notifier", variables_of(NotifierSettings)),
        ("## Status page", variables_of(StatusSettings)),
        ("## Router", taken_in("router/src/lockstep_router/process/settings.py")),
        ("## Terminal pod", taken_in("agent/src/lockstep_agent/settings.py")),
        ("## Website", set(VARIABLE.findall((ROOT / "website/src/server/env.ts").read_text()))),
    ],
)
def test_every_variable_of_a_process_is_named(title: str, variables: Set[str]) -> None:
    assert names(section(page("environment.md"), title)) == variables


def test_every_variable_of_the_chart_and_of_terminal_pods_is_named() -> None:
    templates = sorted((ROOT / "charts" / "lockstep" / "templates").glob("*.yaml"))
    podspec = ROOT / "operator" / "src" / "lockstep_operator" / "podspec.py"
    given = {name for file in [*templates, podspec] for name in VARIABLE.findall(file.read_text())}
    assert given - names(page("environment.md")) == set()


def test_every_http_endpoint_of_the_api_is_named() -> None:
    document = json.loads((ROOT / "website" / "openapi.json").read_text())
    calls = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    api = section(page("http.md"), "## The API (`lockstep-webapp-api.lockstep:8000`)")
    assert set(re.findall(r"^\| `([A-Z]+)` \| `([^`]+)` \|", api, re.MULTILINE)) == calls


def test_every_metric_is_named() -> None:
    named = {name.split("{")[0].removesuffix("_total") for name in names(page("metrics.md"))}
    assert named == {metric.removesuffix("_total") for metric in _metrics()}


def test_every_kind_of_envelope_is_named() -> None:
    kinds = re.findall(r"^\| (\d+) \| `([A-Z]+)` \|", page("zeromq.md"), re.MULTILINE)
    assert {(int(number), name) for number, name in kinds} == {(kind.value, kind.name) for kind in Kind}


def _metrics() -> Iterable[str]:
    for module in (
        "operator/src/lockstep_operator/metrics",
        "keyring/src/lockstep_keyring/metrics",
        "webapp_api/src/lockstep_api/metrics",
        "notifier/src/lockstep_notifier/metrics",
        "webapp_api/src/lockstep_api/status_page/__main__",
    ):
        yield from METRIC.findall((ROOT / f"{module}.py").read_text())
    health = (ROOT / "router/src/lockstep_router/process/health.py").read_text()
    yield from METRIC.findall(health)
    for group in ("_GAUGES", "_COUNTERS"):
        listed = re.search(rf"^{group} = \((.*)\)$", health, re.MULTILINE)
        assert listed is not None, f"health.py has no {group}"
        yield from (f"lockstep_router_{name}" for name in re.findall(r"\"(\w+)\"", listed[1]))
