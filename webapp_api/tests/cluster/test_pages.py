"""Pages put together from rows of the router, and the stream of changes: against a real Supabase."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from webapp_api.tests.cluster.people import FIXED, Person, added, copied, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster


async def test_copies_are_filtered_counted_and_paged(alice: Person, backend: Supabase) -> None:
    copier, master = uuid.uuid4(), uuid.uuid4()
    links = [str(await copied(backend, alice.user, copier, master, status="skipped", reason="dry_run")) for _ in range(3)]
    links.append(str(await copied(backend, alice.user, copier, master, symbol="XAUUSD")))
    first = alice.api.get("/v1/copies", params={"limit": 3}).json()
    assert (len(first["items"]), first["total"]) == (3, 4)
    second = alice.api.get("/v1/copies", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [c["link_id"] for c in first["items"] + second["items"]] == links[::-1]
    assert second["next_cursor"] is None
    ticket = str(second["items"][0]["master_position"])
    for query, count in (
        ({"status": ["skipped", "open"]}, 3),
        ({"reason": "dry_run"}, 3),
        ({"symbol": "XAUUSD"}, 1),
        ({"account_id": str(master)}, 4),
        ({"account_id": str(uuid.uuid4())}, 0),
        ({"since": "2099-01-01T00:00:00Z"}, 0),
        ({"ticket": ticket}, 1),
        ({"ticket": "1" * 18}, 0),
        ({"until": "2099-01-01T00:00:00Z", "copier_id": str(copier)}, 4),
    ):
        assert alice.api.get("/v1/copies", params=query).json()["total"] == count, query
    assert len(alice.api.get("/v1/copies.csv", params={"status": "skipped"}).text.splitlines()) == 4
    assert refusal(alice.api.get("/v1/copies", params={"cursor": "nonsense"})) == (422, "bad_cursor")


async def test_the_life_of_a_copy_has_its_prices_deals_and_events(alice: Person, backend: Supabase) -> None:
    link = await copied(backend, alice.user, uuid.uuid4(), uuid.uuid4())
    life = alice.api.get(f"/v1/copies/{link}").json()
    assert (life["master_price"], life["open_price"]) == (1.1, 1.1011)
    assert life["slippage_bp"] == pytest.approx(-10)
    assert [d["role"] for d in life["deals"]] == ["master", "slave"]
    assert [e["kind"] for e in life["events"]] == ["deal"]


async def test_overview_and_statistics_agree_with_the_copies(alice: Person, backend: Supabase, new_account: Any) -> None:
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    made = alice.api.post("/v1/copiers", json={"master_id": master, "slave_id": slave, "settings": FIXED})
    copier, ends = uuid.UUID(made.json()["id"]), {"slave": uuid.UUID(slave)}
    await copied(backend, alice.user, copier, uuid.UUID(master), status="open", **ends)
    await copied(backend, alice.user, copier, uuid.UUID(master), status="rejected", reason="broker_10019", **ends)
    page = alice.api.get("/v1/dashboard", params={"zone": "Asia/Tokyo"}).json()
    assert (page["accounts"]["total"], page["copiers"]["on"], page["copies_today"]["rejected"]) == (2, 1, 1)
    assert [span["span"] for span in page["spans"]] == ["router"]
    assert (page["spans"][0]["p50_ms"], page["spans"][0]["n"]) == (0.12, 1)
    assert sum(found["n"] for found in page["slippage_histogram"]) == 1
    assert [(c["difference"], c["master_left_lots"]) for c in page["out_of_sync"]] == [("only_master", "0.10")]
    # The operator may tell at any moment that nobody has a terminal for these accounts.
    alerts = [a["kind"] for a in alice.api.get("/v1/alerts").json()["items"] if a["kind"] != "held_up"]
    assert (alerts, page["alerts_unread"] >= 1) == (["rejected"], True)
    figures = alice.api.get("/v1/statistics").json()
    assert [g["key"] for g in figures["by_symbol"]] == ["EURUSD"]
    assert (figures["totals"]["copied"], figures["totals"]["rejected"], figures["totals"]["lots"]) == (1, 1, "0.05")
    assert refusal(alice.api.get("/v1/statistics", params={"zone": "Mars/Olympus"})) == (422, "no_such_zone")


async def test_alerts_are_told_counted_and_read(alice: Person, backend: Supabase) -> None:
    await copied(backend, alice.user, uuid.uuid4(), uuid.uuid4(), status="rejected")
    found = alice.api.get("/v1/alerts", params={"unread": True}).json()
    assert ([a["kind"] for a in found["items"]], found["unread"]) == (["rejected"], 1)
    assert alice.api.post("/v1/alerts/read", json={"ids": [str(uuid.uuid4())]}).json() == {"unread": 1}
    assert alice.api.post("/v1/alerts/read", json={"ids": [found["items"][0]["id"]]}).json() == {"unread": 0}


async def test_rules_are_tried_on_the_masters_own_trades(alice: Person, backend: Supabase) -> None:
    master = uuid.uuid4()
    await copied(backend, alice.user, uuid.uuid4(), master)
    asked = {"settings": {"sizing": {"mode": "multiplier", "factor": "0.5"}}, "master_id": str(master)}
    (item,) = alice.api.post("/v1/preview", json=asked).json()["items"]
    assert (item["symbol"], item["master_lots"], item["lots"], item["outcome"]) == ("EURUSD", "0.10", "0.05", "copy")
    assert item["at"]
    await copied(backend, alice.user, uuid.uuid4(), master, sl=1.09)
    by_risk = {"settings": {"sizing": {"mode": "fixed_risk", "risk_fraction": "0.01"}}, "master_id": str(master)}
    with_stop, without = alice.api.post("/v1/preview", json=by_risk).json()["items"]
    assert (with_stop["lots"], with_stop["outcome"]) == ("0.10", "copy")
    assert (without["reason"], without["setting"]) == ("stop_needed", "sizing")
    bad = alice.api.post("/v1/preview", json={"settings": {"sizing": {"mode": "fixed", "lots": "-1"}}})
    assert refusal(bad) == (422, "invalid_settings")


def test_an_account_can_be_restarted_and_tells_its_history(alice: Person, new_account: Any) -> None:
    account = added(alice.api, new_account())
    assert alice.api.post(f"/v1/accounts/{account}/restart").json()["credentials_version"] == 2
    # The operator may tell at any moment that nobody has a terminal for it.
    told = alice.api.get(f"/v1/accounts/{account}/history").json()["items"]
    assert [s["state"] for s in told if s["reason"] is None] == ["queued"]
    assert alice.api.get("/v1/activity").json()["items"][0]["action"] == "account_restarted"


def _events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield event
            event = {}


def _next(events: Iterator[dict[str, str]], name: str = "change") -> dict[str, str]:
    return next(event for event in events if event.get("event") == name)


async def test_changes_arrive_as_they_happen_and_are_resumed(
    alice: Person, bob: Person, backend: Supabase, new_account: Any
) -> None:
    with alice.api.stream("GET", "/v1/stream") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = _events(stream.iter_lines())
        next(events)
        added(bob.api, new_account())
        account = added(alice.api, new_account())
        change = _next(events)
        assert json.loads(change["data"]) == {"kind": "account", "op": "INSERT", "id": account}
    copy = await copied(backend, alice.user, uuid.uuid4(), uuid.uuid4())
    with alice.api.stream("GET", "/v1/stream", headers={"last-event-id": change["id"]}) as stream:
        assert json.loads(_next(_events(stream.iter_lines()))["data"])["id"] == str(copy)
    with alice.api.stream("GET", "/v1/stream", headers={"last-event-id": "gone-1"}) as stream:
        assert _next(_events(stream.iter_lines()), "reload")


def test_an_api_token_may_watch_too(alice: Person, url: str) -> None:
    token = alice.api.post("/v1/tokens", json={"name": "watch"}).json()
    with httpx.stream("GET", f"{url}/v1/stream", headers={"authorization": f"Bearer {token['token']}"}) as stream:
        assert stream.status_code == 200
        assert next(stream.iter_lines()) == "retry: 1000"
