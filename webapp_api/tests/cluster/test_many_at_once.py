"""Many accounts and copiers in one call, against a real Supabase."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from webapp_api.tests.cluster.people import FIXED, Person, added, client, refusal

pytestmark = pytest.mark.cluster
TEMPLATE = {"sizing": {"mode": "multiplier", "factor": "0.37"}}


@pytest.fixture
def callers(alice: Person, url: str) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Alice's session and a program of hers: both reach the database by ways of their own."""
    token = alice.api.post("/v1/tokens", json={"name": "program", "scope": "write"}).json()["token"]
    with client(url, token) as program:
        yield alice.api, program


def test_one_master_is_linked_to_many_slaves(callers: tuple[httpx.Client, httpx.Client], new_account: Any) -> None:
    for api in callers:
        master, *slaves = [added(api, new_account()) for _ in range(4)]
        body = {"master_id": master, "slave_ids": [*slaves, str(uuid.uuid4())], "settings": FIXED, "mode": "dry_run"}
        answer = api.post("/v1/copiers/many", json=body)
        assert answer.status_code == 201, answer.text
        items = answer.json()["items"]
        assert [(item["copier"] or {}).get("slave_id") for item in items] == [*slaves, None]
        assert items[-1]["problem"]["code"] == "account_not_found"
        again = api.post("/v1/copiers/many", json={**body, "slave_ids": slaves})
        assert refusal(again) == (409, "copier_exists")


def test_copiers_are_changed_together_or_not_at_all(callers: tuple[httpx.Client, httpx.Client], new_account: Any) -> None:
    for api in callers:
        master, *slaves = [added(api, new_account()) for _ in range(3)]
        made = api.post("/v1/copiers/many", json={"master_id": master, "slave_ids": slaves, "settings": FIXED}).json()
        ids = [item["copier"]["id"] for item in made["items"]]
        changed = api.patch("/v1/copiers", json={"copier_ids": ids, "mode": "off"}).json()["items"]
        assert [(one["mode"], one["settings"]["sizing"]["mode"]) for one in changed] == [("off", "fixed")] * 2
        changed = api.patch("/v1/copiers", json={"copier_ids": ids, "settings": TEMPLATE}).json()["items"]
        assert [(one["mode"], one["settings"]["sizing"]["mode"]) for one in changed] == [("off", "multiplier")] * 2
        strange = {"copier_ids": [ids[0], str(uuid.uuid4())], "mode": "on"}
        assert refusal(api.patch("/v1/copiers", json=strange)) == (404, "copier_not_found")
        assert api.get(f"/v1/copiers/{ids[0]}").json()["mode"] == "off"


def test_accounts_are_tagged_and_paused_together(callers: tuple[httpx.Client, httpx.Client], new_account: Any) -> None:
    for api in callers:
        first, second = added(api, new_account()), added(api, new_account())
        assert api.patch(f"/v1/accounts/{first}", json={"tags": ["ftmo", "alpha"]}).json()["tags"] == ["alpha", "ftmo"]
        both = {"account_ids": [first, second]}
        tagged = api.patch("/v1/accounts", json={**both, "add_tags": ["phase 2"], "remove_tags": ["alpha"]}).json()["items"]
        assert {one["id"]: one["tags"] for one in tagged} == {first: ["ftmo", "phase 2"], second: ["phase 2"]}
        paused = api.patch("/v1/accounts", json={**both, "operating_mode": "suspended"}).json()["items"]
        assert [one["operating_mode"] for one in paused] == ["suspended"] * 2
        assert refusal(api.patch("/v1/accounts", json={**both, "add_tags": ["x" * 33]})) == (422, "invalid_request")
