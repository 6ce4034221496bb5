"""People who leave while no operator runs: it carries their removals out when it comes back."""

import time
from collections.abc import Iterator

import pytest

from tests.stack.kube import SYSTEM
from tests.stack.kube import kubectl as anywhere

from .kube import Account, kubectl, within
from .rows import recorded_removals, somebody, vanish

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

MANY = 15
DEPLOYMENT = ("-n", SYSTEM, "scale", "deployment/lockstep-operator")


@pytest.fixture
def operator() -> Iterator[None]:
    yield
    scale(1)


def scale(replicas: int) -> None:
    anywhere(*DEPLOYMENT, f"--replicas={replicas}")
    if replicas:
        anywhere("-n", SYSTEM, "rollout", "status", "deployment/lockstep-operator", "--timeout=120s")
    else:
        selector = ("-l", "app.kubernetes.io/component=operator")
        anywhere("-n", SYSTEM, "wait", "--for=delete", "pod", *selector, "--timeout=120s")


def objects() -> str:
    return kubectl("get", "copieraccounts,pods,secrets,serviceaccounts", "-o", "name")


def left_of(accounts: list[Account]) -> list[str]:
    return [name for name in objects().split() if any(account.id in name for account in accounts)]


@pytest.mark.usefixtures("operator")
def test_more_removals_than_the_limit_are_carried_out_after_an_absence() -> None:
    with somebody() as person:
        accounts = [person.add(login, mode="suspended") for login in range(1, MANY)]
        within(120, "their Secrets", lambda: _count(accounts, "secret/") == MANY - 1 or None)
        # The last one, since its pod ends soon: nobody can open the password that these tests store.
        accounts.append(person.add(MANY, mode="running"))
        within(120, "a pod", lambda: _count(accounts, "pod/") == 1 or None)
        scale(0)
        person.leave()
        time.sleep(3)
        assert recorded_removals(accounts) == MANY
        scale(1)
        within(120, "nothing left", lambda: not left_of(accounts) or None)
        within(30, "no record", lambda: recorded_removals(accounts) == 0 or None)


def test_a_login_that_is_removed_and_added_again_waits_for_the_end_of_its_old_terminal() -> None:
    with somebody() as person:
        old = person.add(77, mode="running")
        (pod,) = within(120, "its pod", lambda: old.pods() or None)
        person.remove(old)
        new = person.add(77, mode="running")

        def follows() -> bool | None:
            # In this order: a new pod that is seen now must not have an old one beside it that is still there later.
            started = bool(new.pods())
            assert not (started and pod["metadata"]["name"] in objects())
            return started or None

        within(150, "the new account's pod", follows)


def test_rows_that_only_vanish_are_kept_when_they_are_many() -> None:
    with somebody() as person:
        accounts = [person.add(login) for login in range(1, MANY + 1)]
        within(120, "all Secrets", lambda: _count(accounts, "secret/") == MANY or None)
        vanish(accounts)
        time.sleep(5)
        assert _count(accounts, "secret/") == MANY
        kubectl("delete", "copieraccounts", *(account.name for account in accounts))
        within(120, "nothing left", lambda: not left_of(accounts) or None)


def _count(accounts: list[Account], kind: str) -> int:
    return sum(name.startswith(kind) for name in left_of(accounts))
