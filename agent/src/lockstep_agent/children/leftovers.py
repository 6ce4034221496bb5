"""Ends what still runs in a Wine prefix, so that nothing of an earlier terminal is there when the next one starts.

A service of Wine, a half-done self-update or a terminal that was stopped by a signal could hold the terminal's files, or
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
    """Kills these processes. Returns how many they were. Raises `LeftoverProcesses`."""
    found = processes_in(prefix)
    left, waited_s = found, 0.0
    while left:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                # SIGKILL, because a process that SIGSTOP has stopped reacts to no other signal.
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(_LOOK_AGAIN_S)
        waited_s += _LOOK_AGAIN_S
        left = processes_in(prefix)
        if left and waited_s >= PATIENCE_S:
            raise LeftoverProcesses(len(left))
    return len(found)


def _variables(folder: Path) -> list[bytes]:
    # A zombie, which has ended and which its parent has not waited for yet, has no variables.
    with contextlib.suppress(OSError):
        return (folder / "environ").read_bytes().split(b"\0")
    return []
