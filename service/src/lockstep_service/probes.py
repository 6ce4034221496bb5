"""Answers Kubernetes' probes from a thread of its own, so that a process whose main loop is stuck is seen as stuck."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_REQUEST_TIMEOUT_S = 5
_STOP_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a path answers; a probe fails where it is not `good`."""

    body: bytes
    good: bool = True
    content_type: str = "text/plain; charset=utf-8"


Routes = Mapping[str, Callable[[], Answer]]


class ProbeServer:
    """Serves GET of these paths from its creation until `close`. `port` 0 takes a free one. Raises OSError."""

    def __init__(self, routes: Routes, port: int, host: str = "0.0.0.0") -> None:  # noqa: S104 - the kubelet asks from outside
        self._server = _Server((host, port), _Handler)
        self._server.routes = routes
        self.port: int = self._server.server_address[1]
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(_STOP_POLL_S,), name="probes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    routes: Routes


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _REQUEST_TIMEOUT_S

    def do_GET(self) -> None:
        route = self.server.routes.get(self.path)
        if route is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        answer = route()
        self.send_response(HTTPStatus.OK if answer.good else HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Writes no log line for a probe."""
