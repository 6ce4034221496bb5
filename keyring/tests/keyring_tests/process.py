"""The real keyring as a process of its own, with keys and a certificate of the test."""

import base64
import contextlib
import json
import os
import secrets
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lockstep_keyring.keys import KEY_FILES

ROUTER_KEY = b"r" * 32
PATIENCE_S = 120
"""On a busy machine the imports of a new process alone may take half a minute; one that ended is noticed at once."""


@dataclass(frozen=True)
class Running:
    """A keyring that serves; `log` is the file of all it ever printed."""

    http: httpx.Client
    log: Path
    keys: Path

    def post(self, path: str, body: Any, token: str) -> httpx.Response:
        return self.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})


StartKeyring = Callable[[dict[str, str]], Running]


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A port that a server may listen on and that the kernel gives to nobody else meanwhile.

    A port that is only looked up may be given to any connection of another test before the server listens on it.
    """
    with socket.socket() as holder:
        # Servers set this too, and then share the port with a socket that does not listen.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def write_certificate(folder: Path) -> None:
    """`tls.crt` and `tls.key` for 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lockstep-keyring")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(exist_ok=True)
    for file in ("ca.crt", "tls.crt"):
        (folder / file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "tls.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


def write_keys(folder: Path) -> None:
    """New keys of every kind."""
    folder.mkdir(exist_ok=True)
    for name in KEY_FILES:
        (folder / name).write_text(base64.b64encode(secrets.token_bytes(32)).decode())


def write_routers(file: Path) -> None:
    """The list of one demo and one live router."""
    key = base64.b64encode(ROUTER_KEY).decode()
    routers = {
        f"{kind.lower()}-1": {
            "environment": kind,
            "trades_endpoint": f"tcp://{kind.lower()}:7400",
            "ticks_endpoint": f"tcp://{kind.lower()}:7401",
            "curve_public_key": key,
        }
        for kind in ("Demo", "Live")
    }
    file.write_text(json.dumps(routers))


@contextlib.contextmanager
def running_keyring(folder: Path, settings: dict[str, str]) -> Iterator[Running]:
    """A keyring that works in this folder, with these settings (names in lower case, without the prefix)."""
    write_certificate(folder / "tls")
    write_keys(folder / "keys")
    write_routers(folder / "routers.json")
    with reserved_port() as port, _started(folder, port, settings) as (process, log):
        context = ssl.create_default_context(cafile=str(folder / "tls" / "tls.crt"))
        url = f"https://127.0.0.1:{port}"
        # The server closes idle connections after five seconds, perhaps just when a request is sent on one.
        young = httpx.Limits(keepalive_expiry=2)
        with httpx.Client(base_url=url, verify=context, timeout=PATIENCE_S, limits=young, trust_env=False) as http:
            _wait_until_alive(http, process, log)
            yield Running(http, log, folder / "keys")


@contextlib.contextmanager
def _started(folder: Path, port: int, settings: dict[str, str]) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """The process and its log; ended at the end."""
    usual = {
        "host": "127.0.0.1",
        "port": str(port),
        "metrics_port": "0",
        "keys_dir": str(folder / "keys"),
        "tls_dir": str(folder / "tls"),
        "routers_file": str(folder / "routers.json"),
        "keys_reload_s": "0.2",
    }
    environment = {f"LOCKSTEP_{name.upper()}": value for name, value in {**usual, **settings}.items()}
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lockstep_keyring"], env={**os.environ, **environment}, stdout=output, stderr=output
        )
    try:
        yield process, log
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait_until_alive(http: httpx.Client, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http.get("/livez").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the keyring did not start: {log.read_text()}")
