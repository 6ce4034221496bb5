"""The real keyring as a process of its own behind a real door, with keys and a certificate of the test."""

import base64
import contextlib
import json
import os
import secrets
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
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
from tests.doors.door import reserved_port, running_door

ROUTER_KEY = b"r" * 32
PATIENCE_S = 120
"""On a busy machine a new process may need half a minute for its imports alone. One that has ended is noticed at once."""


@dataclass(frozen=True)
class Running:
    """A keyring behind its door. `vitals`: the address of its probes. `log`: the file that holds its output."""

    http: httpx.Client
    vitals: str
    port: int
    ca: Path
    log: Path
    keys: Path

    def is_(self, what: str) -> bool:
        """Whether it is `live` or `ready`."""
        return httpx.get(f"{self.vitals}/{what}z", timeout=PATIENCE_S, trust_env=False).is_success

    def post(self, path: str, body: Any, token: str) -> httpx.Response:
        return self.http.post(path, json=body, headers={"Authorization": f"Bearer {token}"})


StartKeyring = Callable[[dict[str, str]], Running]


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
def running_keyring(folder: Path, settings: dict[str, str], door: Mapping[str, str] | None = None) -> Iterator[Running]:
    """A keyring that works in this folder, with these settings (names in lower case, without the prefix)."""
    tls = folder / "tls"
    write_certificate(tls)
    write_keys(folder / "keys")
    write_routers(folder / "routers.json")
    with contextlib.ExitStack() as stack:
        port, own_port, vitals_port = [stack.enter_context(reserved_port()) for _ in range(3)]
        process, log = stack.enter_context(_started(folder, own_port, vitals_port, settings))
        bearings = {"TLS_DIR": str(tls), "REQUESTS_PER_SOURCE": "100000", "NEW_CONNECTIONS_PER_SOURCE": "100000"}
        stack.enter_context(running_door("keyring", folder, f"127.0.0.1:{own_port}", port, {**bearings, **(door or {})}))
        context = ssl.create_default_context(cafile=str(tls / "tls.crt"))
        # The door closes idle connections after five seconds, perhaps just when a request is sent on one.
        young = httpx.Limits(keepalive_expiry=2)
        url = f"https://127.0.0.1:{port}"
        http = httpx.Client(base_url=url, verify=context, timeout=PATIENCE_S, limits=young, trust_env=False)
        running = Running(
            stack.enter_context(http), f"http://127.0.0.1:{vitals_port}", port, tls / "tls.crt", log, folder / "keys"
        )
        _wait_until_alive(running, process)
        yield running


@contextlib.contextmanager
def _started(
    folder: Path, port: int, vitals_port: int, settings: dict[str, str]
) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """The process and its log; ended at the end."""
    usual = {
        "port": str(port),
        "metrics_port": str(vitals_port),
        "keys_dir": str(folder / "keys"),
        "ca_file": str(folder / "tls" / "ca.crt"),
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


def _wait_until_alive(keyring: Running, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if keyring.is_("live") and keyring.http.get("/").status_code == 404:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"the keyring did not start: {keyring.log.read_text()}")
