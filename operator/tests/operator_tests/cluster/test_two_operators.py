"""Two operators: one works, and the other goes on when it is gone."""

from collections.abc import Iterator

import pytest

from tests.stack.kube import SYSTEM
from tests.stack.kube import kubectl as anywhere

from .kube import kubectl, within
from .rows import somebody

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(400)]

DEPLOYMENT = "deployment/lockstep-operator"


@pytest.fixture
def two() -> Iterator[None]:
    before = anywhere("-n", SYSTEM, "get", DEPLOYMENT, "-o", "jsonpath={.spec.replicas}")
    scale(2)
    yield
    scale(int(before))


def scale(replicas: int) -> None:
    anywhere("-n", SYSTEM, "scale", DEPLOYMENT, f"--replicas={replicas}")
    anywhere("-n", SYSTEM, "rollout", "status", DEPLOYMENT, "--timeout=120s")


def holder() -> str:
    return kubectl("get", "lease", "lockstep-operator", "-o", "jsonpath={.spec.holderIdentity}")


@pytest.mark.usefixtures("two")
def test_when_the_operator_that_works_is_killed_the_other_goes_on() -> None:
    with somebody() as person:
        first = within(30, "a leader", lambda: holder() or None)
        # Killed, so that it cannot give the lease back.
        anywhere("-n", SYSTEM, "delete", "pod", first, "--grace-period=0", "--force")
        account = person.add(1, mode="suspended")
        within(60, "another leader", lambda: holder() not in ("", first) or None)
        within(60, "the account", lambda: account.name in kubectl("get", "copieraccounts", "-o", "name") or None)
