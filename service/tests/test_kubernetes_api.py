"""The API client where there is no API server, and what its answers mean."""

import asyncio
import json
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lockstep_service.errors import Conflict, KindNotFound, KubernetesError, NotFound, Refused, ServerFailed, Unavailable
from lockstep_service.kubernetes_api import KubernetesApi, ResourceKind, apply_body, error_of

PODS = ResourceKind("v1", "Pod", "pods")
NOWHERE = "https://127.0.0.1:9"


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service account's folder; any authority will do."""
    folder = tmp_path_factory.mktemp("service-account")
    (folder / "token").write_text("hunter2")
    paths = ssl.get_default_verify_paths()
    assert paths.cafile is not None
    shutil.copy(paths.cafile, folder / "ca.crt")
    return folder


@asynccontextmanager
async def answering(status: str, body: str, sent: list[bytes] | None = None) -> AsyncIterator[str]:
    """The URL of a server that gives every request this answer, in February 2001, and notes what it was sent."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        request = head + await reader.readexactly(int(length[1]) if length else 0)
        if sent is not None:
            sent.append(request)
        date = "Sat, 03 Feb 2001 04:05:06 GMT"
        headers = f"Date: {date}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"HTTP/1.1 {status}\r\n{headers}\r\n\r\n{body}".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.settimeout(0)
        yield server


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (401, Unavailable),
        (403, Refused),
        (404, KindNotFound),
        (405, Refused),
        (409, Conflict),
        (410, Unavailable),
        (415, Refused),
        (422, Refused),
        (429, Unavailable),
        (500, ServerFailed),
        (503, Unavailable),
        (504, Unavailable),
    ],
)
def test_an_answer_says_whether_the_same_call_may_be_repeated(status: int, error: type[KubernetesError]) -> None:
    found = error_of(status, json.dumps({"kind": "Status", "message": "why"}), "get pods")
    assert type(found) is error
    assert str(found) == f"get pods: {status} why"


def test_a_missing_object_is_told_from_a_missing_kind() -> None:
    body = json.dumps({"message": "why", "details": {"name": "x", "kind": "pods"}})
    assert type(error_of(404, body, "get pods")) is NotFound
    assert type(error_of(404, "404 page not found", "get pods")) is KindNotFound
    assert type(error_of(404, json.dumps({"message": "why", "details": {}}), "get pods")) is KindNotFound


@pytest.mark.parametrize("body", [None, "", "<html>", "[]", '"x"', "null"])
def test_an_answer_that_is_no_status_of_kubernetes_is_not_repeated(body: str | None) -> None:
    assert str(error_of(503, body, "get pods")) == "get pods: 503 "


def test_a_long_message_is_cut() -> None:
    assert len(str(error_of(503, json.dumps({"message": "x" * 9000}), "get pods"))) < 600


async def test_no_answer_is_worth_another_try(credentials: Path) -> None:
    async with KubernetesApi(NOWHERE, credentials, "test", 5) as api:
        with pytest.raises(Unavailable):
            await api.get(PODS, "x", "default")


async def test_a_server_that_says_nothing_is_left_after_the_timeout(credentials: Path, listener: socket.socket) -> None:
    began = time.monotonic()
    async with KubernetesApi(f"https://127.0.0.1:{listener.getsockname()[1]}", credentials, "test", 0.3) as api:
        with pytest.raises(Unavailable):
            await api.list(PODS, "default")
    # Far less than the client would wait by itself, and far more than a busy machine adds.
    assert time.monotonic() - began < 30


async def test_no_proxy_of_the_environment_is_asked(
    credentials: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.getsockname()[1]}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with KubernetesApi(NOWHERE, credentials, "test", 1) as api:
        with pytest.raises(Unavailable):
            await api.get(PODS, "x", "default")
    with pytest.raises(BlockingIOError):
        listener.accept()


async def test_a_token_that_cannot_be_read_is_worth_another_try(credentials: Path, tmp_path: Path) -> None:
    shutil.copy(credentials / "ca.crt", tmp_path / "ca.crt")
    async with KubernetesApi(NOWHERE, tmp_path, "test", 5) as api:
        with pytest.raises(Unavailable, match="token cannot be read"):
            await api.get(PODS, "x", "default")


async def test_the_time_of_an_answer_is_the_servers(credentials: Path) -> None:
    async with answering("404 Not Found", "404 page not found") as url, KubernetesApi(url, credentials, "test", 5) as api:
        assert api.now() is None
        with pytest.raises(KindNotFound):
            await api.list(PODS, "default", fields="spec.serviceAccountName=x")
        told = api.now()
    assert told is not None
    assert told.replace(second=0, microsecond=0) == datetime(2001, 2, 3, 4, 5, tzinfo=UTC)


async def test_text_beyond_the_basic_plane_is_sent_as_yaml_reads_it(credentials: Path) -> None:
    sent: list[bytes] = []
    async with answering("200 OK", "{}", sent) as url, KubernetesApi(url, credentials, "test", 5) as api:
        await api.apply(PODS, {"metadata": {"name": "x"}, "text": "Broker \N{ROCKET}"}, "default")
    head, _, body = sent[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PATCH /api/v1/namespaces/default/pods/x?fieldManager=test&force=")
    assert b"content-type: application/apply-patch+yaml" in head.lower()
    assert yaml.safe_load(body)["text"] == "Broker \N{ROCKET}"


LONGEST_KEY = 63
"""Kubernetes takes no longer name as a key. YAML reads no key of more than 1,024 characters, escapes counted as written."""


@given(st.text(st.characters()))
def test_every_text_survives_a_server_side_apply(text: str) -> None:
    written = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    body = apply_body({"text": text, "texts": {text[:LONGEST_KEY]: [text]}}).encode()
    assert yaml.safe_load(body) == json.loads(body) == {"text": written, "texts": {written[:LONGEST_KEY]: [written]}}


def test_importing_the_client_stays_cheap() -> None:
    """Its hundreds of models would cost each process 25 MB and more than a second."""
    program = "import sys, lockstep_service.kubernetes_api; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "kubernetes.aio.dynamic" in loaded
    assert [name for name in loaded if name.startswith("kubernetes.aio.client.models.")] == []
