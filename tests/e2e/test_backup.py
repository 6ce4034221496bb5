"""The backup of docs/install.md, carried out: a database that was dumped and restored is the same as before."""

import asyncio
import secrets
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.house.test_install_page import commands
from tests.stack.kube import kubectl
from tests.stack.scratch import POD, scratch_database

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]

SCHEMAS = ("auth", "public", "private")
_TABLES = """select n.nspname || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname = any ($1) and c.relname <> 'schema_migrations' order by 1"""
_COUNTERS = "select schemaname || '.' || sequencename, last_value from pg_sequences where schemaname = any ($1) order by 1"


@dataclass(frozen=True)
class Story:
    """The data of the test: two people, the first with a master, a slave and their rows."""

    alice: UUID
    bob: UUID
    master: UUID
    sealed: bytes
    factor: bytes


@dataclass(frozen=True)
class Both:
    """URLs of the dumped database and of the restored one."""

    story: Story
    dumped: str
    restored: str


@pytest.fixture(scope="module")
def databases() -> Iterator[tuple[str, str]]:
    with scratch_database() as dumped, scratch_database() as restored:
        yield dumped, restored


@pytest.fixture(scope="module")
def both(databases: tuple[str, str]) -> Both:
    dumped, restored = databases
    story = asyncio.run(told(dumped))
    asyncio.run(migrated(restored))
    restore(dump(dumped), restored)
    return Both(story, dumped, restored)


async def told(url: str) -> Story:
    """Fills a database through its triggers, so that their counters are part of the dump."""
    story = Story(uuid4(), uuid4(), uuid4(), secrets.token_bytes(60), secrets.token_bytes(48))
    await migrated(url)
    connection = await asyncpg.connect(url)
    try:
        await fill(connection, story)
    finally:
        await connection.close()
    return story


async def fill(connection: "asyncpg.Connection[asyncpg.Record]", story: Story) -> None:
    slave, copier = uuid4(), uuid4()
    await connection.execute("update private.limits set most = 7 where what = 'accounts'")
    for person in (story.alice, story.bob):
        await connection.execute("insert into auth.users (id, email) values ($1, $2)", person, f"{person}@a.test")
    await connection.execute("insert into private.limits_of_people values ($1, 'copiers', 3)", story.alice)
    accounts = ((story.master, story.alice, 1, "master"), (slave, story.alice, 2, "slave"), (uuid4(), story.bob, 3, "both"))
    for account, person, login, role in accounts:
        await connection.execute(
            """insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, shard)
               values ($1, $2, 'A label: ''"\\;' || chr(8364), 'MT5', 'demo', $3, 'Test-Demo', $4, 'demo-7')""",
            *(account, person, login, role),
        )
        await connection.execute(
            "insert into private.credentials (account_id, key_id, sealed) values ($1, '0123456789abcdef', $2)",
            *(account, story.sealed),
        )
    await connection.execute(
        """insert into public.copiers (id, user_id, master_id, slave_id, settings)
           values ($1, $2, $3, $4, '{"sizing": {"mode": "fixed", "lots": "0.10"}}')""",
        *(copier, story.alice, story.master, slave),
    )
    await connection.execute(
        """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
             symbol, side, master_lots, status)
           values (9223372036854775807, $1, $2, $3, $4, 77, 'EURUSD', 'buy', 10000000, 'open')""",
        *(story.alice, copier, story.master, slave),
    )
    await connection.execute(
        "update public.trading_accounts set state = 'ready', state_epoch = 5 where user_id = $1", story.alice
    )
    await connection.execute(
        "insert into public.alerts (user_id, kind, severity) values ($1, 'rejected', 'now')", story.alice
    )
    await connection.execute("insert into private.totp_factors (user_id, secret) values ($1, $2)", story.alice, story.factor)


async def migrated(url: str) -> None:
    """Rows that migrations insert. A scratch database has the schema without them."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            """insert into private.limits (what, most)
               values ('accounts', 50), ('copiers', 200), ('templates', 50), ('starts', 120) on conflict do nothing"""
        )
    finally:
        await connection.close()


def dump(url: str) -> str:
    """The output of the page's `pg_dump` for this database."""
    (command,) = commands("pg_dump")
    options = [word for word in command[1:] if word.startswith("--") and not word.startswith("--file=")]
    return kubectl(*POD, shlex.join(["pg_dump", "-U", "postgres", *options, name_of(url)]))


