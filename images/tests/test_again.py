"""The router's first process starts a killed router again at once, and leaves every other end to Kubernetes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

AGAIN = Path(__file__).parents[1] / "router" / "again"
WORKS_S = 3.2
"""A program that has lived for so long has worked."""


@contextmanager
def running(program: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The first process with a program that writes its number into `folder`/pids and then does as told."""
    text = f"import os, time, sys\nopen('pids', 'a').write(f'{{os.getpid()}}\\n')\n{program}"
    process = subprocess.Popen([AGAIN, sys.executable, "-c", text], cwd=folder, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        for pid in pids(folder):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.kill()
        process.wait()


def pids(folder: Path) -> list[int]:
    file = folder / "pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def wait_for_pids(folder: Path, count: int) -> int:
    end_s = time.monotonic() + 20
    while len(pids(folder)) < count:
        assert time.monotonic() < end_s, f"{pids(folder)} where {count} starts belong"
        time.sleep(0.02)
    return pids(folder)[-1]


def test_a_program_that_is_killed_after_it_worked_is_started_again_each_time(tmp_path: Path) -> None:
    with running("time.sleep(60)", tmp_path) as process:
        for start in (1, 2, 3):
            pid = wait_for_pids(tmp_path, start)
            time.sleep(WORKS_S + 1)
            os.kill(pid, signal.SIGKILL)
        wait_for_pids(tmp_path, 4)
        assert process.poll() is None


def test_a_program_that_is_killed_while_it_starts_ends_the_container(tmp_path: Path) -> None:
    with running("time.sleep(60)", tmp_path) as process:
        os.kill(wait_for_pids(tmp_path, 1), signal.SIGKILL)
        assert process.wait(10) == 128 + signal.SIGKILL


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_program_that_ends_by_itself_ends_the_container_with_its_code(code: int, tmp_path: Path) -> None:
    with running(f"time.sleep({WORKS_S}); sys.exit({code})", tmp_path) as process:
        assert process.wait(10) == code
    assert len(pids(tmp_path)) == 1


def test_a_container_that_is_to_end_lets_its_program_end_first(tmp_path: Path) -> None:
    slow = "import signal; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), sys.exit(7))); time.sleep(60)"
    with running(slow, tmp_path) as process:
        wait_for_pids(tmp_path, 1)
        time.sleep(WORKS_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 7
