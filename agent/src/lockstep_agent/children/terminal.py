"""Starts and ends the terminal under Wine."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from lockstep_agent.children.environment import wine_loader
from lockstep_agent.settings import Platform

CLOSE_S = 4.0
LEAVE_S = 7.0
KILL_S = 3.0
_NULL = asyncio.subprocess.DEVNULL


def windows_path(path: Path) -> str:
    r"""The Windows path by which a program under Wine opens a file: `/run/x` is `Z:\run\x`."""
    return "Z:" + str(path).replace("/", "\\")


def command_line(platform: Platform, executable: Path, start_file: Path) -> list[str]:
    """The command that starts a terminal with its start file. The password is in the file, never in an argument."""
    if platform == "MT5":
        return [wine_loader(), str(executable), "/portable", f"/config:{windows_path(start_file)}"]
    return [wine_loader(), str(executable), windows_path(start_file), "/portable"]


class Terminal:
    """One process of the terminal."""

    def __init__(self, process: asyncio.subprocess.Process, executable: Path, environment: Mapping[str, str]) -> None:
        self._process = process
        self._executable = executable
        self._environment = environment

    @classmethod
    async def launch(cls, command: list[str], executable: Path, environment: Mapping[str, str]) -> "Terminal":
        """Starts the terminal in a process session of its own, so that `stop` can kill all of its processes."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=_NULL,
            stdout=_NULL,
            stderr=_NULL,
            env=dict(environment),
            cwd=executable.parent,
            start_new_session=True,
        )
        return cls(process, executable, environment)

    async def wait(self) -> int:
        """Waits until the terminal ends. Returns its exit code, negative for a signal."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Asks the terminal to close and waits, then ends all processes of Wine."""
        if self._process.returncode is None:
            await _run(self._environment, CLOSE_S, wine_loader(), "taskkill", "/IM", self._executable.name)
            await self._ended_within(LEAVE_S)
        await end_wine(self._environment)
        if not await self._ended_within(1.0):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def _ended_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        return self._process.returncode is not None


async def end_wine(environment: Mapping[str, str]) -> None:
    """Ends Wine's own services, which it keeps running after its last program has ended."""
    await _run(environment, KILL_S, "wineserver", "-k")


async def _run(environment: Mapping[str, str], seconds: float, *command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=_NULL, stdout=_NULL, stderr=_NULL, env=dict(environment), start_new_session=True
    )
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
