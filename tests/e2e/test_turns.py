"""Terminals log in at a broker's server one after the other, as the broker itself counts, and report that they wait."""

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.stack.broker import Broker
from tests.stack.doors import Doors
from tests.stack.install import GOVERNED_PACE, GOVERNED_SERVER
from tests.stack.kube import TERMINALS, condition, get
from tests.stack.people import Account, broker_account, register
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

ACCOUNTS = 4
EVERY_S = 60 / GOVERNED_PACE["perMinute"]
LOGIN_S = 8.0
"""The time from a turn to its login varies on a busy machine, so the first and the last login shift by that much."""


@pytest.fixture
def accounts(public: tuple[Doors, Broker]) -> Iterator[list[Account]]:
    """Accounts of one person at the governed server, all added at once."""
    doors, broker = public
    doors.sign_up(f"e2e-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18))
    logins = [replace(broker_account(broker), server=GOVERNED_SERVER) for _ in range(ACCOUNTS)]
    with ExitStack() as stack:
        made = [register(doors, login, "master", f"turn {number}") for number, login in enumerate(logins)]
        for account in made:
            stack.callback(doors.remove_account, account.id)
        yield made


def test_accounts_that_start_at_once_log_in_one_after_the_other_and_say_that_they_wait(
    public: tuple[Doors, Broker], accounts: list[Account]
) -> None:
    seen: set[str | None] = set()
    logins = first_logins(public[1], accounts, seen)
    assert max(logins) - min(logins) >= (ACCOUNTS - 1.5) * EVERY_S - LOGIN_S
    assert "WaitingForTurn" in seen
    assert "InvalidCredentials" not in seen


def first_logins(broker: Broker, accounts: list[Account], seen: set[str | None]) -> list[float]:
    """The time of each account's first login, as the broker counted it. `seen` collects the reasons that the accounts had
    meanwhile.
    """
    counted: dict[str, float] = {}

    def looked() -> bool | None:
        for account in accounts:
            seen.add(reason(account))
            if account.id not in counted and broker.logins(account.login.login):
                counted[account.id] = time.monotonic()
        return len(counted) == len(accounts) or None

    wait_for("a login of each account", looked, 300)
    return list(counted.values())


def reason(account: Account) -> str | None:
    ready = condition(get("copieraccount", account.resource, TERMINALS))
    return None if ready is None else str(ready["reason"])
