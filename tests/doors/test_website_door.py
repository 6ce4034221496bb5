"""The door before the website: caps for each source, and a readiness that follows the website behind it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.doors.door import connected, is_ended, is_turned_away, reserved_port, running_door

pytestmark = pytest.mark.timeout(180)

PER_SOURCE = 6


class Site(BaseHTTPRequestHandler):
    """Says which addresses a request came with."""

    def handle(self) -> None:
        """Serves a connection. The door's own check ends it as soon as it knows."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Answers with X-Forwarded-For, all lines of it; a stream says something every half second."""
        if self.path == "/api/v1/stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for _ in range(8):
                self.wfile.write(b": keep-alive\n\n")
                time.sleep(0.5)
            return
        text = ", ".join(self.headers.get_all("x-forwarded-for") or []).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Nothing is worth a line."""


@contextmanager
def site(port: int) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[tuple[int, int, int]]:
    """Of the door, of its readiness, and for the website."""
    with ExitStack() as stack:
        port, readiness, own = [stack.enter_context(reserved_port()) for _ in range(3)]
        door = {"READINESS_PORT": str(readiness), "CONNECTIONS_PER_SOURCE": str(PER_SOURCE), "REQUEST_TIMEOUT": "3s"}
        door |= {"IDLE_TIMEOUT": "2s", "ANSWER_TIMEOUT": "2s"}
        stack.enter_context(running_door("website", tmp_path, f"127.0.0.1:{own}", port, door))
        yield port, readiness, own


def until(status: int, url: str) -> None:
    deadline = time.monotonic() + 30
    while httpx.get(url).status_code != status:
        assert time.monotonic() < deadline, f"{url} is not {status}"
        time.sleep(0.1)


def test_it_is_ready_while_the_website_answers(ports: tuple[int, int, int]) -> None:
    port, readiness, own = ports
    url = f"http://127.0.0.1:{readiness}/readyz"
    until(503, url)
    with site(own):
        until(200, url)
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    until(503, url)


def test_idle_people_keep_nobody_waiting_and_are_dropped(ports: tuple[int, int, int]) -> None:
    port, readiness, own = ports
    with site(own), ExitStack() as idle:
        until(200, f"http://127.0.0.1:{readiness}/readyz")
        for number in range(100):
            for _ in range(PER_SOURCE):
                idle.enter_context(connected(f"127.0.1.{number + 1}", port))
        last = idle.enter_context(connected("127.0.2.1", port))
        last.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n")
        assert last.makefile("rb").readline().split()[1] == b"200"
        for _ in range(PER_SOURCE - 1):
            idle.enter_context(connected("127.0.2.1", port))
        assert is_turned_away("127.0.2.1", port), "one more than a source may have"
        assert is_ended(last), "it rests"


def test_a_stream_lasts_as_long_as_it_says_something(ports: tuple[int, int, int]) -> None:
    port, readiness, own = ports
    with site(own):
        until(200, f"http://127.0.0.1:{readiness}/readyz")
        with connected("127.0.4.1", port) as watcher:
            watcher.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert _all_of(watcher).count(b"keep-alive\n") == 8


def test_the_peers_address_comes_last(ports: tuple[int, int, int]) -> None:
    port, readiness, own = ports
    with site(own):
        until(200, f"http://127.0.0.1:{readiness}/readyz")
        with connected("127.0.3.1", port) as visitor:
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\nConnection: close\r\n\r\n")
            assert _all_of(visitor).endswith(b"203.0.113.9, 127.0.3.1")


def _all_of(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as stream:
        return stream.read()
