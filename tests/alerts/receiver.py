"""The receiver of alerts: an HTTP server to which Alertmanager posts."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from lockstep_core.json_object import Json


class Told(NamedTuple):
    """An alert as it was told. `firing`: it began; otherwise it ended."""

    name: str
    firing: bool
    labels: Json
    summary: str
    runbook: str


class Receiver:
    """Listens on loopback until `close`. `heard`: every alert that it was told, oldest first."""

    def __init__(self, on_alert: Callable[[Told], None] = lambda _: None) -> None:
        self.heard: list[Told] = []
        receiver = self

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for alert in json.loads(body)["alerts"]:
                    told = told_of(alert)
                    receiver.heard.append(told)
                    on_alert(told)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                """Says nothing of each request."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where alerts are posted to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def was_told(self, name: str, *, firing: bool) -> bool:
        """Whether it was told of the beginning, or of the end, of an alert."""
        return any(told.name == name and told.firing is firing for told in self.heard)

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def told_of(alert: Json) -> Told:
    """An alert of Alertmanager's message."""
    labels, notes = alert["labels"], alert["annotations"]
    return Told(labels["alertname"], alert["status"] == "firing", labels, notes["summary"], notes["runbook"])
