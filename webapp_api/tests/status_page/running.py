"""The status page as it ships: its own process, asked from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.doors.door import reserved_port

PATIENCE_S = 30.0


@contextmanager
def status_page(folder: Path, database_url: str, **more: str) -> Iterator[str]:
    """Its base URL. It keeps what it saw in the folder."""
    with reserved_port() as port, reserved_port() as metrics:
        variables = {"DATABASE_URL": database_url, "STATE_DIR": str(folder), "PORT": str(port), "METRICS_PORT": str(metrics)}
        given = {f"LOCKSTEP_{name.upper()}": value for name, value in {**variables, **more}.items()}
        with (folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "lockstep_api.status_page"]
            process = subprocess.Popen(command, env={**os.environ, **given}, stdout=log, stderr=log)
        try:
            wait_for(lambda: _answers(f"http://127.0.0.1:{metrics}/readyz"), folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def wait_for(is_so: Callable[[], bool], log: Path | None = None) -> None:
    """Returns once it is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, log.read_text() if log else "it did not come to be so"
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False
