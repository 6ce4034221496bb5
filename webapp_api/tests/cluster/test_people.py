"""The API in front of a real Supabase: two people, each with their own accounts."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from lockstep_api.store_watch import StoreWatch
from lockstep_core.json_object import Json
from webapp_api.tests.cluster.conftest import settings_for
from webapp_api.tests.cluster.people import FIXED, Person, added, as_owner, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster


def test_an_account_lives_from_registration_to_removal(alice: Person, new_account: Any, sealed: Json) -> None:
    asked = new_account(role="master", label="Prüfkonto 🚀")
    made = alice.api.post("/v1/accounts", json=asked)
    assert made.status_code == 201
    shown = made.json()
    assert {k: shown[k] for k in asked if k != "sealed"} == {k: v for k, v in asked.items() if k != "sealed"}
    assert (shown["state"], shown["operating_mode"], shown["credentials_version"]) == ("queued", "running", 1)
    assert "sealed" not in made.text
    assert "user_id" not in shown
    path = f"/v1/accounts/{asked['id']}"
    assert alice.api.get(path).json() == shown
    assert [a["id"] for a in alice.api.get("/v1/accounts").json()["items"]] == [asked["id"]]
    changed = alice.api.patch(path, json={"label": "renamed", "operating_mode": "suspended"}).json()
    assert (changed["label"], changed["operating_mode"]) == ("renamed", "suspended")
    replaced = alice.api.put(f"{path}/credentials", json={"sealed": sealed | {"ciphertext": "B" * 80}})
    assert replaced.json()["credentials_version"] == 2
    assert alice.api.delete(path).status_code == 204
    assert refusal(alice.api.get(path)) == (404, "account_not_found")
    assert refusal(alice.api.delete(path)) == (404, "account_not_found")


def test_accounts_come_in_pages_and_a_cursor_that_is_none_is_refused(alice: Person, new_account: Any) -> None:
    asked = [added(alice.api, new_account()) for _ in range(3)]
    first = alice.api.get("/v1/accounts", params={"limit": 2}).json()
    second = alice.api.get("/v1/accounts", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [a["id"] for page in (first, second) for a in page["items"]] == asked
    assert second["next_cursor"] is None
    items = first["items"] + second["items"]
    assert alice.api.get("/v1/accounts").json() == {"items": items, "next_cursor": None, "total": 3}
    assert refusal(alice.api.get("/v1/accounts", params={"cursor": "none"})) == (422, "bad_cursor")
    assert alice.api.get("/v1/accounts", params={"limit": 0}).status_code == 422


def test_a_registration_that_is_sent_again_changes_nothing(alice: Person, new_account: Any) -> None:
    asked = new_account()
    first, again = alice.api.post("/v1/accounts", json=asked), alice.api.post("/v1/accounts", json=asked)
    assert first.json() == again.json()
    assert len(alice.api.get("/v1/accounts").json()["items"]) == 1
    assert refusal(alice.api.post("/v1/accounts", json=asked | {"id": str(uuid.uuid4())})) == (409, "account_exists")
    assert refusal(alice.api.post("/v1/accounts", json=asked | {"login": 7})) == (409, "account_id_unusable")


def test_nobody_meets_what_is_another_persons(alice: Person, bob: Person, new_account: Any, sealed: Json) -> None:
    first, second = added(alice.api, new_account()), added(alice.api, new_account())
    copier = alice.api.post("/v1/copiers", json={"master_id": first, "slave_id": second, "settings": FIXED}).json()["id"]
    own = added(bob.api, new_account())
    account_path, copier_path = f"/v1/accounts/{first}", f"/v1/copiers/{copier}"
    assert [a["id"] for a in bob.api.get("/v1/accounts").json()["items"]] == [own]
    assert bob.api.get("/v1/copiers").json()["items"] == bob.api.get("/v1/copies").json()["items"] == []
    for answer in (
        bob.api.get(account_path),
        bob.api.patch(account_path, json={"label": "stolen"}),
        bob.api.delete(account_path),
        bob.api.put(f"{account_path}/credentials", json={"sealed": sealed}),
        bob.api.post("/v1/copiers", json={"master_id": first, "slave_id": own, "settings": FIXED}),
    ):
        assert refusal(answer) == (404, "account_not_found")
    for answer in (bob.api.get(copier_path), bob.api.patch(copier_path, json={"mode": "off"}), bob.api.delete(copier_path)):
        assert refusal(answer) == (404, "copier_not_found")
    assert refusal(bob.api.post("/v1/accounts", json=new_account(id=first))) == (409, "account_id_unusable")
    assert alice.api.get(account_path).json()["label"] == "mine"
    assert alice.api.get(copier_path).json()["mode"] == "on"


def test_a_copier_lives_from_link_to_removal(alice: Person, new_account: Any) -> None:
    first, second = added(alice.api, new_account()), added(alice.api, new_account())
    made = alice.api.post("/v1/copiers", json={"master_id": first, "slave_id": second, "settings": FIXED})
    assert (made.status_code, made.json()["version"], made.json()["mode"]) == (201, 1, "on")
    path = f"/v1/copiers/{made.json()['id']}"
    settings = {"sizing": {"mode": "multiplier", "factor": "0.5"}}
    changed = alice.api.patch(path, json={"mode": "close_only", "settings": settings}).json()
    assert (changed["version"], changed["mode"], changed["settings"]["sizing"]) == (2, "close_only", settings["sizing"])
    assert refusal(alice.api.patch(path, json={"settings": FIXED, "version": 1})) == (409, "changed_meanwhile")
    assert alice.api.get(path).json()["settings"]["sizing"] == settings["sizing"]
    assert alice.api.patch(path, json={"settings": settings, "version": 2}).json()["version"] == 2
    nowhere = f"/v1/copiers/{uuid.uuid4()}"
    assert refusal(alice.api.patch(nowhere, json={"mode": "off", "version": 1})) == (404, "copier_not_found")
    assert [c["id"] for c in alice.api.get("/v1/copiers").json()["items"]] == [made.json()["id"]]
    assert alice.api.delete(path).status_code == 204
    assert alice.api.get("/v1/copiers").json()["items"] == []


async def _live(alice: Person, backend: Supabase) -> str:
    """A live account of hers. An installation without a router for live accounts takes none by its own door."""
    account = uuid.uuid4()
    await as_owner(
        backend,
        """insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)
           values ($1, $2, 'live', 'MT4', 'live', 1, 'Broker-Live', 'both')""",
        account,
        alice.user,
    )
    return str(account)


async def test_links_that_make_no_sense_are_refused_with_the_reason(
    alice: Person, backend: Supabase, new_account: Any
) -> None:
    first, second = added(alice.api, new_account()), added(alice.api, new_account())
    slave, live = added(alice.api, new_account(role="slave")), await _live(alice, backend)

    def link(master: str, to: str, settings: Json = FIXED) -> httpx.Response:
        answer: httpx.Response = alice.api.post(
            "/v1/copiers", json={"master_id": master, "slave_id": to, "settings": settings}
        )
        return answer

    assert link(first, second).status_code == 201
    assert refusal(link(first, second)) == (409, "copier_exists")
    assert refusal(link(second, first)) == (422, "copier_loop")
    assert refusal(link(first, first)) == (422, "copier_loop")
    assert refusal(link(slave, first)) == (422, "not_a_master")
    assert refusal(link(first, live)) == (422, "environments_differ")
    assert refusal(link(first, str(uuid.uuid4()))) == (404, "account_not_found")
    assert refusal(link(first, slave, {"sizing": {"mode": "fixed", "lots": "-1"}})) == (422, "invalid_settings")
    assert refusal(alice.api.patch(f"/v1/accounts/{first}", json={"role": "slave"})) == (409, "role_in_use")


def test_a_token_that_is_not_supabases_is_no_sign_in(alice: Person) -> None:
    genuine = alice.api.headers["authorization"]
    head, claims, signature = genuine.split(".")
    for token in ("Bearer a.b.c", f"{head}.{claims}.{signature[::-1]}", f"{head}.{claims[:-4]}.{signature}"):
        assert refusal(alice.api.get("/v1/accounts", headers={"authorization": token})) == (401, "not_signed_in")


async def test_supabase_that_answers_is_seen(backend: Supabase, keys_file: Path) -> None:
    watch = StoreWatch(settings_for(backend, keys_file))
    watching = asyncio.create_task(watch.run())
    async with asyncio.timeout(20):
        while not watch.is_up():
            await asyncio.sleep(0.05)
    watching.cancel()


async def test_copies_are_shown_to_whom_they_belong(alice: Person, bob: Person, backend: Supabase) -> None:
    link, copier = uuid.uuid4().int % 2**62 + 2**62, uuid.uuid4()
    router = await asyncpg.connect(backend.owner_database)
    try:
        await router.execute(
            """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
                 symbol, side, master_lots, target_lots, status, spans)
               values ($1, $2, $3, $3, $3, 77, 'EURUSD', 'buy', 10000000, 5000000, 'closed', '{"router_us": 120}')""",
            link,
            alice.user,
            copier,
        )
    finally:
        await router.close()
    (copy,) = alice.api.get("/v1/copies", params={"copier_id": str(copier), "status": "closed"}).json()["items"]
    assert (copy["link_id"], copy["master_position"], copy["spans"]) == (str(link), 77, {"router_us": 120})
    assert (copy["master_lots"], copy["target_lots"], copy["open_lots"]) == ("0.10", "0.05", "0.00")
    assert alice.api.get("/v1/copies", params={"status": "open"}).json()["items"] == []
    assert bob.api.get("/v1/copies").json()["items"] == []
    assert refusal(alice.api.get("/v1/copies", params={"limit": 0})) == (422, "invalid_request")
