"""Starts, talks to and ends the process of the relay."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import msgspec

from lockstep_agent.children.environment import python_environment
from lockstep_agent.relay.lines import Configure, FromRelay, Line, Stop, decode_from_relay, encode_line

LEAVE_S = 2.0


class RelayProcess:
    """One process of the relay."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, configure: Configure) -> "RelayProcess":
        """Starts the relay and sends it its configuration."""
        # The configuration goes through the pipe, because it holds a secret that must not be in an argument or a variable.
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lockstep_agent.relay", stdin=pipe, stdout=pipe, env=python_environment()
        )
        relay = cls(process)
        relay.send(configure)
        return relay

    def send(self, line: Line) -> None:
        """Sends a line to the relay."""
        # A line for a relay that has ended is dropped: the next relay gets everything again.
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(encode_line(line))

    async def lines(self) -> AsyncIterator[FromRelay]:
        """The lines that the relay sends, until it ends."""
        while self._process.stdout is not None and (raw := await self._process.stdout.readline()):
            with contextlib.suppress(msgspec.MsgspecError):
                yield decode_from_relay(raw)
        await self._process.wait()

    def kill(self) -> None:
        """Ends the relay at once. Unlike other signals, SIGKILL ends even a process that SIGSTOP has stopped."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self) -> None:
        """Lets the relay say BYE to the router, then ends it."""
        self.send(Stop())
        try:
            await asyncio.wait_for(self._process.wait(), LEAVE_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
