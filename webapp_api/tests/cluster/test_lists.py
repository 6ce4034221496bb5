"""Lists of accounts and copiers: searched, filtered, ordered and paged by the API, against a real Supabase."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from lockstep_core.json_object import Json
from webapp_api.tests.cluster.people import FIXED, Person, added, refusal

pytestmark = pytest.mark.cluster
PAGE = 2


def every(api: httpx.Client, path: str, **query: Any) -> list[Json]:
    """The items of all pages."""
    items: list[Json] = []
    while True:
        page = api.get(path, params={**query, "limit": PAGE}).raise_for_status().json()
        items += page["items"]
        if page["next_cursor"] is None:
            assert len(items) == page["total"]
            return items
        query["cursor"] = page["next_cursor"]


def test_accounts_are_found_ordered_and_paged(alice: Person, new_account: Callable[..., Json]) -> None:
    names = ["Funded 10 Ulm", "funded 9", "حساب ٣", "Own %"]
    ids = [added(alice.api, new_account(label=name)) for name in names]
    alice.api.patch(f"/v1/accounts/{ids[0]}", json={"role": "slave"}).raise_for_status()
    alice.api.patch("/v1/accounts", json={"account_ids": ids[:2], "add_tags": ["FTMO"]}).raise_for_status()
    alice.api.patch("/v1/accounts", json={"account_ids": ids[2:], "operating_mode": "suspended"}).raise_for_status()

    def labels(**query: Any) -> list[str]:
        return [account["label"] for account in every(alice.api, "/v1/accounts", **query)]

    assert labels() == names
    assert labels(sort="-created") == names[::-1]
    assert labels(sort="label") == ["funded 9", "Funded 10 Ulm", "Own %", "حساب ٣"]
    assert labels(sort="-label") == ["حساب ٣", "Own %", "Funded 10 Ulm", "funded 9"]
    assert labels(sort="-equity") == labels(sort="equity")
    assert labels(tag="FTMO", sort="-label") == ["Funded 10 Ulm", "funded 9"]
    assert labels(q="FUNDED broker ulm") == ["Funded 10 Ulm"]
    assert labels(q="حساب") == ["حساب ٣"]
    assert labels(q="%") == ["Own %"]
    assert labels(role="slave") == ["Funded 10 Ulm"]
    assert labels(connection="paused") == names[2:]
    assert labels(connection="connected") == []
    for query in ({"sort": "password"}, {"role": "boss"}, {"connection": "lost"}):
        assert refusal(alice.api.get("/v1/accounts", params=query)) == (422, "invalid_request")
    assert refusal(alice.api.get("/v1/accounts", params={"cursor": "nonsense"})) == (422, "bad_cursor")


def test_copiers_are_found_by_both_of_their_accounts(alice: Person, new_account: Callable[..., Json]) -> None:
    master = added(alice.api, new_account(label="Lead"))
    slaves = [added(alice.api, new_account(label=f"Slave {name}")) for name in ("10", "9 Ulm", "1")]
    made = {"master_id": master, "slave_ids": slaves, "settings": FIXED}
    items = alice.api.post("/v1/copiers/many", json=made).raise_for_status().json()["items"]
    ids = [item["copier"]["id"] for item in items]
    alice.api.patch(f"/v1/copiers/{ids[1]}", json={"mode": "off"}).raise_for_status()
    alice.api.patch("/v1/accounts", json={"account_ids": slaves[:1], "add_tags": ["FTMO"]}).raise_for_status()

    def found(**query: Any) -> list[int]:
        return [ids.index(copier["id"]) for copier in every(alice.api, "/v1/copiers", **query)]

    assert found(sort="way") == [2, 1, 0]
    assert found(sort="-way") == [0, 1, 2]
    assert found(sort="-changed")[0] == 1
    assert found(mode="off") == [1]
    assert found(tag="FTMO") == [0]
    assert found(q="lead ULM") == [1]
    assert found(master_id=slaves[0]) == []
    assert len(alice.api.get("/v1/copiers").json()["items"]) == 3


def test_another_persons_place_leads_to_nothing_of_theirs(
    alice: Person, bob: Person, new_account: Callable[..., Json]
) -> None:
    for _ in range(2):
        added(alice.api, new_account())
    place = alice.api.get("/v1/accounts", params={"limit": 1}).json()["next_cursor"]
    assert bob.api.get("/v1/accounts", params={"cursor": place}).json()["items"] == []
