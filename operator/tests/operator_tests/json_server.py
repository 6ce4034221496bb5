"""What the API servers of these tests share: JSON over real HTTP, on a thread of their own."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from lockstep_core.json_object import Json


class JsonServer(ThreadingHTTPServer):
    """A server on a free port of loopback."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)


class JsonHandler(BaseHTTPRequestHandler):
    """Reads and writes JSON, and logs nothing."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def body(self) -> Json:
        """What the client sent; empty where it sent nothing."""
        found: Json = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        return found

    def refuse(self, code: int, path: str) -> None:
        """Answers that the object at this path cannot be used, as Kubernetes does."""
        self.answer(code, {"kind": "Status", "code": code, "details": {"name": path.rpartition("/")[2]}})

    def answer(self, code: int, body: Json) -> None:
        """Answers with an object."""
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
        """Quiet."""


Server = TypeVar("Server", bound=JsonServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server, while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
