"""An API server that stores what it is given, with versions that grow, over real HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lockstep_core.json_object import Json


class StoringServer(ThreadingHTTPServer):
    """`objects` are those of all kinds, by the path of each."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, Json] = {}
        self._version = 0

    def put(self, path: str, body: Json) -> Json:
        """Stores an object in the place of the one that is there."""
        self._version += 1
        before = self.objects.get(path, {"metadata": {"uid": f"uid-{self._version}", "generation": 1}})
        metadata = {**before["metadata"], **body["metadata"], "resourceVersion": str(self._version)}
        self.objects[path] = {**before, **body, "metadata": metadata}
        return self.objects[path]

    def named(self, plural: str) -> dict[str, Json]:
        """The objects of a kind by name."""
        paths = {path: each for path, each in self.objects.items() if f"/{plural}/" in path}
        return {path.rpartition("/")[2]: each for path, each in paths.items()}


class _Handler(BaseHTTPRequestHandler):
    server: StoringServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_POST(self) -> None:
        body = self._body()
        path = f"{urlsplit(self.path).path}/{body['metadata'].get('name', 'generated')}"
        if path in self.server.objects:
            self._refuse(409, path)
        else:
            self._answer(200, self.server.put(path, body))

    def do_PATCH(self) -> None:
        body, path = self._body(), urlsplit(self.path).path.removesuffix("/status")
        stored = self.server.objects.get(path)
        asked = body["metadata"].get("resourceVersion")
        if asked is not None and stored is not None and stored["metadata"]["resourceVersion"] != asked:
            self._refuse(409, path)
        else:
            self._answer(200, self.server.put(path, body))

    def do_DELETE(self) -> None:
        self._body()
        self._answer(200, self.server.objects.pop(urlsplit(self.path).path))

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        if "fieldSelector" in self.path:
            account = parse_qs(split.query)["fieldSelector"][0].partition("=")[2]
            pods = self.server.named("pods").values()
            found = [pod for pod in pods if pod["spec"]["serviceAccountName"] == account]
            self._answer(200, {"kind": "List", "metadata": {}, "items": found})
        elif split.path in self.server.objects:
            self._answer(200, self.server.objects[split.path])
        elif "labelSelector" in self.path:
            self._answer(200, {"kind": "List", "metadata": {}, "items": []})
        else:
            self._refuse(404, split.path)

    def _body(self) -> Json:
        body: Json = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        return body

    def _refuse(self, code: int, path: str) -> None:
        self._answer(code, {"kind": "Status", "code": code, "details": {"name": path.rpartition("/")[2]}})

    def _answer(self, code: int, body: Json) -> None:
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's signature
        """Quiet."""


@contextmanager
def storing() -> Iterator[StoringServer]:
    """The server, while the block runs."""
    server = StoringServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
