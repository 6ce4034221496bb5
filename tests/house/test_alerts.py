"""From promise to page, no link is missing: objective or cause, rule, a case in which it fires, and what to do then."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from lockstep_api.metrics import ApiMetrics
from lockstep_api.status_page.alerts import AFFECTS
from lockstep_api.status_page.words import LANGUAGES, words
from lockstep_core.resources.reasons import Reason
from lockstep_keyring.metrics import KeyringMetrics
from lockstep_operator.metrics import OperatorMetrics
from lockstep_router.journal.ipc import LoopNumbers, WriterNumbers
from lockstep_router.process.health import Vitals
from monitoring import dashboard, rules

ROOT = Path(__file__).resolve().parents[2]
RUNBOOKS = ROOT / "docs/runbooks"
CASES: list[dict[str, Any]] = yaml.safe_load((ROOT / "monitoring/cases.yaml").read_text())["cases"]
ALERTS = [rule for group in rules.rules()["groups"] for rule in group["rules"] if "alert" in rule]
ABOUT = {each["name"]: str(each["bad"]) for each in rules.objectives()} | {
    each["name"]: str(each["expr"]) for each in rules.causes()
}
SECTIONS = ("Symptom", "Metric", "Action", "Verification")


@pytest.fixture(scope="module")
def promtool() -> str:
    command = [str(ROOT / "devcluster/prometheus.sh"), "promtool"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_charts_rules_are_made_of_the_objectives_and_causes() -> None:
    assert rules.WRITTEN.read_text() == rules.written()


def test_the_charts_dashboard_is_made_of_its_graphs() -> None:
    assert dashboard.WRITTEN.read_text() == dashboard.written()


def test_prometheus_understands_every_query_of_the_dashboard(promtool: str, tmp_path: Path) -> None:
    asked = [{"record": f"asked:{n}", "expr": expr} for n, expr in enumerate(_graphed())]
    file = tmp_path / "asked.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": asked}]}))
    done = subprocess.run([promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_alerts_can_be_seen_on_the_dashboard() -> None:
    shown = {metric for expr in _graphed() for metric in _metrics_in(expr)}
    recorded = {metric for each in rules.objectives() for metric in _metrics_in(f"{each['bad']} {each['total']}")}
    asked = {metric for text in ABOUT.values() for metric in _metrics_in(text)}
    assert sorted(asked - recorded - shown) == []
    assert (
        sorted({metric.removesuffix("_total") for metric in shown} - {name.removesuffix("_total") for name in _told()}) == []
    )


def _graphed() -> list[str]:
    graphs = [graph for some in dashboard.rows().values() for graph in some]
    return [expr.replace("$__rate_interval", "5m") for graph in graphs for expr in graph.queries.values()]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("every", sorted({case.get("every", "1m") for case in CASES}))
def test_each_alert_fires_in_its_case_and_not_in_the_other(every: str, promtool: str, tmp_path: Path) -> None:
    tests = [_test(case, every, fires) for case in CASES for fires in (True, False) if case.get("every", "1m") == every]
    asked = tmp_path / "cases.yaml"
    asked.write_text(yaml.safe_dump({"rule_files": [str(rules.WRITTEN)], "evaluation_interval": every, "tests": tests}))
    done = subprocess.run([promtool, "test", "rules", str(asked)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _test(case: dict[str, Any], every: str, fires: bool) -> dict[str, Any]:
    alert = _alert_of(case)
    labels = {**alert["labels"], **case.get("labels", {})}
    expected = [{"exp_labels": labels, "exp_annotations": alert["annotations"]}] if fires else []
    series = [
        dict(zip(("series", "values"), each.rsplit(": ", 1), strict=True)) for each in case["fires" if fires else "silent"]
    ]
    asked = [{"eval_time": case["at"], "alertname": case["alert"], "exp_alerts": expected}]
    return {"interval": every, "input_series": series, "alert_rule_test": asked}


def _alert_of(case: dict[str, Any]) -> dict[str, Any]:
    return next(alert for alert in ALERTS if alert["alert"] == case["alert"])


def test_every_alert_has_a_case() -> None:
    assert {case["alert"] for case in CASES} == {alert["alert"] for alert in ALERTS}


@pytest.mark.parametrize("name", sorted(ABOUT))
def test_whatever_alerts_has_a_page_that_says_what_to_do(name: str) -> None:
    page = (RUNBOOKS / rules.runbook(name)).read_text()
    assert page.startswith(f"# {name}\n")
    assert tuple(re.findall(r"^## (.+)$", page, re.MULTILINE)) == SECTIONS
    metrics = _metrics_in(ABOUT[name])
    assert all(metric in page for metric in metrics), f"{name} is about {metrics}"


def test_every_page_is_about_what_alerts() -> None:
    assert {page.name for page in RUNBOOKS.glob("*.md")} - {"README.md"} == {rules.runbook(name) for name in ABOUT}


def test_every_metric_of_a_rule_is_one_that_a_process_tells() -> None:
    told = _told()
    totals = [str(each["total"]) for each in rules.objectives()]
    asked = {metric for text in (*ABOUT.values(), *totals) for metric in _metrics_in(text)}
    assert len(asked) > 15
    assert sorted(asked - told) == []


def test_every_reason_in_a_rule_is_one_of_an_account_or_a_copy() -> None:
    texts = [str(each) for each in (*rules.objectives(), *rules.causes())]
    reasons = {word for text in texts for some in re.findall(r'reason[!=~]+"([^"]+)"', text) for word in some.split("|")}
    assert len(reasons) > 2
    assert reasons <= {reason.value for reason in Reason}


def _metrics_in(text: str) -> list[str]:
    return sorted(set(re.findall(r"\blockstep_[a-z_]+", text)))


def _told() -> set[str]:
    vitals = Vitals(lambda: 0.0, capacity=1)
    vitals.on_numbers(LoopNumbers(True, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, [], canary_rounds=0))
    vitals.on_numbers(WriterNumbers(True, 0, {}, store_works=True))
    registries: list[CollectorRegistry] = [vitals.registry]
    registries += [each.registry for each in (OperatorMetrics(), KeyringMetrics(), ApiMetrics())]
    names = set[str]()
    for registry in registries:
        for family in registry.collect():
            endings = {"counter": ("_total",), "histogram": ("_count", "_sum", "_bucket")}.get(family.type, ("",))
            names |= {family.name + ending for ending in endings}
    return names


def test_whoever_is_woken_knows_what_people_are_told_and_the_status_page_has_words_for_it() -> None:
    told = {alert["alert"]: alert["labels"]["affects"] for alert in ALERTS if "affects" in alert["labels"]}
    assert set(told.values()) == set(AFFECTS)
    assert all(f"affects_{what}" in words(language) for what in AFFECTS for language in LANGUAGES)
    assert {alert["labels"]["severity"] for alert in ALERTS if alert["alert"] in told} == {"page"}
    # One account is shut out, and its owner is told.
    assert {alert["alert"] for alert in ALERTS if alert["labels"]["severity"] == "page"} - told.keys() == {"RouterFaults"}
