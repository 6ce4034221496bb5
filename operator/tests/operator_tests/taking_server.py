"""An API server that takes whatever it is given, over real HTTP."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lockstep_core.json_object import Json


class Written(ThreadingHTTPServer):
    """An API server that takes all it is given and has nothing. `objects` is what was written, in order; `on_write` is
    called at each.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: list[Json] = []
        self.on_write: Callable[[], None] = lambda: None


class _Handler(BaseHTTPRequestHandler):
    server: Written
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def _serve(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body["metadata"].setdefault("uid", "of-this-server")
        self.server.objects.append(body)
        self.server.on_write()
        self._answer(200, body)

    def _has_nothing(self) -> None:
        name = self.path.rpartition("/")[2]
        self._answer(404, {"kind": "Status", "code": 404, "reason": "NotFound", "details": {"name": name}})

    def _answer(self, code: int, body: Json) -> None:
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PATCH = _serve  # noqa: N815 - the names that the base class calls
    do_DELETE = _has_nothing  # noqa: N815

    def do_GET(self) -> None:
        if "fieldSelector" in self.path:
            self._answer(200, {"kind": "List", "metadata": {}, "items": []})
        else:
            self._has_nothing()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
        """Quiet."""


@contextmanager
def taking() -> Iterator[Written]:
    """The server, while the block runs."""
    server = Written()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
