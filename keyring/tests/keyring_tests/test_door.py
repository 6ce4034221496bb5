"""The door before the keyring: whatever some pods do, another pod gets its answer."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.doors.door import connected, is_ended, is_turned_away

from .process import Running, running_keyring
from .test_wire import TOKEN, body, service_account

# The first test of each process that runs them waits until a keyring has started.
pytestmark = pytest.mark.timeout(300)

PER_SOURCE = 4


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A keyring behind a door with short time-outs. It can grant nothing, so each answer is 503."""
    folder = tmp_path_factory.mktemp("keyring")
    settings = {"kube_api_url": "https://127.0.0.1:9", "kube_credentials_dir": str(service_account(folder))}
    # Rests of connections last longer than the tests, so that no test passes because others were dropped meanwhile.
    door = {"CONNECTIONS_PER_SOURCE": str(PER_SOURCE), "REQUESTS_PER_SOURCE": "20", "REQUEST_TIMEOUT": "4s"}
    with running_keyring(folder, settings, door) as running:
        yield running


def secured(keyring: Running, source: str) -> ssl.SSLSocket:
    """A TLS connection from this address."""
    context = ssl.create_default_context(cafile=str(keyring.ca))
    return context.wrap_socket(connected(source, keyring.port), server_hostname="127.0.0.1")


def asked(keyring: Running, source: str) -> int:
    """The status of a pod's request from this address."""
    content = keyring.http.build_request("POST", "/v1/tickets", json=ticket_request()).content
    head = f"POST /v1/tickets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
    with secured(keyring, source) as connection:
        connection.sendall(f"{head}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode() + content)
        return int(connection.makefile("rb").readline().split()[1])


def ticket_request() -> dict[str, object]:
    return {name: value for name, value in body().items() if name in ("account", "epoch", "curve_key")}


def test_hundreds_of_idle_connections_of_others_keep_no_pod_waiting(keyring: Running) -> None:
    with ExitStack() as idle:
        for number in range(75):
            for _ in range(PER_SOURCE):
                idle.enter_context(secured(keyring, f"127.0.1.{number + 1}"))
        for _ in range(200):
            # Most of them are above the limit of one source, and some are closed while they are being made.
            with suppress(ConnectionError):
                idle.enter_context(connected("127.0.2.1", keyring.port))
        assert asked(keyring, "127.0.3.1") == 503, "300 after their handshake, and 200 before it"
        assert keyring.is_("live")


def test_one_source_has_so_many_connections_and_no_more(keyring: Running) -> None:
    with ExitStack() as idle:
        for _ in range(PER_SOURCE):
            idle.enter_context(secured(keyring, "127.0.4.1"))
        assert is_turned_away("127.0.4.1", keyring.port)
        assert asked(keyring, "127.0.4.2") == 503


def test_one_source_asks_so_often_and_others_as_ever(keyring: Running) -> None:
    statuses = [asked(keyring, "127.0.5.1") for _ in range(25)]
    assert statuses == [503] * 20 + [429] * 5
    assert asked(keyring, "127.0.5.2") == 503


HEAD = b"POST /v1/tickets HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize("begun", [b"", HEAD, HEAD + b"Content-Length: 9\r\n\r\n{"])
def test_a_request_that_is_never_finished_is_dropped(keyring: Running, begun: bytes) -> None:
    with secured(keyring, "127.0.6.1") as slow:
        slow.sendall(begun)
        assert is_ended(slow)


def test_a_handshake_that_is_never_finished_is_dropped(keyring: Running) -> None:
    with connected("127.0.7.1", keyring.port) as silent:
        assert is_ended(silent)
