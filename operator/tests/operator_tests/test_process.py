"""How the operator's process ends: its exit status and its last log lines."""

import asyncio
import os
import shutil
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lockstep_operator.app import PartEnded, run_all
from lockstep_operator.errors import KindMissing


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("token")
    authorities = ssl.get_default_verify_paths().cafile
    assert authorities is not None
    shutil.copy(authorities, tmp_path / "ca.crt")
    return tmp_path


@asynccontextmanager
async def api_server(status: str, body: str) -> AsyncIterator[str]:
    """The URL of a server that answers every request alike."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        headers = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close"
        writer.write(f"HTTP/1.1 {status}\r\n{headers}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def operator(url: str, credentials: Path, stdout: int = asyncio.subprocess.PIPE) -> asyncio.subprocess.Process:
    environment = {
        "LOCKSTEP_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "LOCKSTEP_KUBE_API_URL": url,
        "LOCKSTEP_KUBE_CREDENTIALS_DIR": str(credentials),
        "LOCKSTEP_METRICS_PORT": "0",
    }
    command = (sys.executable, "-m", "lockstep_operator")
    same = asyncio.subprocess.STDOUT
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=stdout, stderr=same)


async def test_without_the_kind_the_operator_says_so_and_ends_with_a_status_of_its_own(credentials: Path) -> None:
    async with api_server("404 Not Found", "404 page not found") as url:
        process = await operator(url, credentials)
        said, _ = await process.communicate()
    assert b"CustomResourceDefinition copieraccounts.lockstep.dev is not installed" in said
    assert b"Traceback" not in said
    assert process.returncode == 3


async def test_sigterm_ends_the_operator_quietly_even_while_nothing_answers(credentials: Path) -> None:
    async with api_server("503 Service Unavailable", "{}") as url:
        process = await operator(url, credentials)
        assert process.stdout is not None
        said = await process.stdout.readuntil(b"waits for the lease")
        process.send_signal(signal.SIGTERM)
        rest, _ = await process.communicate()
    assert b"Traceback" not in said + rest
    assert b"a part has ended" not in said + rest
    assert process.returncode == 0


async def forever() -> None:
    await asyncio.Event().wait()


async def fails(error: Exception) -> None:
    raise error


async def cancels_itself() -> None:
    raise asyncio.CancelledError


async def test_a_part_that_ends_ends_the_others() -> None:
    for ending in (fails(ValueError("x")), asyncio.sleep(0), cancels_itself()):
        with pytest.raises(PartEnded, match="odd has ended"):
            await run_all({"odd": ending, "even": forever()}, asyncio.Event())


async def test_a_missing_kind_is_told_from_other_ends() -> None:
    with pytest.raises(KindMissing):
        await run_all({"odd": fails(KindMissing("no CRD")), "even": forever()}, asyncio.Event())


async def test_parts_that_end_because_of_the_signal_are_no_fault() -> None:
    stop = asyncio.Event()

    async def ends_with_the_signal() -> None:
        await stop.wait()
        raise asyncio.CancelledError

    running = asyncio.create_task(run_all({"watch": ends_with_the_signal(), "even": forever()}, stop))
    await asyncio.sleep(0)
    stop.set()
    await running


async def test_an_operator_that_cannot_even_log_ends(credentials: Path) -> None:
    reading, writing = os.pipe()
    async with api_server("503 Service Unavailable", "{}") as url:
        process = await operator(url, credentials, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as said:
            assert b"cannot be asked for yet" in await asyncio.to_thread(said.readline)
        # Nobody reads the output any more, so whatever it logs from now on raises.
        assert await process.wait() != 0
