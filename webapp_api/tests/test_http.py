"""The API on a real socket, where Supabase cannot be reached: what is answered before and without it."""

import json
import re
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from lockstep_api.settings import ApiSettings
from webapp_api.tests.server import serving

OPEN = ("/v1/platforms", "/v1/sealing-key", "/v1/settings-schema", "/v1/unsubscribe")
"""What anybody may read, and what whoever has a mail may end. None of it has a body."""

TOKEN = {"authorization": f"Bearer {jwt.encode({'exp': 4_102_444_800}, 'k' * 32)}"}


def calls(api: httpx.Client) -> list[tuple[str, str]]:
    """Every documented call: method and path."""
    paths = api.get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


@pytest.fixture(scope="module")
def settings(keys_file: Path) -> Iterator[ApiSettings]:
    """Settings of an API whose Supabase is a port where nothing listens."""
    # Bound all the while: a port that is given back may be given to a server of another test.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield ApiSettings(
            supabase_url=f"http://127.0.0.1:{taken.getsockname()[1]}",
            supabase_publishable_key="k",
            public_keys_file=keys_file,
            address_requests_per_s=1e6,
            address_requests_burst=10**6,
            guesses_burst=10**6,
        )


@contextmanager
def client_of(settings: ApiSettings) -> Iterator[httpx.Client]:
    """A client of an API with these settings, which ends with the block."""
    # The server closes idle connections after five seconds, perhaps just when a request is sent on one.
    young = httpx.Limits(keepalive_expiry=2)
    with serving(settings) as url, httpx.Client(base_url=url, timeout=60, limits=young) as client:
        yield client


@pytest.fixture(scope="module")
def api(settings: ApiSettings) -> Iterator[httpx.Client]:
    """A client of an API whose Supabase cannot be reached."""
    with client_of(settings) as client:
        yield client


def address_of(path: str) -> str:
    """An address of a documented path."""
    return re.sub(r"{[a-z_]+}", lambda found: "7" if "link" in found[0] else str(uuid.UUID(int=1)), path) + "?q=xx"


