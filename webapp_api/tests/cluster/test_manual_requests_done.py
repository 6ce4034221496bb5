"""What people ask of copying, against a real Supabase: guards, modes of accounts, copying now, closing."""

import uuid
from typing import Any

import pytest

from webapp_api.tests.cluster.people import FIXED, Person, added, as_owner, copied, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster
GUARDED = {**FIXED, "guards": {"risk_limits": [{"max_absolute_risk": "100"}, {"max_absolute_risk": "500", "type": "month"}]}}


def linked(person: Person, new_account: Any, settings: Any = FIXED) -> tuple[str, str, str]:
    """Copier, master and slave."""
    master, slave = added(person.api, new_account()), added(person.api, new_account())
    made = person.api.post("/v1/copiers", json={"master_id": master, "slave_id": slave, "settings": settings})
    return made.json()["id"], master, slave


async def test_a_guard_is_shown_and_reset(alice: Person, backend: Supabase, new_account: Any) -> None:
    copier, _, _ = linked(alice, new_account, GUARDED)
    guards = f"/v1/copiers/{copier}/guards"
    assert [(g["guard"], g["tripped"], g["at"]) for g in alice.api.get(guards).json()["items"]] == [
        (0, False, None),
        (1, False, None),
    ]
    await as_owner(
        backend,
        """insert into public.guard_states (copier_id, guard, user_id, period, start_value, peak_value, tripped)
           values ($1, 'loss/month/equity-difference#0', $2, '2026-11', 10000.5, 10000.5, true)""",
        uuid.UUID(copier),
        alice.user,
    )
    shown = alice.api.get(guards).json()["items"][1]
    assert (shown["tripped"], shown["start"], shown["period"], shown["resetting"]) == (True, 10000.5, "2026-11", False)
    first, second = [alice.api.post(f"{guards}/1/reset") for _ in range(2)]
    assert (first.status_code, first.json()["resetting"]) == (202, True)
    # The cluster's own router may have let it go on between the two.
    assert second.status_code == 202
    assert second.json()["resetting"] or not second.json()["tripped"]
    assert [action["action"] for action in alice.api.get("/v1/activity").json()["items"]].count("guard_reset") == 1
    assert alice.api.post(f"{guards}/0/reset").json()["resetting"] is False
    assert refusal(alice.api.post(f"{guards}/2/reset")) == (404, "guard_not_found")


def test_an_account_has_a_mode(alice: Person, new_account: Any) -> None:
    account = added(alice.api, new_account())
    assert alice.api.get(f"/v1/accounts/{account}").json()["mode"] == "on"
    assert alice.api.patch(f"/v1/accounts/{account}", json={"mode": "close_only"}).json()["mode"] == "close_only"
    assert refusal(alice.api.patch(f"/v1/accounts/{account}", json={"mode": "x"})) == (422, "invalid_request")
    action = alice.api.get("/v1/activity").json()["items"][0]
    assert (action["action"], action["details"]["mode"], action["details"]["was_mode"]) == (
        "account_changed",
        "close_only",
        "on",
    )


async def test_a_missed_trade_is_asked_for_once_and_the_answer_is_seen(
    alice: Person, backend: Supabase, new_account: Any
) -> None:
    copier, master, slave = linked(alice, new_account)
    where = {"slave": uuid.UUID(slave), "status": "skipped", "reason": "out_of_sync"}
    link = await copied(backend, alice.user, uuid.UUID(copier), uuid.UUID(master), **where)
    asked = [alice.api.post(f"/v1/copies/{link}/copy-now") for _ in range(2)]
    assert [answer.status_code for answer in asked] == [202, 202]
    assert asked[0].json() == asked[1].json()
    request = asked[0].json()
    assert (request["kind"], request["state"], request["link_id"]) == ("copy_now", "pending", str(link))
    await as_owner(
        backend,
        """update public.manual_requests set state = 'refused', reason = 'spread', setting = 'max_spread_points',
           params = '{"symbol": "EURUSD", "points": 31, "limit": 20}', done_at = now() where id = $1""",
        uuid.UUID(request["id"]),
    )
    seen = alice.api.get(f"/v1/manual-requests/{request['id']}").json()
    assert (seen["state"], seen["reason"], seen["setting"]) == ("refused", "spread", "max_spread_points")
    assert seen["params"] == {"symbol": "EURUSD", "points": 31, "limit": 20}
    assert alice.api.post(f"/v1/copies/{link}/copy-now").json()["id"] != request["id"]
    listed = alice.api.get("/v1/manual-requests", params={"link_id": link}).json()["items"]
    assert [item["state"] for item in listed] == ["pending", "refused"]
    assert alice.api.get("/v1/manual-requests", params={"copier_id": str(uuid.uuid4())}).json()["items"] == []
    assert refusal(alice.api.post(f"/v1/copies/{link}/flatten")) == (409, "nothing_open")


async def test_copies_are_closed_one_by_one_or_all(alice: Person, backend: Supabase, new_account: Any) -> None:
    copier, master, slave = linked(alice, new_account)
    where = {"slave": uuid.UUID(slave), "status": "open"}
    link = await copied(backend, alice.user, uuid.UUID(copier), uuid.UUID(master), **where)
    one = alice.api.post(f"/v1/copies/{link}/flatten").json()
    assert (one["kind"], one["link_id"]) == ("flatten", str(link))
    whole = alice.api.post(f"/v1/copiers/{copier}/flatten").json()
    assert (whole["kind"], whole["link_id"]) == ("flatten", None)
    assert alice.api.post(f"/v1/accounts/{slave}/flatten").json()["items"] == [whole]
    assert alice.api.post(f"/v1/accounts/{master}/flatten").json()["items"] == []
    assert refusal(alice.api.post(f"/v1/copies/{link}/copy-now")) == (409, "copied_already")
    key = {"idempotency-key": uuid.uuid4().hex}
    again = [alice.api.post(f"/v1/copiers/{copier}/flatten", headers=key) for _ in range(2)]
    assert again[0].json() == again[1].json()
    assert again[1].headers["idempotency-replayed"] == "true"


def test_one_call_stops_some_copiers_or_all_of_them(alice: Person, new_account: Any) -> None:
    (first, master, _), (second, _, _) = linked(alice, new_account), linked(alice, new_account)
    only = alice.api.post("/v1/stop", json={"what": "close_only", "account_ids": [master]})
    assert (only.status_code, only.json()) == (202, {"copiers": 1, "stopped": 1, "requests": []})
    modes = {one["id"]: one["mode"] for one in alice.api.get("/v1/copiers").json()["items"]}
    assert modes == {first: "close_only", second: "on"}
    stopped = alice.api.post("/v1/stop", json={"what": "close_all"}).json()
    assert (stopped["copiers"], stopped["stopped"]) == (2, 1)
    assert {asked["copier_id"] for asked in stopped["requests"]} == {first, second}
    actions = [
        entry["action"] for entry in alice.api.get("/v1/activity").json()["items"] if entry["subject_kind"] == "copiers"
    ]
    assert actions == ["close_all_asked", "close_only_asked"]
    for body in ({"what": "wait"}, {"what": "close_all", "account_ids": []}):
        assert refusal(alice.api.post("/v1/stop", json=body)) == (422, "invalid_request")
