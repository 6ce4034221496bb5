"""Nothing of an earlier terminal runs on in its prefix; real processes."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockstep_agent.children.environment import wine_environment
from lockstep_agent.children.leftovers import end_processes_in, processes_in


def sleeping(prefix: Path) -> "subprocess.Popen[bytes]":
    """A process in a session of its own, as Wine's services are."""
    environment = wine_environment(prefix.parent, prefix, "")
    return subprocess.Popen(["sleep", "600"], env=environment, start_new_session=True)


@pytest.fixture
def running(tmp_path: Path) -> "Iterator[list[subprocess.Popen[bytes]]]":
    """Two processes of one prefix, one of them stopped by a signal; one of another prefix whose name begins alike; and one
    that has the prefix from its image, like the agent and the pod's first process, and does not belong to Wine.
    """
    made = [sleeping(tmp_path / "prefix"), sleeping(tmp_path / "prefix"), sleeping(tmp_path / "prefix2")]
    of_image = {**os.environ, "WINEPREFIX": str(tmp_path / "prefix")}
    made.append(subprocess.Popen(["sleep", "600"], env=of_image, start_new_session=True))
    made[1].send_signal(signal.SIGSTOP)
    yield made
    for process in made:
        process.kill()
        process.wait()


async def test_everything_in_the_prefix_ends_and_nothing_else(
    running: "list[subprocess.Popen[bytes]]", tmp_path: Path
) -> None:
    assert processes_in(tmp_path / "prefix") == sorted(process.pid for process in running[:2])
    assert await end_processes_in(tmp_path / "prefix") == 2
    assert [process.wait(20) for process in running[:2]] == [-signal.SIGKILL] * 2
    assert [process.poll() for process in running[2:]] == [None, None]
    assert processes_in(tmp_path / "prefix") == []


async def test_an_empty_prefix_needs_nothing(tmp_path: Path) -> None:
    assert await end_processes_in(tmp_path) == 0
