"""Rows in the installed product's own database, written as its superuser, and removed again."""

import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.stack.kube import kubectl as anywhere
from tests.stack.scratch import POD

from .kube import Account

_ADD = """begin;
insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, operating_mode)
values (:'account', :'person', 'x', 'MT5', 'demo', :'login'::bigint, :'server', 'both', :'mode');
insert into private.credentials (account_id, key_id, sealed)
values (:'account', '0123456789abcdef', decode(repeat('78', 60), 'hex'));
commit;"""
# As if another database had been restored: no trigger runs, so no removal is recorded. Then a notification comes.
_VANISH = """begin;
set local session_replication_role = replica;
delete from private.credentials where account_id = any (:'ids'::uuid[]);
delete from public.trading_accounts where id = any (:'ids'::uuid[]);
commit;
select pg_notify('account_changes', jsonb_build_object('id', id)::text) from unnest(:'ids'::uuid[]) id;"""
_RECORDED = "select count(*) from private.removed_accounts where account_id = any (:'ids'::uuid[])"


@dataclass(frozen=True)
class Person:
    """Somebody with accounts at a broker that does not exist."""

    id: str

    def add(self, login: int, server: str = "NoSuchBroker-Demo", mode: str = "suspended") -> Account:
        """An account with a sealed password that opens nothing."""
        account = Account(str(uuid.uuid4()))
        sql(_ADD, account=account.id, person=self.id, login=str(login), server=server, mode=mode)
        return account

    def remove(self, account: Account) -> None:
        sql("delete from public.trading_accounts where id = :'account'", account=account.id)

    def leave(self) -> None:
        sql("delete from auth.users where id = :'person'", person=self.id)


@contextmanager
def somebody() -> Iterator[Person]:
    person, email = Person(str(uuid.uuid4())), f"operator-{secrets.token_hex(6)}@a.test"
    sql("insert into auth.users (id, email) values (:'person', :'email')", person=person.id, email=email)
    try:
        yield person
    finally:
        person.leave()


def vanish(accounts: Iterable[Account]) -> None:
    """Takes the rows away without a removal."""
    sql(_VANISH, ids=_ids(accounts))


def recorded_removals(accounts: Iterable[Account]) -> int:
    return int(sql(_RECORDED, ids=_ids(accounts)))


def _ids(accounts: Iterable[Account]) -> str:
    return "{" + ",".join(account.id for account in accounts) + "}"


def sql(statement: str, **values: str) -> str:
    """What psql prints for a statement with `:'name'` for each value. Values hold neither quotes nor backslashes."""
    assert not any(char in value for value in values.values() for char in "'\\")
    variables = "".join(f"\\set {name} '{value}'\n" for name, value in values.items())
    return anywhere(*POD, "psql -U postgres -qAtX -v ON_ERROR_STOP=1", stdin=variables + statement).strip()
