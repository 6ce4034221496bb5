"""Bob calls everything that the document names, with everything that is Alice's. A new call must be given a line here."""

import json
import re
import uuid
from typing import Any

import pytest

from lockstep_core.json_object import Json
from webapp_api.tests.cluster.people import FIXED, Person, added, copied
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster

HERS = ("account", "copier", "link_id", "token", "session", "user", "alert", "slave", "request", "template", "webhook")

OWN = {200, 201}
"""It is answered with what is Bob's own; nothing of Alice's may show."""

EXPECTED = {
    "GET /v1/sealing-key": OWN,
    "GET /v1/settings-schema": OWN,
    "POST /v1/preview": OWN,
    "GET /v1/me": OWN,
    "DELETE /v1/me": {422},
    "GET /v1/export": OWN,
    "GET /v1/dashboard": OWN,
    "GET /v1/statistics": OWN,
    "GET /v1/activity": OWN,
    "GET /v1/money": OWN,
    "GET /v1/servers": OWN,
    "GET /v1/servers/check": {422},
    "GET /v1/platforms": OWN,
    "GET /v1/environments": OWN,
    "GET /v1/proxies": OWN,
    "GET /v1/readiness": OWN,
    "POST /v1/link-check": OWN,
    "GET /v1/stream": {401},
    "POST /v1/accounts": {409},
    "GET /v1/accounts": OWN,
    "PATCH /v1/accounts": {404},
    "GET /v1/accounts/{account}": {404},
    "PATCH /v1/accounts/{account}": {404},
    "DELETE /v1/accounts/{account}": {404},
    "PUT /v1/accounts/{account}/credentials": {404},
    "PUT /v1/accounts/{account}/server": {404},
    "PUT /v1/accounts/{account}/proxy": {404},
    "PUT /v1/accounts/{account}/offered-proxy": {404},
    "DELETE /v1/accounts/{account}/proxy": {404},
    "POST /v1/accounts/{account}/restart": {404},
    "GET /v1/accounts/{account}/history": {404},
    "POST /v1/copiers": {404},
    "GET /v1/copiers": OWN,
    "PATCH /v1/copiers": {404},
    "POST /v1/copiers/many": {404},
    "GET /v1/copiers/{copier}": {404},
    "PATCH /v1/copiers/{copier}": {404},
    "DELETE /v1/copiers/{copier}": {404},
    "GET /v1/templates": OWN,
    "POST /v1/templates": OWN,
    "PATCH /v1/templates/{template}": {404},
    "DELETE /v1/templates/{template}": {404},
    "GET /v1/guards": OWN,
    "GET /v1/copiers/{copier}/guards": {404},
    "GET /v1/copiers/{copier}/symbols": {404},
    "POST /v1/copiers/{copier}/guards/{guard}/reset": {404},
    "GET /v1/positions": OWN,
    "GET /v1/accounts/{account}/equity": {404},
    "GET /v1/equity": OWN,
    "POST /v1/copies/{link_id}/copy-now": {404},
    "POST /v1/copies/{link_id}/flatten": {404},
    "POST /v1/copiers/{copier}/flatten": {404},
    "POST /v1/accounts/{account}/flatten": {404},
    "POST /v1/stop": {404},
    "GET /v1/manual-requests": OWN,
    "GET /v1/manual-requests/{request}": {404},
    "GET /v1/copies": OWN,
    "GET /v1/copies.csv": OWN,
    "GET /v1/copies/{link_id}": {404},
    "GET /v1/out-of-sync": OWN,
    "GET /v1/alerts": OWN,
    "POST /v1/alerts/read": OWN,
    "GET /v1/notifications": OWN,
    "PATCH /v1/notifications": {404},
    "POST /v1/notifications/test": {404},
    "GET /v1/webhooks": OWN,
    "POST /v1/webhooks": OWN,
    "POST /v1/webhooks/{webhook}/secret": {404},
    "DELETE /v1/webhooks/{webhook}": {404},
    "GET /v1/webhooks/{webhook}/deliveries": {404},
    "POST /v1/webhooks/{webhook}/deliveries/{delivery}/send-again": {404},
    "POST /v1/unsubscribe": {422},
    "GET /v1/second-factor": OWN,
    "POST /v1/second-factor": OWN,
    "POST /v1/second-factor/confirm": {422},
    "POST /v1/second-factor/verify": {422},
    "POST /v1/second-factor/backup-codes": {422},
    "DELETE /v1/second-factor": {422},
    "GET /v1/sessions": OWN,
    "DELETE /v1/sessions/{session}": {404},
    "POST /v1/sign-in-changes": {204},
    "GET /v1/tokens": OWN,
    "POST /v1/tokens": OWN,
    "DELETE /v1/tokens/{token}": {404},
    "GET /v1/calendar": OWN,
    "POST /v1/staff/calendar": {403},
    "GET /v1/staff/calendar": {403},
    "GET /v1/staff/dead-letters": {403},
    "GET /v1/staff/overview": {403},
    "GET /v1/staff/search": {403},
    "GET /v1/staff/users/{user}": {403},
    "POST /v1/staff/users/{user}/actions": {403},
    "GET /v1/staff/accounts/{account}": {403},
    "POST /v1/staff/accounts/{account}/actions": {403},
}


