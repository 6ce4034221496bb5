"""A line to the database that can be cut."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Line:
    """Passes bytes on to an address, for as long as its connections are not cut."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._parts = urlsplit(url)
        self._loop = loop
        self._writers: set[asyncio.StreamWriter] = set()
        self.url = ""

    def cut(self) -> None:
        """Ends all its connections without a word. New ones are passed on."""
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def serve(self) -> asyncio.Server:
        """Opens a port."""
        server = await asyncio.start_server(self._passed_on, "127.0.0.1", 0)
        name, _, _ = self._parts.netloc.rpartition("@")
        port = server.sockets[0].getsockname()[1]
        self.url = urlunsplit(self._parts._replace(netloc=f"{name}@127.0.0.1:{port}"))
        return server

    async def _passed_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        self._writers |= {writer, to}
        await asyncio.gather(_pump(reader, to), _pump(there, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def relay(url: str) -> Iterator[Line]:
    """A line to this address, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    line = Line(url, loop)
    server = asyncio.run_coroutine_threadsafe(line.serve(), loop).result()
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(_over(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _over(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
