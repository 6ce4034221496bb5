"""Wrong input when an account is added, and what is left after an account is removed."""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.stack.broker import Broker
from tests.stack.doors import Doors
from tests.stack.install import UNBUNDLED_SERVER
from tests.stack.kube import TERMINALS, condition, get, items, kubectl
from tests.stack.people import Account, broker_account, register, wait_until_ready
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]


@pytest.fixture
def person(public: tuple[Doors, Broker]) -> Doors:
    doors, _ = public
    doors.sign_up(f"e2e-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18))
    return doors


@pytest.fixture
def broker(public: tuple[Doors, Broker]) -> Broker:
    return public[1]


def reason(account: Account) -> str | None:
    ready = condition(get("copieraccount", account.resource, TERMINALS))
    return None if ready is None or ready["status"] != "False" else str(ready["reason"])


def wait_for_reason(account: Account, wanted: str, seconds: float) -> None:
    wait_for(f"{account.resource} says {wanted}", lambda: reason(account) == wanted or None, seconds)


def test_a_wrong_password_is_said_and_tried_once_until_another_one_is_given(person: Doors, broker: Broker) -> None:
    right = broker_account(broker)
    account = register(person, replace(right, password=secrets.token_urlsafe(18)), "slave", "wrong password")
    wait_for_reason(account, "InvalidCredentials", 120)
    attempts = broker.logins_refused(right.login)
    wait_for("nothing more for a while", _still(lambda: broker.logins_refused(right.login) == attempts, turns=50), 60)
    assert attempts == 1
    assert len(items("pod", TERMINALS, f"lockstep.dev/account={account.id}")) <= 1

    person.replace_password(account.id, right.password)
    wait_until_ready(account)
    person.remove_account(account.id)


def test_an_unknown_server_is_said(person: Doors, broker: Broker) -> None:
    login = replace(broker_account(broker), server="NoSuchBroker-Live7")
    account = register(person, login, "slave", "unknown server")
    wait_for_reason(account, "ServerNotFound", 180)
    person.remove_account(account.id)


def test_a_server_that_is_known_and_not_in_the_image_is_said_at_once(person: Doors, broker: Broker) -> None:
    account = register(person, replace(broker_account(broker), server=UNBUNDLED_SERVER), "slave", "not in the image")
    wait_for_reason(account, "ServerNotInBundle", 120)
    person.remove_account(account.id)


def test_a_removed_account_leaves_nothing_behind(person: Doors, broker: Broker) -> None:
    account = register(person, broker_account(broker), "master", "to be removed")
    wait_until_ready(account)
    person.remove_account(account.id)
    wait_for("nothing left", lambda: not left_of(account) or None, 60)
    assert person.accounts() == []


def test_support_sees_what_matters_in_one_line(person: Doors, broker: Broker) -> None:
    account = register(person, broker_account(broker), "master", "printed")
    wait_until_ready(account)
    header, line = _printed(account)
    columns = ["NAME", "PLATFORM", "SERVER", "LOGIN", "ROLE", "MODE", "READY", "TRADING", "REASON", "POD", "AGE"]
    assert header.split() == columns
    assert line.split()[1:7] == ["MT5", account.login.server, str(account.login.login), "Master", "Running", "True"]
    wait_for("that it may trade", lambda: _printed(account)[1].split()[7] == "True" or None, 15)
    person.remove_account(account.id)


def _printed(account: Account) -> list[str]:
    """What `kubectl get` prints of an account: a head and one line."""
    return kubectl("-n", TERMINALS, "get", "copieraccounts", account.resource).splitlines()


def left_of(account: Account) -> list[str]:
    kinds = "copieraccounts,secrets,serviceaccounts,pods,configmaps"
    raw = kubectl("-n", TERMINALS, "get", kinds, "-o", "name")
    return [name for name in raw.split() if account.id in name]


def _still(probe: Callable[[], bool], turns: int) -> Callable[[], bool | None]:
    """A probe that is true once another one was true `turns` times in a row."""
    seen = iter(range(turns))

    def again() -> bool | None:
        assert probe()
        return next(seen, None) is None or None

    return again
