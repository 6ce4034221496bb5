"""Second factor, API tokens, sessions, idempotency keys, limits, support: over HTTP, against a real Supabase."""

import base64
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from lockstep_api import totp
from lockstep_core.json_object import Json
from webapp_api.tests.cluster.conftest import settings_for
from webapp_api.tests.cluster.people import FIXED, Person, added, as_owner, client, refusal
from webapp_api.tests.cluster.supabase import Supabase, sign_in
from webapp_api.tests.server import serving

pytestmark = pytest.mark.cluster


def secret_of(made: Json) -> bytes:
    """The secret of a new second factor."""
    return base64.b32decode(made["secret"] + "=" * (-len(made["secret"]) % 8))


def code_of(secret: bytes, ahead: int = 0) -> str:
    """What an authenticator app shows."""
    return totp.code_at(secret, int(time.time()) // totp.STEP_S + ahead)


def test_a_second_factor_is_asked_of_every_session(alice: Person, backend: Supabase, url: str, new_account: Any) -> None:
    account = added(alice.api, new_account())
    secret = secret_of(alice.api.post("/v1/second-factor").json())
    first = code_of(secret)
    codes = alice.api.post("/v1/second-factor/confirm", json={"code": first}).json()["backup_codes"]
    assert len(codes) == 10
    assert alice.api.get("/v1/me").json()["second_factor"] == "verified"
    with client(url, sign_in(backend, alice.session.email).token) as other:
        assert other.get("/v1/me").json()["second_factor"] == "required"
        assert other.get("/v1/accounts").json()["items"] == []
        assert refusal(other.get(f"/v1/accounts/{account}")) == (404, "account_not_found")
        for answer in (
            other.post("/v1/accounts", json=new_account()),
            other.post("/v1/tokens", json={"name": "x"}),
            other.get("/v1/export"),
            other.get("/v1/stream"),
            other.request("DELETE", "/v1/me", json={"confirm": alice.session.email}),
        ):
            assert refusal(answer) == (403, "second_factor_required")
        assert refusal(other.post("/v1/second-factor")) == (409, "second_factor_exists")
        assert refusal(other.post("/v1/second-factor/verify", json={"code": first})) == (422, "wrong_code")
        assert other.post("/v1/second-factor/verify", json={"code": codes[0]}).status_code == 204
        assert [a["id"] for a in other.get("/v1/accounts").json()["items"]] == [account]
        assert other.get("/v1/second-factor").json() == {
            "enrolled": True,
            "verified_this_session": True,
            "backup_codes_left": 9,
        }
        leaving = other.request("DELETE", "/v1/me", json={"confirm": alice.session.email})
        assert refusal(leaving) == (403, "second_factor_required"), "a session that was left open deletes nobody"
        left = other.request("DELETE", "/v1/second-factor", json={"code": code_of(secret, 1)})
        assert left.status_code == 204
    assert alice.api.get("/v1/me").json()["second_factor"] == "none"
    actions = alice.api.get("/v1/activity").json()["items"]
    names = ["second_factor_removed", "backup_code_used", "second_factor_set_up"]
    assert [(d["actor"], d["action"]) for d in actions[:3]] == [("you", name) for name in names]


def test_codes_cannot_be_tried_out(alice: Person) -> None:
    alice.api.post("/v1/second-factor")
    tried = [alice.api.post("/v1/second-factor/confirm", json={"code": "000000"}) for _ in range(7)]
    assert [answer.status_code for answer in tried] == [422] * 5 + [429] * 2
    assert refusal(tried[6]) == (429, "too_many_wrong_codes")


def test_an_api_token_does_what_its_scope_says_until_it_is_revoked(alice: Person, url: str, new_account: Any) -> None:
    account = added(alice.api, new_account())
    reads = alice.api.post("/v1/tokens", json={"name": "reads", "scope": "read"}).json()
    writes = alice.api.post("/v1/tokens", json={"name": "writes", "scope": "write"}).json()
    assert {t["name"]: "token" in t for t in alice.api.get("/v1/tokens").json()["items"]} == {
        "reads": False,
        "writes": False,
    }
    with client(url, reads["token"]) as reader, client(url, writes["token"]) as writer:
        assert [a["id"] for a in reader.get("/v1/accounts").json()["items"]] == [account]
        assert refusal(reader.patch(f"/v1/accounts/{account}", json={"label": "x"})) == (404, "account_not_found")
        assert refusal(reader.post("/v1/accounts", json=new_account())) == (403, "token_reads_only")
        assert writer.patch(f"/v1/accounts/{account}", json={"label": "by token"}).json()["label"] == "by token"
        for answer in (writer.get("/v1/tokens"), writer.get("/v1/sessions"), writer.post("/v1/second-factor")):
            assert refusal(answer) == (403, "not_with_a_token")
        assert alice.api.delete(f"/v1/tokens/{writes['id']}").status_code == 204
        assert refusal(writer.get("/v1/accounts")) == (401, "not_signed_in")
    with client(url, "ls_" + "x" * 43) as stranger:
        assert refusal(stranger.get("/v1/accounts")) == (401, "not_signed_in")


def test_an_ended_session_is_out_at_once(alice: Person, backend: Supabase, url: str) -> None:
    with client(url, sign_in(backend, alice.session.email).token) as other:
        (mine,) = [s["id"] for s in other.get("/v1/sessions").json()["items"] if s["current"]]
        assert alice.api.delete(f"/v1/sessions/{mine}").status_code == 204
        assert refusal(other.get("/v1/me")) == (401, "not_signed_in")
        assert other.get("/v1/accounts").json()["items"] == []


def test_a_request_sent_twice_with_a_key_is_done_once(alice: Person, new_account: Any) -> None:
    first, second = added(alice.api, new_account()), added(alice.api, new_account())
    body, key = {"master_id": first, "slave_id": second, "settings": FIXED}, {"idempotency-key": uuid.uuid4().hex}
    made = alice.api.post("/v1/copiers", json=body, headers=key)
    again = alice.api.post("/v1/copiers", json=body, headers=key)
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = alice.api.post("/v1/copiers", json=body | {"mode": "off"}, headers=key)
    assert refusal(other) == (422, "idempotency_key_reused")
    assert refusal(alice.api.post("/v1/copiers", json=body, headers={"idempotency-key": "x"})) == (
        422,
        "bad_idempotency_key",
    )
    refused = {"idempotency-key": uuid.uuid4().hex}
    assert refusal(alice.api.post("/v1/copiers", json=body, headers=refused)) == (409, "copier_exists")
    assert refusal(alice.api.post("/v1/copiers", json=body, headers=refused)) == (409, "copier_exists")


def test_too_many_requests_of_one_person_are_told_to_wait(
    alice: Person, bob: Person, backend: Supabase, keys_file: Path
) -> None:
    settings = settings_for(backend, keys_file, requests_per_s=0.5, requests_burst=3)
    token = alice.api.post("/v1/tokens", json={"name": "program"}).json()["token"]
    again = sign_in(backend, alice.session.email).token
    ways = [f"Bearer {alice.session.token}", f"bEARER {alice.session.token}", f"Bearer {token}", f"BEARER   {again}"]
    with serving(settings) as base, httpx.Client(base_url=base) as api:
        answers = [api.get("/v1/me", headers={"authorization": way}) for way in ways]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[3].headers["retry-after"] == "2"
        assert refusal(answers[3]) == (429, "too_many_requests")
        assert api.get("/v1/me", headers={"authorization": f"Bearer {bob.session.token}"}).status_code == 200


async def test_support_finds_acts_and_says_why(alice: Person, bob: Person, backend: Supabase, new_account: Any) -> None:
    asked = new_account()
    account = added(alice.api, asked)
    await as_owner(backend, "insert into private.staff (user_id) values ($1)", bob.user)
    assert bob.api.get("/v1/me").json()["is_staff"] is True
    found = bob.api.get("/v1/staff/search", params={"q": str(asked["login"])}).json()
    assert [(a["id"], a["email"]) for a in found["accounts"]] == [(account, alice.session.email)]
    assert [u["email"] for u in bob.api.get("/v1/staff/search", params={"q": alice.session.email}).json()["users"]]
    overview = bob.api.get("/v1/staff/overview")
    assert (overview.status_code, sum(each["accounts"] for each in overview.json()["reasons"]) > 0) == (200, True)
    assert refusal(alice.api.get("/v1/staff/overview")) == (403, "staff_only")
    page = bob.api.get(f"/v1/staff/accounts/{account}")
    assert (page.status_code, page.json()["history"][0]["state"]) == (200, "queued")
    assert asked["sealed"]["ciphertext"] not in page.text
    actions = f"/v1/staff/accounts/{account}/actions"
    assert refusal(bob.api.post(actions, json={"action": "suspend", "reason": ""})) == (422, "invalid_request")
    done = bob.api.post(actions, json={"action": "suspend", "reason": "asked by phone"})
    assert done.json()["operating_mode"] == "suspended"
    assert bob.api.post(actions, json={"action": "restart", "reason": "try anew"}).json()["credentials_version"] == 2
    actions = alice.api.get("/v1/activity").json()["items"]
    assert [(d["actor"], d["action"], d["reason"]) for d in actions[:2]] == [
        ("support", "account_restarted", "try anew"),
        ("support", "account_paused", "asked by phone"),
    ]
    assert str(bob.user) not in alice.api.get("/v1/activity").text
    person = bob.api.get(f"/v1/staff/users/{alice.user}").json()
    assert (person["email"], len(person["accounts"])) == (alice.session.email, 1)
    assert refusal(bob.api.get(f"/v1/staff/users/{uuid.uuid4()}")) == (404, "user_not_found")


def test_who_leaves_takes_everything_along(alice: Person, backend: Supabase, new_account: Any) -> None:
    added(alice.api, new_account(label="to be forgotten"))
    exported = alice.api.get("/v1/export").json()
    assert (exported["person"]["email"], exported["accounts"][0]["label"]) == (alice.session.email, "to be forgotten")
    assert "sealed" not in str(exported)
    wrong = alice.api.request("DELETE", "/v1/me", json={"confirm": "x@example.test"})
    assert refusal(wrong) == (422, "email_differs")
    assert alice.api.request("DELETE", "/v1/me", json={"confirm": alice.session.email}).status_code == 204
    assert refusal(alice.api.get("/v1/me")) == (401, "not_signed_in")
    with pytest.raises(httpx.HTTPStatusError):
        sign_in(backend, alice.session.email)