def account(sealed: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A correct registration with some fields changed."""
    body = {"id": str(uuid.uuid4()), "label": "m", "platform": "MT5", "environment": "demo", "login": 1, "server": "s"}
    return {**body, "role": "master", "sealed": sealed, **more}


def test_the_platforms_that_there_are_terminals_of_need_no_sign_in(api: httpx.Client) -> None:
    assert api.get("/v1/platforms").json() == {"items": ["MT5"]}


def test_the_sealing_key_needs_no_sign_in(api: httpx.Client) -> None:
    assert set(api.get("/v1/sealing-key").json()) == {"key_id", "public_key"}


# Some two hundred requests: on a busy machine they take longer than other tests may.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic a.b.c"}, {"authorization": "Bearer sb_publishable_x"}])
def test_everything_else_does(api: httpx.Client, headers: dict[str, str]) -> None:
    for method, path in calls(api):
        if path in OPEN:
            continue
        answer = api.request(method, address_of(path), headers=headers, content=b"{no json")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


def test_nothing_of_a_body_is_waited_for_before_the_caller_is_known(api: httpx.Client) -> None:
    for method, path in calls(api):
        if method in ("POST", "PUT", "PATCH"):
            status = status_before_the_body(api, f"{method} {address_of(path)} HTTP/1.1", 60_000)
            assert status == (422 if path in OPEN else 401), (method, path)
    assert status_before_the_body(api, "POST /v1/staff/calendar HTTP/1.1", 3_000_000) == 401
    assert status_before_the_body(api, "POST /v1/accounts HTTP/1.1", 3_000_000) == 413


def status_before_the_body(api: httpx.Client, line: str, length: int) -> int:
    """The status of a request whose body never comes."""
    lines = (line, "Host: x", "Content-Type: application/json", "Idempotency-Key: 12345678", f"Content-Length: {length}")
    head = "\r\n".join((*lines, "", ""))
    with socket.create_connection((api.base_url.host, api.base_url.port or 0), 20) as connection:
        connection.sendall(head.encode())
        return int(connection.makefile("rb").readline().split()[1])


def test_a_store_that_is_away_means_try_again(api: httpx.Client, sealed: dict[str, Any]) -> None:
    for answer in (
        api.get("/v1/accounts", headers=TOKEN),
        api.post("/v1/accounts", headers=TOKEN, json=account(sealed)),
    ):
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"]


def test_what_is_too_large_or_of_unknown_size_is_not_read(api: httpx.Client) -> None:
    huge = api.post("/v1/accounts", headers=TOKEN, content=b"x" * 70_000)
    assert (huge.status_code, huge.json()["code"]) == (413, "too_large")
    chunked = api.post("/v1/accounts", headers=TOKEN, content=iter([b"{}"]))
    assert (chunked.status_code, chunked.json()["code"]) == (411, "length_required")


def test_a_request_id_is_kept_if_it_is_one(api: httpx.Client) -> None:
    good = api.get("/v1/accounts", headers={"x-request-id": "from-the-website-1"})
    assert good.headers["x-request-id"] == good.json()["request_id"] == "from-the-website-1"
    bad = api.get("/v1/accounts", headers={"x-request-id": 'x" injected: true'})
    assert "injected" not in bad.headers["x-request-id"]


def test_no_body_token_or_query_reaches_the_log(
    settings: ApiSettings, sealed: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    # A request is logged after its answer is sent: only an API that has ended has written all its lines.
    with client_of(settings) as api:
        first = api.post(
            "/v1/accounts?x=hunter2-query",
            headers={"authorization": "Bearer h.unter2.token"},
            json=account(sealed, label="hunter2-label"),
        )
        second = api.post("/v1/accounts", headers=TOKEN, json=account(sealed, password="hunter2-secret"))
    written = "".join(capfd.readouterr())
    # The API of the tests before may write its last line here, too.
    assert all(f"request_id={answer.headers['x-request-id']}" in written for answer in (first, second)), written
    for never in ("hunter2", "h.unter2", sealed["ciphertext"]):
        assert never not in written


def test_paths_and_methods_that_do_not_exist_are_problems_too(api: httpx.Client) -> None:
    assert api.get("/v1/nothing").json()["code"] == "no_such_path"
    assert api.post("/v1/copies").json()["code"] == "method_not_allowed"


def test_the_document_describes_every_call_and_its_problems(api: httpx.Client) -> None:
    document = api.get("/openapi.json").json()
    assert len(calls(api)) >= 47
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPBearer" in document["components"]["securitySchemes"]
    posted = document["paths"]["/v1/accounts"]["post"]["responses"]
    assert "application/problem+json" in posted["409"]["content"]
    assert "hunter2" not in json.dumps(document)


def test_every_answer_is_data_and_nothing_else_whatever_became_of_the_request(api: httpx.Client) -> None:
    answers = (
        api.get("/v1/accounts"),
        api.get("/v1/accounts", headers=TOKEN),
        api.get("/v1/nothing"),
        api.post("/v1/accounts", headers=TOKEN, content=b"x" * 70_000),
        api.get("/openapi.json"),
    )
    for answer in answers:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["strict-transport-security"]
        assert answer.headers.get_list("cache-control") == ["no-store"]
        assert "access-control-allow-origin" not in answer.headers
        assert "set-cookie" not in answer.headers
    for path in ("/v1/settings-schema", "/v1/sealing-key"):
        (kept,) = api.get(path).headers.get_list("cache-control")
        assert kept.startswith("public, max-age=")


def test_no_page_of_the_api_runs_scripts_of_others(api: httpx.Client) -> None:
    for path in ("/docs", "/redoc"):
        assert api.get(path).json()["code"] == "no_such_path"


def test_a_cookie_signs_nobody_in_so_no_other_site_can_use_one(api: httpx.Client) -> None:
    token = TOKEN["authorization"].removeprefix("Bearer ")
    for name in ("access_token", "sb-access-token", "authorization"):
        answer = api.post("/v1/accounts", headers={"cookie": f"{name}={token}", "origin": "https://evil.example"}, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
        preflight = api.options(
            "/v1/accounts", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
        )
        assert preflight.status_code == 405