async def _all_of_alices(alice: Person, backend: Supabase, new_account: Any) -> dict[str, Any]:
    first, second = new_account(label="alices-master"), new_account(label="alices-slave")
    master, slave = added(alice.api, first), added(alice.api, second)
    link = {"master_id": master, "slave_id": slave, "settings": FIXED}
    copier = alice.api.post("/v1/copiers", json=link).json()["id"]
    copy = await copied(backend, alice.user, uuid.UUID(copier), uuid.UUID(master), slave=uuid.UUID(slave), status="rejected")
    (alert,) = alice.api.get("/v1/alerts").json()["items"]
    token = alice.api.post("/v1/tokens", json={"name": "alices"}).json()
    (session,) = alice.api.get("/v1/sessions").json()["items"]
    ids = {"account": master, "copier": copier, "link_id": str(copy), "token": token["id"], "session": session["id"]}
    asked = alice.api.post(f"/v1/copiers/{copier}/flatten").json()
    template = alice.api.post("/v1/templates", json={"name": "alices-template", "settings": FIXED}).json()
    webhook = alice.api.post("/v1/webhooks", json={"url": "https://alices-program.example.test/"}).json()
    assert alice.api.post("/v1/notifications/test", json={"channel": "webhook", "webhook_id": webhook["id"]}).is_success
    (delivery,) = alice.api.get(f"/v1/webhooks/{webhook['id']}/deliveries").json()["items"]
    ids |= {"guard": "0", "request": asked["id"], "template": template["id"]}
    ids |= {"webhook": webhook["id"], "delivery": delivery["id"]}
    return {**ids, "user": str(alice.user), "alert": alert["id"], "slave": slave, "registration": first}


def _bodies(hers: dict[str, Any], sealed: Json, email: str) -> dict[str, Json]:
    code = {"code": "123456"}
    return {
        "POST /v1/preview": {"settings": FIXED, "master_id": hers["account"]},
        "DELETE /v1/me": {"confirm": email},
        "POST /v1/accounts": hers["registration"],
        "PATCH /v1/accounts/{account}": {"label": "stolen"},
        "PUT /v1/accounts/{account}/credentials": {"sealed": sealed},
        "PUT /v1/accounts/{account}/server": {"server": "Stolen-Demo", "sealed": sealed},
        "PUT /v1/accounts/{account}/proxy": {"type": "SOCKS5", "address": "203.0.113.7", "port": 1080},
        "PUT /v1/accounts/{account}/offered-proxy": {"name": "frankfurt-1"},
        "POST /v1/link-check": {"master_id": hers["account"], "slave_id": hers["slave"], "settings": FIXED},
        "POST /v1/copiers": {"master_id": hers["account"], "slave_id": hers["slave"], "settings": FIXED},
        "PATCH /v1/accounts": {"account_ids": [hers["account"]], "add_tags": ["stolen"]},
        "PATCH /v1/copiers": {"copier_ids": [hers["copier"]], "mode": "off"},
        "POST /v1/copiers/many": {"master_id": hers["account"], "slave_ids": [hers["slave"]], "settings": FIXED},
        "PATCH /v1/copiers/{copier}": {"mode": "off"},
        "POST /v1/stop": {"what": "close_all", "account_ids": [hers["account"]]},
        "POST /v1/templates": {"name": "bobs-template", "settings": FIXED},
        "PATCH /v1/templates/{template}": {"name": "stolen"},
        "POST /v1/alerts/read": {"ids": [hers["alert"]]},
        "PATCH /v1/notifications": {"muted_accounts": [hers["account"]]},
        "POST /v1/notifications/test": {"channel": "webhook", "webhook_id": hers["webhook"]},
        "POST /v1/webhooks": {"url": "https://bobs-program.example.test/"},
        "POST /v1/second-factor/confirm": code,
        "POST /v1/second-factor/verify": code,
        "POST /v1/second-factor/backup-codes": code,
        "DELETE /v1/second-factor": code,
        "POST /v1/sign-in-changes": {"what": "password"},
        "POST /v1/tokens": {"name": "bobs"},
        "POST /v1/staff/calendar": {"source": "bob", "text": "at,currencies,importance,title\n", "reason": "because"},
        "POST /v1/staff/users/{user}/actions": {"action": "suspend", "reason": "because"},
        "POST /v1/staff/accounts/{account}/actions": {"action": "suspend", "reason": "because"},
    }


