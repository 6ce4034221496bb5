"""An upgrade of the chart leaves terminals alone, unless their pod template changed and the changelog says so."""

import json
import re
from typing import Any

import pytest

from tests.house.chart import ROOT
from tests.house.terminal_revisions import RECORD, revisions

TOLD = "Upgrading replaces every terminal"
BEFORE: dict[str, str] = json.loads((ROOT / RECORD).read_text())["revisions"]
OTHER_VALUES: dict[str, Any] = {
    "operator": {"replicas": 1, "workers": 4, "startsAtOnce": 9, "resources": {"requests": {"cpu": "1"}}},
    "router": {"shards": [{"name": "demo-1", "environment": "demo", "serviceName": "another-name"}]},
    "keyring": {"replicas": 2, "existingSecret": "own-keys"},
    "webappApi": {"replicas": 2, "autoscaling": {"maxReplicas": 3}},
    "website": {"enabled": True, "url": "https://copy.example.com", "replicas": 2},
    "brokers": [{"brand": "Broker", "servers": [{"server": "Broker", "platform": "MT5", "environment": "demo"}]}],
    "networkPolicies": {"metricsFrom": [{"podSelector": {}}]},
    "images": {"operator": "registry/operator:2", "router": "registry/router:2", "keyring": "registry/keyring:2"},
    "prometheusAnnotations": False,
}


def unreleased() -> str:
    """What the changelog says of the next release."""
    page = (ROOT / "CHANGELOG.md").read_text()
    found = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def parts(of: dict[str, str], number: int) -> dict[str, str]:
    """One part of each revision: 0 is the account's, 1 the template's."""
    return {name: revision.split(".")[number] for name, revision in of.items()}


def test_an_upgrade_replaces_no_terminal_unless_the_changelog_says_so() -> None:
    """Until the first release, and then with each, `make terminals` records what is released."""
    assert parts(revisions(), 1) == parts(BEFORE, 1) or TOLD in unreleased(), (
        "Pods of terminals are made of something else than in the last release, so an upgrade replaces each of them. "
        f"Say so in CHANGELOG.md ({TOLD!r}); before the first release, run `make terminals`."
    )


def test_no_upgrade_ever_replaces_all_terminals_at_once() -> None:
    # A pod whose part of the account differs is replaced without a pause between it and the next.
    assert parts(revisions(), 0) == parts(BEFORE, 0), (
        "after the first release this may not change; before it, `make terminals`"
    )


@pytest.mark.parametrize("section", OTHER_VALUES)
def test_values_of_other_parts_replace_no_terminal(section: str) -> None:
    assert revisions(**{section: OTHER_VALUES[section]}) == revisions()


def test_a_new_image_of_a_platform_replaces_its_terminals_one_after_the_other_and_no_others() -> None:
    now, then = revisions(images={"terminalMt5": "registry/mt5:2"}), revisions()
    assert parts(now, 0) == parts(then, 0)
    changed = {name for name in then if now[name] != then[name]}
    assert changed == {name for name in then if name.startswith("MT5")}


def test_what_terminals_ask_for_replaces_all_of_them_one_after_the_other() -> None:
    resources = {"requests": {"cpu": "100m", "memory": "280Mi"}, "limits": {"memory": "1Gi"}}
    now, then = revisions(terminals={"resources": resources}), revisions()
    assert parts(now, 0) == parts(then, 0)
    assert not set(parts(now, 1).values()) & set(parts(then, 1).values())
