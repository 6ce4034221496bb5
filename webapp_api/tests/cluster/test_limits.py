"""How much one person may have, and what is left of copies whose copier is removed."""

import uuid
from typing import Any

import pytest

from lockstep_core.json_object import Json
from webapp_api.tests.cluster.people import FIXED, Person, added, as_owner, copied, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster

ALLOW = "insert into private.limits_of_people (user_id, what, most) values ($1, $2, $3)"


async def test_one_account_more_than_allowed_is_refused_with_what_to_do(
    alice: Person, backend: Supabase, new_account: Any
) -> None:
    await as_owner(backend, ALLOW, alice.user, "accounts", 2)
    asked = new_account()
    first, second = added(alice.api, asked), added(alice.api, new_account())
    answer = alice.api.post("/v1/accounts", json=new_account())
    assert refusal(answer) == (409, "account_limit_reached")
    assert answer.json()["detail"].startswith("You may have 2 accounts")
    assert added(alice.api, asked) == first, "the same request again is no further account"
    assert alice.api.delete(f"/v1/accounts/{second}").status_code == 204
    added(alice.api, new_account())


async def test_one_copier_more_than_allowed_is_refused_with_what_to_do(
    alice: Person, backend: Supabase, new_account: Any
) -> None:
    await as_owner(backend, ALLOW, alice.user, "copiers", 1)
    master, *slaves = [added(alice.api, new_account()) for _ in range(3)]
    bodies = [{"master_id": master, "slave_id": slave, "settings": FIXED} for slave in slaves]
    assert alice.api.post("/v1/copiers", json=bodies[0]).status_code == 201
    answer = alice.api.post("/v1/copiers", json=bodies[1])
    assert refusal(answer) == (409, "copier_limit_reached")
    assert answer.json()["detail"].startswith("You may have 1 copier and")


async def test_open_copies_of_a_removed_copier_are_released_and_not_out_of_sync(
    alice: Person, backend: Supabase, new_account: Any
) -> None:
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    made = alice.api.post("/v1/copiers", json={"master_id": master, "slave_id": slave, "settings": FIXED}).json()["id"]
    copier, ends = uuid.UUID(made), (uuid.UUID(master), uuid.UUID(slave))
    await copied(backend, alice.user, copier, ends[0], slave=ends[1], status="open")
    await copied(backend, alice.user, copier, ends[0], slave=ends[1])
    before = _figures(alice)
    assert alice.api.delete(f"/v1/copiers/{made}").status_code == 204
    late = await copied(backend, alice.user, copier, ends[0], slave=ends[1], status="open")
    shown = {c["link_id"]: c for c in alice.api.get("/v1/copies").json()["items"]}
    assert sorted(c["status"] for c in shown.values()) == ["closed", "released", "released"]
    assert (shown[str(late)]["reason"], shown[str(late)]["params"]) == ("copier_removed", {})
    assert len(alice.api.get("/v1/copies", params={"status": "released"}).json()["items"]) == 2
    assert alice.api.get("/v1/dashboard").json()["open_copies"] == []
    assert _figures(alice)["copied"] == before["copied"] + 1, "what was copied stays copied"


def _figures(person: Person) -> Json:
    totals: Json = person.api.get("/v1/statistics").json()["totals"]
    return totals
