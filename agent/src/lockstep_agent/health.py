"""Answers Kubernetes' probes from a thread of its own, so that a stuck agent is seen as stuck."""

import json
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STUCK_S = 30.0


class Health:
    """What the probes are told. Each field is replaced whole, so threads never see half of one."""

    def __init__(self) -> None:
        self.ready = False
        self.said: dict[str, str] = {}
        self._beat_s = time.monotonic()

    def beat(self) -> None:
        """The agent's loop is alive."""
        self._beat_s = time.monotonic()

    @property
    def live(self) -> bool:
        return time.monotonic() - self._beat_s < STUCK_S


class HealthServer:
    """`GET /livez` and `/readyz`: 200 or 503, with the status as JSON. `port` 0 takes a free one."""

    def __init__(self, health: Health, port: int, host: str = "0.0.0.0") -> None:  # noqa: S104 - the kubelet asks from outside
        self._server = _Server((host, port), _Handler)
        self._server.health = health
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    health: Health


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5

    def do_GET(self) -> None:
        health = self.server.health
        good = {"/livez": health.live, "/readyz": health.live and health.ready}.get(self.path)
        if good is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = json.dumps(health.said).encode()
        self.send_response(HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Probes are not worth a line."""
