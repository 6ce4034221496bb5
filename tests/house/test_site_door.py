"""The door through which a browser reaches the website after `make up`."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.kube import answers
from tests.stack.site_door import close_door, open_door


@pytest.fixture
def service() -> Iterator[int]:
    """The port of somebody who answers each connection with one word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.sendall(b"hello")

        threading.Thread(target=greet, daemon=True).start()
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def heard(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 5) as caller:
        return caller.recv(10)


def test_the_door_leads_to_the_service_until_it_is_closed(service: int, tmp_path: Path) -> None:
    door, local = tmp_path / "site.pid", free_port()
    assert open_door(door, "127.0.0.1", service, local)
    try:
        assert [heard(local), heard(local)] == [b"hello", b"hello"]
        assert not open_door(tmp_path / "second.pid", "127.0.0.1", service, local), "somebody has the port"
    finally:
        close_door(door)
    end = time.monotonic() + 10
    while answers("127.0.0.1", local) and time.monotonic() < end:
        time.sleep(0.05)
    assert not answers("127.0.0.1", local)
    assert not door.exists()


def test_no_door_is_opened_to_nowhere(tmp_path: Path) -> None:
    assert not open_door(tmp_path / "site.pid", "127.0.0.1", free_port(), free_port())


def test_a_process_that_is_no_relay_is_left_alone(tmp_path: Path) -> None:
    door = tmp_path / "site.pid"
    door.write_text(str(os.getpid()))
    close_door(door)
    assert not door.exists()
