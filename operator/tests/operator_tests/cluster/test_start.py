"""What an operator does when it starts beside accounts that are as they should be."""

import time

import pytest

from tests.stack.kube import SYSTEM
from tests.stack.kube import kubectl as anywhere

from .kube import kubectl, within
from .rows import somebody

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

ACCOUNTS = 12
READ = """
from http.client import HTTPConnection
connection = HTTPConnection("127.0.0.1", 9100)
connection.request("GET", "/metrics")
print(connection.getresponse().read().decode())
"""


def calls() -> dict[tuple[str, str], float]:
    """The calls to the API server since the operator started, by verb and kind."""
    text = anywhere("-n", SYSTEM, "exec", "deployment/lockstep-operator", "--", "python3", "-c", READ)
    lines = (line for line in text.splitlines() if line.startswith("lockstep_kubernetes_calls_total{"))
    found = {}
    for line in lines:
        labels, _, value = line.partition("{")[2].partition("} ")
        parts = dict(part.split("=") for part in labels.split(","))
        found[parts["verb"].strip('"'), parts["kind"].strip('"')] = float(value)
    return found


def restart() -> None:
    anywhere("-n", SYSTEM, "rollout", "restart", "deployment/lockstep-operator")
    anywhere("-n", SYSTEM, "rollout", "status", "deployment/lockstep-operator", "--timeout=120s")


def test_accounts_that_are_as_they_should_be_are_neither_written_nor_read_one_by_one() -> None:
    with somebody() as person:
        accounts = [person.add(login, mode="suspended") for login in range(1, ACCOUNTS + 1)]
        names = {f"secret/{account.name}" for account in accounts}
        within(120, "their Secrets", lambda: names <= set(kubectl("get", "secrets", "-o", "name").split()) or None)
        within(60, "their statuses", lambda: _all_told([account.name for account in accounts]) or None)
        restart()
        late = person.add(ACCOUNTS + 1, mode="suspended")
        within(30, "a new account", lambda: late.name in kubectl("get", "copieraccounts", "-o", "name") or None)
        # New accounts come first; the others are compared during this pause.
        time.sleep(5)
        made = calls()
        assert made.get(("apply", "copieraccounts"), 0) <= 1
        assert made.get(("apply", "secrets"), 0) <= 1
        assert made.get(("get", "copieraccounts"), 0) < ACCOUNTS


def _all_told(names: list[str]) -> bool:
    told = kubectl("get", "copieraccounts", "-o", "jsonpath={range .items[?(@.status.reason)]}{.metadata.name} {end}")
    return set(names) <= set(told.split())
