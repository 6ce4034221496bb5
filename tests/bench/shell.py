"""Commands in a folder; whatever ends this program ends the command and all that it started."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.bench.errors import CommandFailed

CLEAN_UP_S = 15


def run(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """The standard output of a command. Raises `CommandFailed`."""
    # A process group of its own: the router's benchmark starts processes that would outlive it if it alone were killed.
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,
    ) as process:
        try:
            output, complaints = process.communicate()
        except BaseException:
            end(process)
            raise
    if process.returncode != 0:
        raise CommandFailed(command, folder, process.returncode, complaints or output)
    return output


def end(process: "subprocess.Popen[str]", clean_up_s: float = CLEAN_UP_S) -> None:
    """Ends a command's whole group: first so that it can remove what it made, then for certain."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(clean_up_s)
        os.killpg(process.pid, signal.SIGKILL)
