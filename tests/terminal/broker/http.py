"""Just enough HTTP/1.1 to serve JSON to tests."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MAX_BODY = 1 << 20
PHRASES = {200: "OK", 201: "Created", 400: "Bad Request", 404: "Not Found", 409: "Conflict"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `path` has its non-empty parts, `body` the JSON object."""

    method: str
    path: tuple[str, ...]
    body: dict[str, Any]


class ProblemError(Exception):
    """An answer with an error status. The caller must change the call."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


Handler = Callable[[Call], tuple[int, Any]]


async def serve(handler: Handler, host: str, port: int) -> asyncio.Server:
    """Serves calls with the handler, which returns (status, JSON value)."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            writer.write(_response(*_handled(handler, await _read(reader))))
            await writer.drain()
        writer.close()

    return await asyncio.start_server(connection, host, port, limit=65536)


def _handled(handler: Handler, call: Call | None) -> tuple[int, Any]:
    if call is None:
        return 400, {"error": "not a JSON object"}
    try:
        return handler(call)
    except ProblemError as problem:
        return problem.status, {"error": str(problem)}
    except (KeyError, TypeError, ValueError) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}


async def _read(reader: asyncio.StreamReader) -> Call | None:
    method, target, _ = (await reader.readline()).decode("ascii").split(" ", 2)
    size = 0
    while (header := (await reader.readline()).strip()) != b"":
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            size = min(int(value), MAX_BODY)
    raw = await reader.readexactly(size)
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        return None
    path = tuple(part for part in target.split("?")[0].split("/") if part)
    return Call(method, path, body) if isinstance(body, dict) else None


def _response(status: int, value: Any) -> bytes:
    body = json.dumps(value).encode()
    head = (
        f"HTTP/1.1 {status} {PHRASES.get(status, 'Answer')}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
