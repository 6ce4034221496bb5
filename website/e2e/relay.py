"""usage: relay.py HOST PORT [LOCAL]: a port of this machine (LOCAL or a free one; printed) leads to another address until
it is killed.

`kubectl port-forward` ends for good with the first of its connections that breaks off; a browser breaks off many.
"""

import asyncio
import sys
from contextlib import suppress

CHUNK = 65_536


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Bytes from one to the other until either ends."""
    with suppress(ConnectionError):
        while chunk := await source.read(CHUNK):
            target.write(chunk)
            await target.drain()
    target.close()


async def relay(host: str, port: int, local: int = 0) -> None:
    """Never returns."""

    async def connect(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, forth = await asyncio.open_connection(host, port)
        except OSError:
            back.close()
            return
        await asyncio.gather(pump(near, forth), pump(far, back))

    server = await asyncio.start_server(connect, "127.0.0.1", local)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 (its answer)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(relay(sys.argv[1], *map(int, sys.argv[2:])))
