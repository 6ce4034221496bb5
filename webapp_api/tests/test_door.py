"""The API behind its door: whatever some peers do, others are answered, and each is counted by its own address."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from lockstep_api.settings import ApiSettings
from tests.doors.door import connected, is_ended, is_turned_away, reserved_port, running_door
from webapp_api.tests.server import serving

pytestmark = pytest.mark.timeout(180)

PER_SOURCE = 8
BURST = 40
SPELLINGS = [
    "".join(letter.upper() if bits >> place & 1 else letter for place, letter in enumerate("bearer")) for bits in range(64)
]


@pytest.fixture(scope="module")
def ports(keys_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """Of programs and of the website, before an API whose Supabase is a port where nothing listens."""
    folder = tmp_path_factory.mktemp("door")
    with ExitStack() as stack:
        port, site_port, nowhere = [stack.enter_context(reserved_port()) for _ in range(3)]
        settings = ApiSettings(
            supabase_url=f"http://127.0.0.1:{nowhere}",
            supabase_publishable_key="k",
            public_keys_file=keys_file,
            address_requests_per_s=1e-6,
            address_requests_burst=BURST,
        )
        app = stack.enter_context(serving(settings)).removeprefix("http://")
        door = {"SITE_PORT": str(site_port), "CONNECTIONS_PER_SOURCE": str(PER_SOURCE), "REQUEST_TIMEOUT": "4s"}
        stack.enter_context(running_door("webapp-api", folder, app, port, door))
        yield port, site_port


def asked(source: str, port: int, *headers: str, path: str = "/v1/sealing-key") -> int:
    """The status of a request from this address."""
    lines = [f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]
    with connected(source, port) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_hundreds_of_idle_connections_of_others_keep_nobody_waiting(ports: tuple[int, int]) -> None:
    with ExitStack() as idle:
        for number in range(70):
            for _ in range(PER_SOURCE):
                idle.enter_context(connected(f"127.0.1.{number + 1}", ports[0])).sendall(b"GET /v1")
        assert asked("127.0.3.1", ports[0]) == 200


def test_one_source_has_so_many_connections_but_the_websites_pods_have_all_peoples(ports: tuple[int, int]) -> None:
    with ExitStack() as idle:
        for _ in range(PER_SOURCE):
            idle.enter_context(connected("127.0.4.1", ports[0]))
        assert is_turned_away("127.0.4.1", ports[0])
        for _ in range(3 * PER_SOURCE):
            idle.enter_context(connected("127.0.4.2", ports[1]))
        assert asked("127.0.4.2", ports[1]) == 200


@pytest.mark.parametrize("port", [0, 1])
@pytest.mark.parametrize("begun", [b"", b"GET /v1/sealing-key HTTP/1.1\r\nHost: x\r\n"])
def test_a_request_that_is_never_finished_is_dropped(ports: tuple[int, int], port: int, begun: bytes) -> None:
    with connected("127.0.6.1", ports[port]) as slow:
        slow.sendall(begun)
        assert is_ended(slow)


def test_one_address_is_counted_once_however_it_spells_its_scheme(ports: tuple[int, int]) -> None:
    statuses = [asked("127.0.7.1", ports[0], f"Authorization: {scheme} a.b.c", path="/v1/me") for scheme in SPELLINGS]
    assert statuses == [401] * BURST + [429] * (64 - BURST)
    assert asked("127.0.7.2", ports[0]) == 200, "another address has its own count"


def test_one_address_is_counted_once_whatever_it_says_of_others(ports: tuple[int, int]) -> None:
    for number in range(BURST):
        other = f"203.0.113.{number}"
        claims = (f"X-Forwarded-For: {other}", f"X-Lockstep-Visitor: {int(time.time())} {other} {'0' * 64}")
        assert asked("127.0.8.1", ports[number % 2], *claims) == 200
    assert asked("127.0.8.1", ports[0], "X-Forwarded-For: 203.0.113.250") == 429


def test_connections_to_its_own_port_take_nothing_from_probes_and_metrics(keys_file: Path) -> None:
    with reserved_port() as port, reserved_port() as vitals_port, ExitStack() as idle:
        settings = {
            "SUPABASE_URL": "http://127.0.0.1:9",
            "SUPABASE_PUBLISHABLE_KEY": "k",
            "PUBLIC_KEYS_FILE": str(keys_file),
            "PORT": str(port),
            "METRICS_PORT": str(vitals_port),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "lockstep_api"],
            env={**os.environ, **{f"LOCKSTEP_{name}": value for name, value in settings.items()}},
        )
        try:
            vitals = f"http://127.0.0.1:{vitals_port}"
            wait_for(f"http://127.0.0.1:{port}/v1/sealing-key", process)
            for _ in range(600):
                idle.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            assert httpx.get(f"{vitals}/livez").status_code == 200
            assert httpx.get(f"{vitals}/readyz").status_code == 503, "Supabase is away"
            assert "lockstep_api_requests_total" in httpx.get(f"{vitals}/metrics").text
            assert httpx.get(f"http://127.0.0.1:{port}/v1/sealing-key").status_code == 200
            assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 404
        finally:
            idle.close()
            process.terminate()
            process.wait(60)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Until it answers well."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url).is_success:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing at {url}")
