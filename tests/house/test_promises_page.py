"""docs/promises.md: every promise has a test and an alert that exist, and a figure, and no objective is left out."""

import re

import pytest

from monitoring import rules
from tests.house.promises import ROOT, exists

PAGE = (ROOT / "docs" / "promises.md").read_text()
KEPT, NOT_KEPT = PAGE.split("\n## Not kept yet\n", 1)
PROMISES = re.findall(r"^- .*(?:\n  .*)*", KEPT, re.MULTILINE)
ALERTS = {rule["alert"] for group in rules.rules()["groups"] for rule in group["rules"] if "alert" in rule}
TEST = re.compile(r"^  test: `([^`:]+)::([^`]+)`$", re.MULTILINE)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_tests_a_figure_and_an_alert_that_exist(promise: str) -> None:
    tests = TEST.findall(promise)
    assert tests
    assert [test for test in tests if not exists(*test)] == []
    assert len(re.findall(r"^  figure: \S", promise, re.MULTILINE)) == 1
    (alerts,) = re.findall(r"^  alert: (.+)$", promise, re.MULTILINE)
    named = re.findall(r"`([^`]+)`", alerts)
    assert named
    assert set(named) <= ALERTS


def test_every_line_of_a_promise_is_of_a_known_kind() -> None:
    lines = [line for promise in PROMISES for line in promise.splitlines()[1:]]
    assert [line for line in lines if not re.match(r"  (test: `[^`]+::[^`]+`|figure: .+|alert: `.+)$", line)] == []


@pytest.mark.parametrize("objective", rules.objectives(), ids=lambda each: each["name"])
def test_every_objective_is_promised_in_its_own_words(objective: dict[str, str]) -> None:
    promise = next(each for each in PROMISES if objective["promise"] in each)
    assert all(f"`{objective['name']}{speed}`" in promise for speed in ("BurnsFast", "BurnsSlowly"))


def test_what_exists_of_a_fault_exists() -> None:
    paths = re.findall(r"`([a-z_]+/[^`]+)`", NOT_KEPT)
    assert len(paths) >= 4
    assert [path for path in paths if not (ROOT / path).exists()] == []
