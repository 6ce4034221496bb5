"""Commands, waiting and progress lines."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.stack.errors import CommandFailed, TooLate

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
STARTED = time.monotonic()

T = TypeVar("T")


def say(text: str) -> None:
    """One progress line with the seconds since the start."""
    print(f"[{time.monotonic() - STARTED:6.1f} s] {text}", file=sys.stderr, flush=True)


def run(*command: str, stdin: str | None = None, check: bool = True, timeout_s: float = 1800) -> str:
    """The standard output of a command. Raises `CommandFailed`, unless `check` is off."""
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
        env=environment(),
        cwd=ROOT,
    )
    if check and done.returncode != 0:
        raise CommandFailed(list(command), done.returncode, done.stderr or done.stdout)
    return done.stdout


def environment() -> dict[str, str]:
    """This process's environment with the chosen cluster (`devcluster/context.sh`) and the project's kubectl and helm."""
    path = f"{BUILD / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "KUBECONFIG": str(BUILD / "kubeconfig"), "PATH": path}


def wait_for(what: str, probe: Callable[[], T | None], seconds: float = 60, every_s: float = 0.2) -> T:
    """The first result of `probe` that is neither None nor False. Raises `TooLate`."""
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found is not None and found is not False:
            return found
        if time.monotonic() > end:
            raise TooLate(what, seconds, repr(found))
        time.sleep(every_s)
