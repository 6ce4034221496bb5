"""An API token reads and writes what a session does. It goes another way to the database, which must not show."""

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from lockstep_core.json_object import Json
from webapp_api.tests.cluster.people import FIXED, Person, added, client, copied, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster

IN_PERSON = {"/v1/me", "/v1/second-factor", "/v1/sessions", "/v1/tokens", "/v1/stream", "/v1/export"}
"""Not for API tokens, or with something that differs by its nature."""

QUERIES = {"/v1/servers/check": {"platform": "MT5", "server": "LockstepTest-Demo"}, "/v1/equity": {"currency": "USD"}}
"""What must be asked with a path."""
OF_THE_MOMENT = {"since", "until"}
"""What ends now unless it is told, and so differs between two requests."""


@pytest.fixture
def program(alice: Person, url: str) -> Iterator[httpx.Client]:
    """A program of Alice's that may write."""
    token = alice.api.post("/v1/tokens", json={"name": "program", "scope": "write"}).json()["token"]
    with client(url, token) as api:
        yield api


async def test_every_page_is_the_same(alice: Person, program: httpx.Client, backend: Supabase, new_account: Any) -> None:
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    made = alice.api.post("/v1/copiers", json={"master_id": master, "slave_id": slave, "settings": FIXED}).json()["id"]
    alice.api.post("/v1/templates", json={"name": "mine", "settings": FIXED})
    link = await copied(backend, alice.user, uuid.UUID(made), uuid.UUID(master), slave=uuid.UUID(slave), status="open")
    await copied(backend, alice.user, uuid.UUID(made), uuid.UUID(master), status="skipped", reason="symbol_unknown")
    asked = alice.api.post(f"/v1/copiers/{made}/flatten").json()["id"]
    webhook = alice.api.post("/v1/webhooks", json={"url": "https://program.example.test/"}).json()["id"]
    values = {"account": master, "copier": made, "link_id": str(link), "request": asked, "webhook": webhook}
    compared = 0
    for path, methods in alice.api.get("/openapi.json").json()["paths"].items():
        if "get" in methods and path not in IN_PERSON and not path.startswith("/v1/staff"):
            address = re.sub(r"{([a-z_]+)}", lambda found: values[found[1]], path)
            query = QUERIES.get(path)
            own, its = alice.api.get(address, params=query), program.get(address, params=query)
            assert (its.status_code, its.headers["content-type"]) == (own.status_code, own.headers["content-type"]), path
            assert read(its) == read(own), path
            assert own.status_code == 200, path
            compared += 1
    assert compared > 20


def read(answer: httpx.Response) -> object:
    """Its data; the order of fields says nothing. The embedded Supabase rounds long numbers inside of JSON columns."""
    if answer.headers["content-type"] != "application/json":
        return answer.text
    data = json.loads(answer.text, parse_int=float)
    return {name: value for name, value in data.items() if name not in OF_THE_MOMENT} if isinstance(data, dict) else data


def test_it_makes_changes_and_removes(alice: Person, program: httpx.Client, new_account: Any, sealed: Json) -> None:
    master, slave = added(program, new_account()), added(program, new_account())
    assert refusal(program.post("/v1/accounts", json=new_account(platform="MT6"))) == (422, "invalid_request")
    renamed = program.patch(f"/v1/accounts/{master}", json={"label": "Prüfkonto 🚀", "operating_mode": "suspended"}).json()
    assert (renamed["label"], renamed["operating_mode"]) == ("Prüfkonto 🚀", "suspended")
    other = {"sealed": sealed | {"ciphertext": "B" * 80}}
    assert program.put(f"/v1/accounts/{master}/credentials", json=other).json()["credentials_version"] == 2
    assert program.post(f"/v1/accounts/{slave}/restart").status_code == 200
    body = {"master_id": master, "slave_id": slave, "settings": FIXED}
    key = {"idempotency-key": uuid.uuid4().hex}
    copier = program.post("/v1/copiers", json=body, headers=key).json()["id"]
    assert program.post("/v1/copiers", json=body, headers=key).json()["id"] == copier
    assert refusal(program.post("/v1/copiers", json=body)) == (409, "copier_exists")
    sizing = {"sizing": {"mode": "multiplier", "factor": "0.37"}}
    changed = program.patch(f"/v1/copiers/{copier}", json={"settings": sizing, "mode": "off", "version": 1}).json()
    late = program.patch(f"/v1/copiers/{copier}", json={"settings": FIXED, "version": 1})
    assert refusal(late) == (409, "changed_meanwhile")
    assert (changed["mode"], changed["settings"]["sizing"]) == ("off", alice_sizing(alice, copier))
    template = program.post("/v1/templates", json={"name": "mine", "settings": FIXED}).json()["id"]
    assert refusal(program.post("/v1/templates", json={"name": "mine", "settings": FIXED})) == (409, "template_exists")
    assert program.patch(f"/v1/templates/{template}", json={"name": "yours"}).json()["name"] == "yours"
    for path in (f"/v1/templates/{template}", f"/v1/copiers/{copier}", f"/v1/accounts/{master}"):
        assert program.delete(path).status_code == 204
        assert program.delete(path).status_code == 404
    actions = alice.api.get("/v1/activity").json()["items"]
    assert "you" in {entry["actor"] for entry in actions}


def alice_sizing(alice: Person, copier: str) -> Json:
    found: Json = alice.api.get(f"/v1/copiers/{copier}").json()["settings"]["sizing"]
    return found


def test_nothing_of_others_is_seen_or_changed(bob: Person, program: httpx.Client, new_account: Any) -> None:
    his = added(bob.api, new_account())
    assert program.get("/v1/accounts").json()["items"] == []
    assert refusal(program.get(f"/v1/accounts/{his}")) == (404, "account_not_found")
    assert refusal(program.patch(f"/v1/accounts/{his}", json={"label": "x"})) == (404, "account_not_found")
    assert refusal(program.delete(f"/v1/accounts/{his}")) == (404, "account_not_found")
    assert refusal(program.get("/v1/staff/search?q=example")) == (403, "staff_only")


def test_a_file_of_a_stranger_is_not_read(alice: Person) -> None:
    answer = alice.api.post("/v1/staff/calendar", content=b"{" * 100_000, headers={"content-type": "application/json"})
    assert refusal(answer) == (403, "staff_only")


async def test_the_apis_role_is_nobody_without_a_token(backend: Supabase, alice: Person, new_account: Any) -> None:
    added(alice.api, new_account())
    api = await asyncpg.connect(backend.api_database)
    try:
        async with api.transaction():
            claims = f'{{"sub": "{alice.user}", "role": "authenticated"}}'
            await api.execute("select set_config('request.jwt.claims', $1, true)", claims)
            await api.execute("select set_config('request.jwt.claim.sub', $1, true)", str(alice.user))
            await api.execute("set local role authenticated")
            assert await api.fetch("select from public.trading_accounts") == []
    finally:
        await api.close()