def restore(rows: str, url: str) -> None:
    """Runs the page's `psql` with these rows on this database."""
    command = shlex.split(" ".join(commands("psql")[0]))
    options = [word for word in command[1:] if word.startswith("--") and not word.startswith("--file=")]
    kubectl(*POD, shlex.join(["psql", "-U", "postgres", "-q", *options, "--file=-", name_of(url)]), stdin=rows)


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def as_caller(person: UUID) -> str:
    """The statement that makes a connection the website's, for a person who has signed in."""
    claims = f'{{"sub": "{person}", "role": "authenticated"}}'
    settings = {
        "request.jwt.claims": claims,
        "request.jwt.claim.sub": str(person),
        "request.jwt.claim.role": "authenticated",
        "role": "authenticated",
    }
    return "select " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in settings.items())


async def rows_of(url: str) -> dict[str, str]:
    """A digest of each table's rows, by its name."""
    connection = await asyncpg.connect(url)
    try:
        names = [record[0] for record in await connection.fetch(_TABLES, SCHEMAS)]
        digest = "select count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) order by t::text)), '') from {} t"
        return {name: await connection.fetchval(digest.format(name)) for name in names}
    finally:
        await connection.close()


async def test_every_row_of_every_table_is_there_again(both: Both) -> None:
    before, after = await rows_of(both.dumped), await rows_of(both.restored)
    assert after == before
    filled = {name for name, digest in before.items() if not digest.startswith("0 ")}
    assert {"auth.users", "private.credentials", "private.totp_factors", "public.copies", "private.limits"} <= filled
    # A row that a trigger wrote is there once: triggers did not run again at the restore.
    assert {"public.activity", "public.account_states", "public.alerts"} <= filled


async def test_sealed_passwords_and_limits_of_ones_own_are_what_they_were(both: Both) -> None:
    connection = await asyncpg.connect(both.restored)
    try:
        sealed = await connection.fetchval("select sealed from private.credentials where account_id = $1", both.story.master)
        factor = await connection.fetchval("select secret from private.totp_factors where user_id = $1", both.story.alice)
        most = await connection.fetchval("select private.most($1, 'accounts')", both.story.bob)
    finally:
        await connection.close()
    assert (sealed, factor, most) == (both.story.sealed, both.story.factor, 7)


@pytest.mark.parametrize(("who", "accounts"), [("alice", 2), ("bob", 1)])
async def test_a_person_sees_their_own_rows_alone(both: Both, who: str, accounts: int) -> None:
    connection = await asyncpg.connect(both.restored)
    try:
        person: UUID = getattr(both.story, who)
        await connection.fetch(as_caller(person))
        found = await connection.fetch("select user_id from public.trading_accounts")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from private.credentials")
    finally:
        await connection.close()
    assert [record["user_id"] for record in found] == [person] * accounts


async def test_each_role_may_what_it_could(both: Both) -> None:
    connection = await asyncpg.connect(both.restored)
    try:
        await connection.execute("set role lockstep_operator")
        assert await connection.fetchval("select count(*) from private.credentials") == 3
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("delete from public.trading_accounts")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from private.totp_factors")
    finally:
        await connection.close()


async def test_counters_go_on_where_they_were(both: Both) -> None:
    dumped, restored = await asyncpg.connect(both.dumped), await asyncpg.connect(both.restored)
    try:
        counters = [tuple(record) for record in await dumped.fetch(_COUNTERS, SCHEMAS)]
        assert [tuple(record) for record in await restored.fetch(_COUNTERS, SCHEMAS)] == counters
        assert any(value for _, value in counters)
        last = await restored.fetchval("select max(id) from public.account_states")
        await restored.execute("set role lockstep_operator")
        await restored.execute(
            "update public.trading_accounts set state = 'stopped', state_at = now() where id = $1", both.story.master
        )
        await restored.execute("reset role")
        assert await restored.fetchval("select max(id) from public.account_states") == last + 1
    finally:
        await dumped.close()
        await restored.close()
