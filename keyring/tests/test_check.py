"""`helm test` knocks at every door: what answers, and what is said of one that does not. Real sockets."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import zmq
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lockstep_keyring.check import Door, lasting_faults

HOST = "127.0.0.1"


def faults(doors: list[Door], ca: Path) -> list[str]:
    return lasting_faults(doors, ca, patience_s=0)


class Answers(BaseHTTPRequestHandler):
    """200 at /here, 404 elsewhere."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/here" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Requests of a test are not worth a line."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on a port of its own."""
    with HTTPServer((HOST, 0), Answers) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate of this machine, and the context of a client that has it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "door")])
    begin = datetime.now(UTC) - timedelta(minutes=5)
    unsigned = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, begin + timedelta(days=1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    signed = unsigned.add_extension(here, critical=False).sign(key, hashes.SHA256())
    file, secret = folder / "ca.crt", folder / "key"
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context


def test_a_door_that_answers_as_it_should_has_no_fault(tmp_path: Path) -> None:
    ca, context = certificate(tmp_path)
    with serving() as plain, serving(context) as secured, zmq.Context() as zeromq, zeromq.socket(zmq.ROUTER) as router:
        bound = router.bind_to_random_port(f"tcp://{HOST}")
        doors = [
            Door(host=HOST, port=plain, kind="http", path="/here"),
            Door(host=HOST, port=secured, kind="https", status=404),
            Door(host=HOST, port=bound, kind="zeromq"),
        ]
        assert faults(doors, ca) == []


def test_a_door_that_answers_otherwise_is_named_with_what_it_said(tmp_path: Path) -> None:
    ca, _ = certificate(tmp_path)
    with serving() as port:
        assert faults([Door(host=HOST, port=port, kind="http", path="/away")], ca) == [
            f"{HOST}:{port}/away answers 404 instead of 200."
        ]
        assert faults([Door(host=HOST, port=port, kind="zeromq")], ca) == [
            f"{HOST}:{port} cannot be reached (TimeoutError)."
        ]


def test_a_keyring_with_a_certificate_of_another_is_no_keyring(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other")
    with serving(context) as port:
        (fault,) = faults([Door(host=HOST, port=port, kind="https", status=404)], other)
    assert fault == f"{HOST}:{port} cannot be reached (SSLCertVerificationError)."


@pytest.mark.parametrize("kind", ["http", "https", "zeromq"])
def test_a_door_where_nobody_is_cannot_be_reached(kind: str, tmp_path: Path) -> None:
    ca, _ = certificate(tmp_path)
    with closing(socket.socket()) as taken:
        taken.bind((HOST, 0))
        port = taken.getsockname()[1]
        door = Door.model_validate({"host": HOST, "port": port, "kind": kind})
        assert faults([door], ca) == [f"{HOST}:{port} cannot be reached (ConnectionRefusedError)."]


def test_a_door_that_opens_a_moment_later_has_no_fault(tmp_path: Path) -> None:
    ca, _ = certificate(tmp_path)
    with closing(socket.socket()) as late:
        late.bind((HOST, 0))
        port = late.getsockname()[1]
        door = Door(host=HOST, port=port, kind="zeromq")

        def open_later() -> None:
            late.listen()
            while True:
                try:
                    connection, _ = late.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"\xff")

        opening = threading.Timer(0.5, open_later)
        opening.start()
        assert lasting_faults([door], ca, patience_s=20) == []
        late.shutdown(socket.SHUT_RDWR)
        opening.join()
