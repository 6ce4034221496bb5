"""Rows of a real Postgres as the operator reads them, in its own role."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import asyncpg
import pytest

from lockstep_operator.database import OperatorDatabase
from lockstep_operator.rows import custom_resource, spec_of
from tests.stack.scratch import scratch_database

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with scratch_database() as address:
        yield address


async def add_account(connection: "asyncpg.Connection[asyncpg.Record]", user: UUID, shard: str) -> UUID:
    account = uuid4()
    await connection.execute("insert into auth.users (id, email) values ($1, $2)", user, f"{user}@a.test")
    await connection.execute(
        """insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, shard)
           values ($1, $2, 'x', 'MT5', 'demo', 5, 'Test-Demo', 'both', $3)""",
        *(account, user, shard),
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
