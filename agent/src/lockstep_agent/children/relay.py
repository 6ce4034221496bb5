"""The relay's process as the agent sees it."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import msgspec

from lockstep_agent.children.environment import python_environment
from lockstep_agent.relay.lines import Configure, FromRelay, Line, Stop, decode_from_relay, encode_line

LEAVE_S = 2.0


class RelayProcess:
    """One life of the relay."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, configure: Configure) -> "RelayProcess":
        """Starts it and hands it its configuration through the pipe."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lockstep_agent.relay", stdin=pipe, stdout=pipe, env=python_environment()
        )
        relay = cls(process)
        relay.tell(configure)
        return relay

    def tell(self, line: Line) -> None:
        """Says a line; one to a relay that is gone is lost, its successor is told everything anew."""
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(encode_line(line))

    async def lines(self) -> AsyncIterator[FromRelay]:
        """What it says, until it ends."""
        while self._process.stdout is not None and (raw := await self._process.stdout.readline()):
            with contextlib.suppress(msgspec.MsgspecError):
                yield decode_from_relay(raw)
        await self._process.wait()

    async def stop(self) -> None:
        """Lets it say BYE to the router, then ends it."""
        self.tell(Stop())
        try:
            await asyncio.wait_for(self._process.wait(), LEAVE_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
