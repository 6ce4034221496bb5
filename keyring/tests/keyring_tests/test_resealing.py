"""A rotation of the sealing key, on a real Postgres, with the rights that the keyring's role has there."""

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from lockstep_core.proxies import Proxy, ProxyType
from lockstep_keyring.generate import new_key
from lockstep_keyring.keys import KEY_FILES, PrivateKeys, parse_keys
from lockstep_keyring.reseal import reseal_all
from lockstep_keyring.sealing import ProxySealedFor, SealedFor
from tests.stack.scratch import scratch_database

pytestmark = pytest.mark.cluster
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
OLD, NEW = new_key(), new_key()
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def keys(*sealing: str) -> PrivateKeys:
    return parse_keys({**{name: new_key() for name in KEY_FILES}, "sealing.keys": "\n".join(sealing)})


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with scratch_database() as url:
        yield url


@pytest.fixture
async def owner(database: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.execute("delete from auth.users where email like '%@reseal.test'")
    await connection.close()


@pytest.fixture
async def keyring(database: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(database)
    await connection.execute("set role lockstep_keyring")
    yield connection
    await connection.close()


async def add(owner: Connection, sealed_with: PrivateKeys, password: bytes, server: str = "Broker-Demo") -> SealedFor:
    """An account with its password as a browser stores it."""
    user, account = uuid4(), uuid4()
    bound = SealedFor(account, "MT5", str(account.int % 10**15 + 1), server)
    key = sealed_with.sealing[0]
    sealed = SUITE.encrypt(password, X25519PublicKey.from_public_bytes(key.public), bound.info)
    await owner.execute("insert into auth.users (id, email) values ($1, $2)", user, f"{user}@reseal.test")
    await owner.execute(
        "insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)"
        " values ($1, $2, 'x', 'MT5', 'demo', $3, 'Broker-Demo', 'both')",
        *(account, user, int(bound.login)),
    )
    await owner.execute(
        "insert into private.credentials (account_id, key_id, sealed) values ($1, $2, $3)", account, key.key_id, sealed
    )
    return bound


async def stored(owner: Connection, account: UUID) -> tuple[str, bytes, int]:
    row = await owner.fetchrow("select key_id, sealed, version from private.credentials where account_id = $1", account)
    assert row is not None
    return row["key_id"], row["sealed"], row["version"]


async def test_after_resealing_the_old_key_is_needed_no_more(owner: Connection, keyring: Connection) -> None:
    accounts = [await add(owner, keys(OLD), f"password {n}".encode()) for n in range(5)]
    outcome = await reseal_all(keyring, keys(NEW, OLD), batch=2)
    assert (outcome.resealed, outcome.unreadable) == (5, ())
    only_new = keys(NEW)
    for n, bound in enumerate(accounts):
        key_id, sealed, version = await stored(owner, bound.account)
        assert (key_id, version) == (only_new.sealing[0].key_id, 1)
        assert SUITE.decrypt(sealed, only_new.sealing[0].private, bound.info) == f"password {n}".encode()
    assert (await reseal_all(keyring, keys(NEW, OLD))).resealed == 0


async def test_a_password_that_no_key_opens_stays_and_is_told(owner: Connection, keyring: Connection) -> None:
    lost = await add(owner, keys(new_key()), b"lost")
    moved = await add(owner, keys(OLD), b"sealed for another server", server="Broker-Live")
    good = await add(owner, keys(OLD), b"good")
    before = await stored(owner, lost.account)
    outcome = await reseal_all(keyring, keys(NEW, OLD), batch=1)
    assert (outcome.resealed, set(outcome.unreadable)) == (1, {lost.account, moved.account})
    assert await stored(owner, lost.account) == before
    assert (await stored(owner, good.account))[0] == keys(NEW).sealing[0].key_id


async def test_the_password_of_a_proxy_is_sealed_again_too(owner: Connection, keyring: Connection) -> None:
    account = await add(owner, keys(OLD), b"of the account")
    proxy = Proxy(ProxyType.HTTP, "203.0.113.7", 3128, "me")
    bound = ProxySealedFor(account.account, account.platform, account.login, proxy)
    old = keys(OLD).sealing[0]
    await owner.execute(
        "update public.trading_accounts set (proxy_type, proxy_address, proxy_port, proxy_login)"
        " = ('HTTP', '203.0.113.7', 3128, 'me') where id = $1",
        account.account,
    )
    await owner.execute(
        "update private.credentials set proxy_key_id = $2, proxy_sealed = $3 where account_id = $1",
        *(account.account, old.key_id),
        SUITE.encrypt(b"of the proxy", X25519PublicKey.from_public_bytes(old.public), bound.info),
    )
    assert (await reseal_all(keyring, keys(NEW, OLD))).resealed == 2
    newest = keys(NEW).sealing[0]
    row = await owner.fetchrow("select * from private.credentials where account_id = $1", account.account)
    assert row is not None
    assert (row["proxy_key_id"], row["version"]) == (newest.key_id, 1)
    assert SUITE.decrypt(row["proxy_sealed"], newest.private, bound.info) == b"of the proxy"


async def test_the_operator_is_told_of_the_new_ciphertext(owner: Connection, keyring: Connection) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    bound = await add(owner, keys(OLD), b"secret")
    await owner.add_listener("account_changes", lambda *about: told.put_nowait(str(about[-1])))
    await reseal_all(keyring, keys(NEW, OLD))
    assert str(bound.account) in await asyncio.wait_for(told.get(), 10)


async def test_the_command_logs_in_as_its_own_role_and_shows_no_secret(
    owner: Connection, database: str, tmp_path: Path
) -> None:
    await add(owner, keys(OLD), b"of-nobody-elses-business")
    await owner.execute("alter role lockstep_keyring password 'of-a-test'")
    for name in KEY_FILES:
        (tmp_path / name).write_text(f"{NEW}\n{OLD}\n")
    address = urlsplit(database)
    host = address.netloc.rpartition("@")[2]
    url = address._replace(netloc=f"lockstep_keyring:of-a-test@{host}").geturl()
    environment = {**os.environ, "LOCKSTEP_DATABASE_URL": url, "LOCKSTEP_KEYS_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "lockstep_keyring.reseal"]
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for secret in (OLD, NEW, "of-a-test", "of-nobody", base64.b64encode(b"of-nobody").decode()[:10]):
        assert secret not in done.stdout + done.stderr
    assert not await owner.fetchval(
        "select count(*) from private.credentials where key_id = $1", keys(OLD).sealing[0].key_id
    )
