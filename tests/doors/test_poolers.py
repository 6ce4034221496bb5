"""LISTEN hears nothing through a pooler that lends connections per transaction. Whoever tries it gets PooledByTransaction.
Real Postgres, real pgbouncer.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from lockstep_api.database import ApiDatabase
from lockstep_api.hub import Hub
from lockstep_api.listen import feed
from lockstep_operator.database import connected
from lockstep_operator.errors import DatabaseUnavailable
from lockstep_service.errors import PooledByTransaction
from lockstep_service.own_session import require_own_session

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "postgres"
SENTENCE = "where changes cannot be listened to: give Postgres' own address"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def until_it_listens(port: int) -> None:
    for _ in range(200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens at port {port}")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder of Debian's user of Postgres: pytest's own folders are closed to it, at a depth that differs."""
    with tempfile.TemporaryDirectory() as made:
        shutil.chown(made, USER)
        yield Path(made)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[int]:
    """A Postgres of this test's own, by its port. It refuses to run as root, so Debian's user of that name runs it."""
    port = free_port()
    binaries, options = BINARIES[-1], f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
    subprocess.run(
        [str(binaries / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", USER],
        user=USER,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    command = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    subprocess.run(
        [*command, "-l", str(folder / "log"), "-o", options, "start"],
        user=USER,
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    yield port
    subprocess.run([*command, "-m", "immediate", "stop"], user=USER, cwd=folder, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(params=["transaction", "session"])
def pooled(request: pytest.FixtureRequest, server: int, folder: Path) -> Iterator[tuple[str, str]]:
    """The pooler's mode and the address of a database behind it."""
    port, config = free_port(), folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\npostgres = host=127.0.0.1 port={server} user={USER}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {request.param}\ndefault_pool_size = 5\n"
    )
    config.chmod(0o644)
    pooler = subprocess.Popen(["/usr/sbin/pgbouncer", "-q", config], user=USER, stderr=subprocess.DEVNULL)
    try:
        until_it_listens(port)
        yield str(request.param), f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    finally:
        pooler.terminate()
        pooler.wait()


async def test_a_session_of_ones_own_is_required_of_a_pooler(pooled: tuple[str, str]) -> None:
    mode, url = pooled
    connection = await asyncpg.connect(url, timeout=10)
    try:
        if mode == "transaction":
            with pytest.raises(PooledByTransaction, match=SENTENCE):
                await require_own_session(connection, url, 10)
        else:
            await require_own_session(connection, url, 10)
    finally:
        connection.terminate()


async def test_each_part_says_so_that_listens(pooled: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    mode, url = pooled
    if mode == "session":
        async with ApiDatabase(url, 10).listening() as connection:
            assert await connection.fetchval("select 1") == 1
        async with connected(url, lambda _: None, lambda: None):
            return
    with pytest.raises(PooledByTransaction, match=SENTENCE):
        await ApiDatabase(url, 10).listening().__aenter__()
    with pytest.raises(DatabaseUnavailable, match=SENTENCE):
        await connected(url, lambda _: None, lambda: None).__aenter__()
    feeding = asyncio.create_task(feed(ApiDatabase(url, 10), Hub()))
    try:
        while SENTENCE not in (said := capsys.readouterr().out):
            await asyncio.sleep(0.05)
    finally:
        feeding.cancel()
    assert "cannot listen to the database" in said


def test_a_routers_process_that_writes_says_so(pooled: tuple[str, str], tmp_path: Path) -> None:
    mode, url = pooled
    variables = {"LOCKSTEP_DATABASE_URL": url, "LOCKSTEP_RUNTIME_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "lockstep_router.process.writer_process"]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = writer.stdout.readline()
        writer.terminate()
    # By the session it comes as far as the tables, which this database has not.
    assert (SENTENCE if mode == "transaction" else "UndefinedTableError") in said


async def test_a_direct_connection_is_a_session(server: int) -> None:
    url = f"postgresql://{USER}@127.0.0.1:{server}/postgres"
    connection = await asyncpg.connect(url, timeout=10)
    await require_own_session(connection, url, 10)
    assert await connection.fetchval("select 1") == 1
    await connection.close()
