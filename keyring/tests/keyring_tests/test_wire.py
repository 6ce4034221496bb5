"""The real process over real HTTPS, with no cluster to ask: hostile requests, and what must never be repeated or logged."""

import base64
import json
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lockstep_keyring.keys import KEY_FILES

from .process import Running, running_keyring, write_certificate

# The first test of each process that runs them waits until a keyring has started.
pytestmark = pytest.mark.timeout(300)

ACCOUNT = "0b1c2d3e-0000-4000-8000-00000000000a"
SECRET = "hunter2-do-not-repeat"
TOKEN = "token-do-not-repeat"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def body(**changes: Any) -> dict[str, Any]:
    good = {
        "account": ACCOUNT,
        "epoch": 7,
        "delivery_key": b64(secrets.token_bytes(32)),
        "curve_key": b64(secrets.token_bytes(32)),
        "sealed": b64(secrets.token_bytes(80)),
        "sealed_key_id": "0" * 16,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("keyring")
    # Nothing listens on port 9 (discard) of this machine: Kubernetes cannot be asked.
    settings = {"kube_api_url": "https://127.0.0.1:9", "kube_credentials_dir": str(service_account(folder))}
    with running_keyring(folder, settings) as running:
        yield running


def service_account(folder: Path) -> Path:
    credentials = folder / "service-account"
    credentials.mkdir()
    write_certificate(folder / "authority")
    shutil.copy(folder / "authority" / "tls.crt", credentials / "ca.crt")
    (credentials / "token").write_text("own-token")
    return credentials


def test_a_cluster_that_does_not_answer_is_worth_another_try(keyring: Running) -> None:
    answer = keyring.post("/v1/credentials", body(), TOKEN)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] == "KeyringUnreachable"


def test_it_is_alive_but_not_ready_before_its_public_keys_are_known(keyring: Running) -> None:
    assert keyring.is_("live")
    assert not keyring.is_("ready")


@pytest.mark.parametrize("header", [None, "Basic eDp5", "Bearer"])
def test_without_a_token_nothing_is_asked(keyring: Running, header: str | None) -> None:
    answer = keyring.http.post("/v1/tickets", json=body(), headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["reason"]) == (401, "NotThisPod")


@pytest.mark.parametrize(
    "changes",
    [
        {"account": SECRET},
        {"account": None},
        {"epoch": "7"},
        {"epoch": 0},
        {"epoch": -1},
        {"epoch": 2**63},
        {"epoch": 7.5},
        {"delivery_key": b64(b"short")},
        {"delivery_key": SECRET},
        {"curve_key": None},
        {"curve_key": ["list"]},
        {"sealed": b64(b"x" * 305)},
        {"sealed": b64(b"x" * 48)},
        {"sealed": SECRET},
        {"sealed_key_id": "../../etc/passwd"},
        {"password": SECRET},
    ],
)
def test_a_malformed_request_is_refused_without_being_repeated(keyring: Running, changes: dict[str, Any]) -> None:
    answer = keyring.post("/v1/credentials", body(**changes), TOKEN)
    assert (answer.status_code, answer.json()["reason"]) == (400, "MalformedRequest")
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b"{", b'"x"', b"\xff\xfe", b"{" * 5000, f'{{"account": "{SECRET}"'.encode()]
)
def test_what_is_no_request_is_refused_without_being_repeated(keyring: Running, raw: bytes) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    answer = keyring.http.post("/v1/credentials", content=raw, headers=headers)
    assert answer.status_code == 400
    assert SECRET not in answer.text


def in_pieces() -> Iterator[bytes]:
    for _ in range(1000):
        yield b" " * 1000


def test_a_body_larger_than_any_request_is_not_read(keyring: Running) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    for content in (b" " * 1_000_000, in_pieces()):
        answer = keyring.http.post("/v1/credentials", content=content, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (413, "MalformedRequest")


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/v1/keys", "/", "/livez", "/metrics"])
def test_there_is_nothing_else(keyring: Running, path: str) -> None:
    assert keyring.http.get(path).status_code == 404


def test_no_secret_is_in_the_logs(keyring: Running) -> None:
    keyring.post("/v1/credentials", body(sealed=SECRET, password=SECRET), TOKEN)
    keyring.post("/v1/credentials", body(), TOKEN)
    log = keyring.log.read_text()
    secrets_of_the_keyring = [(keyring.keys / name).read_text() for name in KEY_FILES]
    for secret in (SECRET, TOKEN, "own-token", *secrets_of_the_keyring):
        assert secret not in log
    assert "Traceback" not in log
    assert {json.loads(line)["level"] for line in log.splitlines()} == {"warning"}
