"""One person with very many accounts, all slaves of the first one, made through the public doors."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lockstep_core.json_object import Json
from tests.stack.broker import Broker
from tests.stack.doors import Doors
from tests.stack.kube import DEVSTACK, TERMINALS, items, kubectl
from tests.stack.people import Account, broker_account, register
from tests.stack.shell import wait_for

SIZING: Json = {"mode": "multiplier", "factor": "0.5"}
REMOVAL_S = 120
_POSTGRES = ("-n", DEVSTACK, "exec", "-i", "lockstep-postgres-0", "-c", "postgres", "--")
_ALLOW = """
insert into private.limits_of_people (user_id, what, most)
select u.id, w.what, 1000 from auth.users u, (values ('accounts'), ('copiers'), ('starts')) w (what)
where u.email = :'email' on conflict do nothing;
"""


@dataclass(frozen=True)
class Member:
    """An account, and when its row was made (seconds since 1970)."""

    account: Account
    asked_s: float


class Crowd:
    """The accounts so far; the first one leads."""

    def __init__(self, doors: Doors, broker: Broker) -> None:
        self.doors = doors
        self.broker = broker
        self.members: list[Member] = []

    @property
    def master(self) -> Account:
        """The account that all others follow."""
        return self.members[0].account

    @property
    def slaves(self) -> list[Account]:
        """All others."""
        return [member.account for member in self.members[1:]]

    def grow(self, count: int) -> list[Member]:
        """Registers so many accounts more, each a slave of the first one. Returns them."""
        return [self._joined() for _ in range(count)]

    def drop(self, members: list[Member]) -> None:
        """Removes accounts and all that runs for them."""
        for member in members:
            self.doors.remove_account(member.account.id)
            self.members.remove(member)

    def _joined(self) -> Member:
        login = broker_account(self.broker)
        role = "slave" if self.members else "master"
        asked_s = time.time()
        member = Member(register(self.doors, login, role, f"farm {len(self.members) + 1}"), asked_s)
        self.members.append(member)
        if len(self.members) > 1:
            self.doors.link(self.master.id, member.account.id, SIZING)
        return member


@contextmanager
def gathered(doors: Doors, broker: Broker) -> Iterator[Crowd]:
    """A new person without accounts yet, who may have very many. All of them are removed at the end."""
    email = f"farm-{secrets.token_hex(6)}@example.com"
    doors.sign_up(email, secrets.token_urlsafe(18))
    kubectl(*_POSTGRES, "psql", "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"email={email}", stdin=_ALLOW)
    crowd = Crowd(doors, broker)
    try:
        yield crowd
    finally:
        names = {member.account.resource for member in crowd.members}
        crowd.drop(list(crowd.members))
        wait_for("the end of the farm's pods", lambda: not left_of(names) or None, REMOVAL_S, 2)


def left_of(names: set[str]) -> list[str]:
    """The pods of these accounts that are still there."""
    return [pod["metadata"]["name"] for pod in items("pod", TERMINALS) if pod["spec"]["serviceAccountName"] in names]
