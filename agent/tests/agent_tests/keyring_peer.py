"""A keyring that a test plays: real HTTPS with a certificate of its own, answers as the test sets them."""

import base64
import datetime as dt
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from lockstep_agent.pod_keys import SUITE, delivery_info, proxy_delivery_info
from lockstep_core.wire.ticket import SIGNATURE_SIZE, Ticket, ticket_body


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """(certificate, key) of `localhost`, which is its own CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(hours=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate, secret = folder / "tls.crt", folder / "tls.key"
    certificate.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    encoding, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(encoding, plain, serialization.NoEncryption()))
    return certificate, secret


class KeyringPeer:
    """Answers from `failures` first (status, body), then well. `asked` are the requests: (path, token, body)."""

    def __init__(self, folder: Path, password: bytes = b"s3cret") -> None:
        certificate, key = make_certificate(folder)
        self.certificate = certificate
        self.password = password
        self.expires_s = 2_000_000_000
        self.router: object = {
            "trades_endpoint": "tcp://127.0.0.1:1",
            "ticks_endpoint": "tcp://127.0.0.1:2",
            "curve_public_key": base64.b64encode(b"r" * 32).decode(),
        }
        self.proxy: dict[str, object] | None = None
        self.proxy_password = b""
        self.failures: list[tuple[int, dict[str, object]]] = []
        self.asked: list[tuple[str, str, dict[str, object]]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.peer = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def answer(self, path: str, token: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        self.asked.append((path, token, body))
        if self.failures:
            status, problem = self.failures.pop(0)
            return status, dict(problem)
        if path == "/v1/logins":
            return 204, {}
        raw = ticket_body(
            Ticket(UUID(str(body["account"])), int(str(body["epoch"])), _raw(body, "curve_key"), self.expires_s, bytes(8))
        )
        granted: dict[str, object] = {
            "ticket": base64.b64encode(raw + bytes(SIGNATURE_SIZE)).decode(),
            "ticket_expires_s": self.expires_s,
            "router": self.router,
        }
        if path == "/v1/credentials":
            pod = (UUID(str(body["account"])), int(str(body["epoch"])))
            granted["password_sealed"] = _sealed(body, self.password, delivery_info(*pod))
            if self.proxy is not None:
                sealed = _sealed(body, self.proxy_password, proxy_delivery_info(*pod)) if self.proxy_password else ""
                granted["proxy"] = {**self.proxy, "password_sealed": sealed}
        return 200, granted

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _sealed(body: dict[str, object], password: bytes, info: bytes) -> str:
    key = X25519PublicKey.from_public_bytes(_raw(body, "delivery_key"))
    return base64.b64encode(SUITE.encrypt(password, key, info)).decode()


def _raw(body: dict[str, object], name: str) -> bytes:
    return base64.b64decode(str(body[name]))


def mount(mounts: Path, certificate: Path) -> None:
    """The files that Kubernetes would mount."""
    for name in ("identity", "ca", "sealed"):
        (mounts / name).mkdir(exist_ok=True)
    (mounts / "identity/token").write_text("projected-token\n")
    (mounts / "ca/ca.crt").write_bytes(certificate.read_bytes())
    (mounts / "sealed/sealed").write_bytes(b"sealed in a browser")
    (mounts / "sealed/key_id").write_text("0123456789abcdef")
    (mounts / "sealed/version").write_text("1")


class _Server(ThreadingHTTPServer):
    peer: KeyringPeer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers["Authorization"].removeprefix("Bearer ")
        status, answer = self.server.peer.answer(self.path, token, body)
        raw = json.dumps(answer).encode() if status != 204 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's signature
        """Quiet."""
