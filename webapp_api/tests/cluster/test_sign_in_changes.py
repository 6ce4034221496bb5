"""What guards the login: new passwords and addresses over Supabase's own HTTP, wrong codes, and broker logins."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from tests.stack.mailbox import newest_link
from webapp_api.tests.cluster.people import Person, added, client, refusal
from webapp_api.tests.cluster.supabase import Supabase, sign_in
from webapp_api.tests.cluster.test_security import code_of, secret_of

pytestmark = pytest.mark.cluster

NEW = "another-horse-battery"


def _set(backend: Supabase, token: str, **change: str) -> httpx.Response:
    """A change as Supabase's auth service makes it for whoever holds a session."""
    headers = {"apikey": backend.key, "authorization": f"Bearer {token}"}
    return httpx.put(f"{backend.url}/auth/v1/user", headers=headers, json=change, timeout=20)


def _enrolled(person: Person) -> tuple[bytes, list[str]]:
    """The secret of a new second factor, and its backup codes."""
    secret = secret_of(person.api.post("/v1/second-factor").json())
    answer = person.api.post("/v1/second-factor/confirm", json={"code": code_of(secret)})
    codes: list[str] = answer.raise_for_status().json()["backup_codes"]
    return secret, codes


def _change(api: httpx.Client, what: str, code: str | None = None) -> httpx.Response:
    return api.post("/v1/sign-in-changes", json={"what": what, **({"code": code} if code else {})})


def test_a_session_alone_sets_no_password_where_there_is_a_second_factor(alice: Person, backend: Supabase, url: str) -> None:
    _, codes = _enrolled(alice)
    thief = sign_in(backend, alice.session.email)
    with client(url, thief.token) as api:
        assert _set(backend, thief.token, password=NEW).is_error
        assert _set(backend, thief.token, email=f"{uuid.uuid4().hex}@example.test").is_error
        assert refusal(_change(api, "password")) == (403, "second_factor_required")
        assert refusal(_change(api, "password", "000000")) == (422, "wrong_code")
        assert _change(api, "email", codes[0]).status_code == 204
        assert _set(backend, thief.token, password=NEW).is_error
        assert sign_in(backend, alice.session.email).user == alice.user


def test_a_code_permits_one_new_password_which_ends_other_sessions(alice: Person, backend: Supabase, url: str) -> None:
    secret, codes = _enrolled(alice)
    other = sign_in(backend, alice.session.email)
    assert _change(alice.api, "password", code_of(secret, 1)).status_code == 204
    assert _set(backend, alice.session.token, password=NEW).is_success
    assert _set(backend, alice.session.token, password=NEW + "2").is_error
    with client(url, other.token) as api:
        assert refusal(api.get("/v1/me")) == (401, "not_signed_in")
    alerts = alice.api.get("/v1/alerts").json()["items"]
    assert [(a["kind"], a["severity"]) for a in alerts] == [("password_changed", "now")]
    assert alice.api.get("/v1/activity").json()["items"][0]["action"] == "password_changed"
    assert _change(alice.api, "password", codes[0]).status_code == 204
    assert _set(backend, alice.session.token, password=NEW + "3").is_success


def test_a_code_permits_that_the_person_is_deleted(alice: Person) -> None:
    secret, codes = _enrolled(alice)
    leave = {"confirm": alice.session.email}
    assert refusal(alice.api.request("DELETE", "/v1/me", json=leave)) == (403, "second_factor_required")
    assert _change(alice.api, "password", codes[0]).status_code == 204
    assert refusal(alice.api.request("DELETE", "/v1/me", json=leave)) == (403, "second_factor_required")
    assert _change(alice.api, "deletion", code_of(secret, 1)).status_code == 204
    assert alice.api.request("DELETE", "/v1/me", json=leave).status_code == 204


def test_a_code_permits_another_address_which_counts_once_its_link_was_opened(alice: Person, backend: Supabase) -> None:
    if not backend.mailbox:
        pytest.skip("this installation sends no mails that tests can read")
    _, codes = _enrolled(alice)
    new = f"{uuid.uuid4().hex}@example.test"
    assert _set(backend, alice.session.token, email=new).is_error
    assert _change(alice.api, "email", codes[0]).status_code == 204
    assert _set(backend, alice.session.token, email=new).is_success
    assert sign_in(backend, alice.session.email).user == alice.user
    link = newest_link(backend.mailbox, new)
    assert link.type == "email_change"
    body = {"token_hash": link.token_hash, "type": link.type}
    opened = httpx.post(f"{backend.url}/auth/v1/verify", headers={"apikey": backend.key}, json=body, timeout=20)
    assert opened.json()["user"]["email"] == new
    assert sign_in(backend, new).user == alice.user
    assert [a["kind"] for a in alice.api.get("/v1/alerts").json()["items"]] == ["email_changed"]
    assert _change(alice.api, "deletion", codes[1]).status_code == 204
    assert alice.api.request("DELETE", "/v1/me", json={"confirm": new}).status_code == 204


def test_without_a_second_factor_a_new_password_ends_other_sessions_too(alice: Person, backend: Supabase, url: str) -> None:
    other = sign_in(backend, alice.session.email)
    assert _change(alice.api, "password").status_code == 204
    assert _set(backend, alice.session.token, password=NEW).is_success
    assert alice.api.get("/v1/me").status_code == 200
    with client(url, other.token) as api:
        assert refusal(api.get("/v1/me")) == (401, "not_signed_in")


def test_of_many_wrong_codes_at_once_five_are_compared(alice: Person) -> None:
    _enrolled(alice)
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(alice.api.post, "/v1/second-factor/verify", json={"code": f"00000{n}"}) for n in range(8)]
        answers = [each.result() for each in tries]
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 3
    said = alice.api.post("/v1/second-factor/verify", json={"code": "000000"}, headers={"accept-language": "en"})
    assert refusal(said) == (429, "too_many_wrong_codes")
    assert "Try again in" in said.json()["detail"]
    assert "seconds" in said.json()["detail"]
    assert 1 <= int(said.headers["retry-after"]) <= 60
    assert [a["kind"] for a in alice.api.get("/v1/alerts").json()["items"]] == ["wrong_codes"]


async def test_a_broker_login_is_not_guessed_by_way_of_two_people(
    alice: Person, bob: Person, backend: Supabase, new_account: Any
) -> None:
    login = uuid.uuid4().int % 10**9 + 1
    account = added(alice.api, new_account(login=login))
    for _ in range(3):
        await _refused_by_the_broker(backend, account)
        again = alice.api.post(f"/v1/accounts/{account}/restart", headers={"accept-language": "en"})
    assert refusal(again) == (429, "login_paused")
    assert "the next try is possible in 5 minutes" in again.json()["detail"]
    assert 240 < int(again.headers["retry-after"]) <= 300
    assert refusal(bob.api.post("/v1/accounts", json=new_account(login=login))) == (429, "login_paused")
    arabic = bob.api.post("/v1/accounts", json=new_account(login=login), headers={"accept-language": "ar"})
    assert "5 دقائق" in arabic.json()["detail"]
    assert bob.api.post("/v1/accounts", json=new_account()).status_code == 201


async def _refused_by_the_broker(backend: Supabase, account: str) -> None:
    """What the router writes when a terminal was refused."""
    connection = await asyncpg.connect(backend.router_database)
    try:
        for state, reason in (("authorizing", None), ("failed", "InvalidCredentials")):
            await connection.execute(
                "update public.trading_accounts set state = $2, state_reason = $3 where id = $1",
                uuid.UUID(account),
                state,
                reason,
            )
    finally:
        await connection.close()
