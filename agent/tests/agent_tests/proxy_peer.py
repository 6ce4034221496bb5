"""A proxy that a test plays on a real socket. It sends the given answers one after the other, whatever it receives."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from lockstep_agent.secrets import ProxyAccess
from lockstep_core.proxies import Proxy, ProxyType


class ProxyPeer:
    """A listening proxy. `heard` is what was said to it before each of its answers.

    Its first `refused` connections it closes without a word.
    """

    def __init__(self, answers: Sequence[bytes]) -> None:
        self.answers = answers
        self.heard: list[bytes] = []
        self.port = 0
        self.refused = 0
        self.connections = 0

    def access(self, kind: ProxyType, login: str = "", password: bytes = b"") -> ProxyAccess:
        """The access of an account that uses this proxy."""
        return ProxyAccess(Proxy(kind, "127.0.0.1", self.port, login), bytearray(password))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one connection, and closes it after the last answer."""
        self.connections += 1
        for answer in self.answers if self.connections > self.refused else ():
            self.heard.append(await reader.read(4096))
            writer.write(answer)
        writer.close()


@asynccontextmanager
async def proxy_peer(*answers: bytes) -> AsyncIterator[ProxyPeer]:
    """A proxy on a port of its own."""
    peer = ProxyPeer(answers)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield peer
