"""Ends what still runs in a Wine prefix: nothing of a terminal's former life may be there when the next one starts.

A service of Wine, a half-done self-update or a terminal that was stopped by a signal would hold the terminal's files, or
keep a second login of the same account.
"""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from lockstep_agent.children.environment import WINE_PROCESS
from lockstep_agent.errors import LeftoverProcesses

PATIENCE_S = 10.0
_PROC = Path("/proc")
_LOOK_AGAIN_S = 0.05


def processes_in(prefix: Path) -> list[int]:
    """The processes that were started with this Wine prefix."""
    wanted = f"{WINE_PROCESS}={prefix}".encode()
    return sorted(int(folder.name) for folder in _PROC.glob("[0-9]*") if wanted in _variables(folder))


async def end_processes_in(prefix: Path) -> int:
    """Ends them whatever they do. Returns how many they were. Raises `LeftoverProcesses`."""
    found = processes_in(prefix)
    left, waited_s = found, 0.0
    while left:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                # A process that was stopped by a signal reacts to no other one.
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(_LOOK_AGAIN_S)
        waited_s += _LOOK_AGAIN_S
        left = processes_in(prefix)
        if left and waited_s >= PATIENCE_S:
            raise LeftoverProcesses(len(left))
    return len(found)


def _variables(folder: Path) -> list[bytes]:
    # A process that has ended, and is waited for by its parent, has no variables any more.
    with contextlib.suppress(OSError):
        return (folder / "environ").read_bytes().split(b"\0")
    return []
