"""The virtual display (Xvfb) that Wine draws on."""

import asyncio
import contextlib
import os
from pathlib import Path

from lockstep_agent.children.environment import plain_environment
from lockstep_agent.errors import DisplayFailed

START_S = 15.0
SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - X's own place


class Display:
    """One process of Xvfb. `name` is the value for DISPLAY."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self.name = name

    @classmethod
    async def start(cls) -> "Display":
        """Starts Xvfb, which chooses a free display number itself. Raises `DisplayFailed`."""
        with contextlib.suppress(OSError):
            SOCKETS.mkdir(exist_ok=True)
            SOCKETS.chmod(0o1777)
        number_out, number_in = os.pipe()
        try:
            process = await _spawn(number_in)
        finally:
            os.close(number_in)
        try:
            number = await asyncio.wait_for(asyncio.to_thread(_read_line, number_out), START_S)
        except TimeoutError:
            process.kill()
            raise DisplayFailed(f"no display within {START_S:.0f} s") from None
        finally:
            os.close(number_out)
        if not number.strip().isdigit():
            raise DisplayFailed(f"Xvfb ended with code {await process.wait()}")
        return cls(process, f":{number.decode().strip()}")

    async def wait(self) -> int:
        """Waits until Xvfb ends. Returns its exit code."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Ends Xvfb."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 2)


def _read_line(descriptor: int) -> bytes:
    """Reads the display number and its newline."""
    # Xvfb writes the two with separate calls, and ends if the newline cannot be written because the pipe was closed.
    line = b""
    while not line.endswith(b"\n") and (data := os.read(descriptor, 16)):
        line += data
    return line


async def _spawn(number_in: int) -> asyncio.subprocess.Process:
    command = ["Xvfb", "-displayfd", str(number_in), "-screen", "0", "1024x768x16", "-nolisten", "tcp", "-noreset"]
    null = asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=null, stdout=null, stderr=null, pass_fds=(number_in,), env=plain_environment()
        )
    except FileNotFoundError:
        raise DisplayFailed("Xvfb is not installed") from None
