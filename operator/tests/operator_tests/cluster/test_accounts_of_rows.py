"""Rows of a real Postgres as the operator reads them, in its own role."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from lockstep_core.resources.names import account_name
from lockstep_operator.database import OperatorDatabase
from lockstep_operator.rows import custom_resource, spec_of
from tests.stack.scratch import scratch_database

from ..taking_server import Written
from ..test_new_rows import syncing

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with scratch_database() as address:
        yield address


async def add_account(connection: "asyncpg.Connection[asyncpg.Record]", user: UUID, shard: str, login: int = 5) -> UUID:
    account = uuid4()
    await connection.execute(
        "insert into auth.users (id, email) values ($1, $2) on conflict do nothing", user, f"{user}@a.test"
    )
    await connection.execute(
        """insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, shard)
           values ($1, $2, 'x', 'MT5', 'demo', $4, 'Test-Demo', 'both', $3)""",
        *(account, user, shard, login),
    )
    await connection.execute(
        "insert into private.credentials (account_id, key_id, sealed) values ($1, '0123456789abcdef', $2)",
        account,
        b"x" * 60,
    )
    return account


async def test_a_copier_account_shows_the_shard_of_its_row(url: str) -> None:
    connection = await asyncpg.connect(url)
    user = uuid4()
    try:
        account = await add_account(connection, user, "demo-7")
        await connection.execute("set role lockstep_operator")
        (row,) = await OperatorDatabase(connection).accounts_of([account])
        assert custom_resource(spec_of(row))["spec"]["shard"] == "demo-7"
    finally:
        await connection.execute("reset role")
        await connection.execute("delete from auth.users where id = $1", user)
        await connection.close()


async def test_a_removal_is_read_until_it_is_carried_out(url: str) -> None:
    connection = await asyncpg.connect(url)
    user = uuid4()
    try:
        stays, goes = [await add_account(connection, user, "demo-7", login) for login in (1, 2)]
        await connection.execute("delete from public.trading_accounts where id = $1", goes)
        await connection.execute("set role lockstep_operator")
        database = OperatorDatabase(connection)
        assert goes in await database.removed()
        assert await database.removed([stays, goes, uuid4()]) == {goes}
        assert await database.removed([]) == frozenset()
        await database.forget_removed([goes])
        assert await database.removed([goes]) == frozenset()
    finally:
        await connection.execute("reset role")
        await connection.execute("delete from auth.users where id = $1", user)
        await connection.close()


async def test_an_account_that_is_there_again_is_not_removed(url: str) -> None:
    connection = await asyncpg.connect(url)
    user = uuid4()
    try:
        account = await add_account(connection, user, "demo-7")
        await connection.execute("insert into private.removed_accounts (account_id) values ($1)", account)
        assert account not in await OperatorDatabase(connection).removed()
    finally:
        await connection.execute("delete from auth.users where id = $1", user)
        await connection.close()


async def test_proxies_are_offered_and_withdrawn_and_an_account_keeps_its_own(url: str) -> None:
    connection = await asyncpg.connect(url)
    user, database = uuid4(), OperatorDatabase(connection)
    try:
        account = await add_account(connection, user, "demo-7")
        await connection.execute("update public.trading_accounts set proxy_name = 'frankfurt-1' where id = $1", account)
        for offered in (("frankfurt-1", "london-1"), ("london-1",), ()):
            await connection.execute("set role lockstep_operator")
            await database.offer_proxies(offered)
            await connection.execute("reset role")
            found = await connection.fetch("select name from private.offered_proxies order by name")
            assert tuple(record["name"] for record in found) == offered
        await connection.execute("set role lockstep_operator")
        (row,) = await database.accounts_of([account])
        assert custom_resource(spec_of(row))["spec"]["proxyName"] == "frankfurt-1"
    finally:
        await connection.execute("reset role")
        await connection.execute("delete from auth.users where id = $1", user)
        await connection.close()


async def test_a_row_that_changed_since_the_list_was_read_is_applied_as_it_is_now(
    url: str, written: Written, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(url)
    user, database = uuid4(), OperatorDatabase(connection)
    try:
        accounts = [await add_account(connection, user, "demo-7", login) for login in (1, 2, 3)]
        new, changed, removed = accounts
        async with syncing(written, tmp_path) as (sync, _):
            listed = await database.accounts_of(accounts)
            await connection.execute(
                "update public.trading_accounts set operating_mode = 'suspended' where id = $1", changed
            )
            await connection.execute("delete from public.trading_accounts where id = $1", removed)
            for account in accounts:
                sync.changed(account)
            await sync._apply_listed(database, list(listed), {})
        written_modes = [
            (each["metadata"]["name"], each["spec"]["operatingMode"])
            for each in written.objects
            if each["kind"] == "CopierAccount"
        ]
        assert sorted(written_modes) == sorted([(account_name(new), "Running"), (account_name(changed), "Suspended")])
    finally:
        await connection.execute("delete from auth.users where id = $1", user)
        await connection.close()