def _everything(alice: Person, alert: str) -> list[Any]:
    names = (
        "export",
        "sessions",
        "tokens",
        "second-factor",
        "alerts",
        "copies",
        "dashboard",
        "me",
        "manual-requests",
        "positions",
        "templates",
        "notifications",
        "webhooks",
    )
    return [_without_the_operators(alice.api.get(f"/v1/{name}").json(), alert) for name in names]


OPERATORS = frozenset(
    {
        "state",
        "state_at",
        "state_epoch",
        "state_reason",
        "state_message",
        "queue_place",
        "queue_length",
        "updated_at",
        "unread",
        "alerts_unread",
        "stream_id",
        "connected",
        "paused",
        "needs_you",
    }
)
"""What follows from the operator's work on an account."""


def _without_the_operators(found: Any, alert: str) -> Any:
    """The same without what the operator writes of an account at any moment, without the alerts that come of that, and
    without the order of lists, which both change.
    """
    if isinstance(found, list):
        kept = (item for item in found if not _is_other_alert(item, alert))
        return sorted((_without_the_operators(item, alert) for item in kept), key=json.dumps)
    if isinstance(found, dict):
        return {name: _without_the_operators(value, alert) for name, value in found.items() if name not in OPERATORS}
    return found


def _is_other_alert(item: Any, alert: str) -> bool:
    return isinstance(item, dict) and {"kind", "read_at"} <= item.keys() and item["id"] != alert


async def test_nothing_of_hers_is_seen_or_changed_by_any_call(
    alice: Person, bob: Person, backend: Supabase, new_account: Any, sealed: Json
) -> None:
    hers = await _all_of_alices(alice, backend, new_account)
    before, bodies = _everything(alice, hers["alert"]), _bodies(hers, sealed, alice.session.email)
    for path, methods in alice.api.get("/openapi.json").json()["paths"].items():
        for method in methods:
            call = f"{method.upper()} {path}"
            # A stream has no end; whom it tells what is looked at elsewhere.
            headers = {"authorization": "Bearer a.b.c"} if path == "/v1/stream" else {}
            where = re.sub(r"{(\w+)}", lambda name: str(hers[name[1]]), path)
            query = {"q": "alice", "copier_id": hers["copier"], "account_id": hers["account"], "currency": "USD"}
            known = {parameter["name"] for parameter in methods[method].get("parameters", ())}
            query = {name: value for name, value in query.items() if name in known}
            answer = bob.api.request(method.upper(), where, params=query, json=bodies.get(call), headers=headers)
            assert answer.status_code in EXPECTED[call], f"{call}: {answer.text}"
            for name in HERS:
                assert hers[name] not in answer.text, f"{call} shows the {name}"
            assert "alices-" not in answer.text, call
    assert json.dumps(_everything(alice, hers["alert"])) == json.dumps(before)


async def test_nor_through_supabase_itself(alice: Person, bob: Person, backend: Supabase, new_account: Any) -> None:
    await _all_of_alices(alice, backend, new_account)
    tables = ("trading_accounts", "copiers", "copies", "trade_events", "deals", "account_states", "alerts")
    newer = ("guard_states", "manual_requests", "account_live", "account_equity", "templates")
    for table in (*tables, *newer, "activity?select=id"):
        headers = {"apikey": backend.key, "authorization": f"Bearer {bob.session.token}"}
        answer = bob.api.get(f"{backend.url}/rest/v1/{table}", headers=headers)
        assert (answer.status_code, answer.json()) == (200, []), table
