"""Commands end with the program that started them, and say why they failed."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.errors import CommandFailed
from tests.bench.shell import end, run

PATIENCE_S = 40
# A command whose child pays no attention to Ctrl-C, as a shell's background commands do.
COMMAND = "sleep 600 & echo $! > child; wait"


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true: Callable[[], object]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s, "it did not come to be so"
        time.sleep(0.01)


def test_a_command_gives_what_it_printed_in_its_folder(tmp_path: Path) -> None:
    assert run(["bash", "-c", "pwd; echo $COLOUR"], tmp_path, {"COLOUR": "blue"}).split() == [str(tmp_path), "blue"]


def test_a_command_that_fails_is_named_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"exit 3` in .* ended with 3:\nno such luck"):
        run(["bash", "-c", "echo no such luck >&2; exit 3"], tmp_path)


def test_a_command_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    written = tmp_path / "child"
    with subprocess.Popen(["bash", "-c", COMMAND], cwd=tmp_path, text=True, process_group=0) as process:
        until(lambda: written.exists() and written.read_text().endswith("\n"))
        child = int(written.read_text())
        assert alive(child)
        end(process, clean_up_s=0.2)
        assert process.wait(PATIENCE_S) != 0
    until(lambda: not alive(child))
