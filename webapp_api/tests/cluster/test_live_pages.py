"""Accounts as they are now, and their equity, against a real Supabase."""

import json
import uuid
from typing import Any

import asyncpg
import pytest

from webapp_api.tests.cluster.people import FIXED, Person, added, refusal
from webapp_api.tests.cluster.supabase import Supabase

pytestmark = pytest.mark.cluster
AT = "2026-11-23T10:00:00+00:00"
TICK = json.dumps({"symbol": "EURUSD", "bid": 1.1, "ask": 1.1001, "at": AT})


def held(ticket: int, magic: int = 0) -> dict[str, Any]:
    """A position of half a lot."""
    numbers = {"ticket": str(ticket), "magic": str(magic), "keys": [str(ticket)], "lots": 50_000_000}
    prices = {"open_price": 1.1, "sl": 1.09, "tp": None, "price": 1.2, "profit": 5.0}
    return {**numbers, **prices, "symbol": "EURUSD", "side": "buy", "opened_at": AT}


async def tell(router: Any, account: str, user: uuid.UUID, equity: float, *positions: dict[str, Any]) -> None:
    """What the router writes of an account, as the router."""
    await router.execute(
        """insert into public.account_live (account_id, user_id, currency, balance, equity, margin, margin_free, leverage,
             connected, heartbeat_at, first_tick, positions)
           values ($1, $2, 'USD', 10000, $3, 1200.5, 9000, 100, true, now(), $4::jsonb, $5::jsonb)
           on conflict (account_id) do update set equity = excluded.equity, positions = excluded.positions""",
        uuid.UUID(account),
        user,
        equity,
        TICK,
        json.dumps(positions),
    )
    await router.execute(
        """insert into public.account_equity (account_id, at, user_id, balance, equity)
           values ($1, date_trunc('minute', now()), $2, 10000, $3) on conflict do nothing""",
        uuid.UUID(account),
        user,
        equity,
    )


async def test_rules_are_tried_with_the_money_of_ones_own_accounts_only(
    alice: Person, bob: Person, backend: Supabase, new_account: Any
) -> None:
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    router = await asyncpg.connect(backend.router_database)
    try:
        await tell(router, master, alice.user, 20_000.0)
        await tell(router, slave, alice.user, 7_400.0)
    finally:
        await router.close()
    asked = {
        "settings": {"sizing": {"mode": "equity", "factor": "1"}},
        "master_id": master,
        "slave_id": slave,
        "trades": [{"symbol": "EURUSD", "side": "buy", "lots": "1"}],
    }
    hers, his = (person.api.post("/v1/preview", json=asked).json() for person in (alice, bob))
    assert (hers["items"][0]["lots"], his["items"][0]["lots"]) == ("0.37", "1.00")
    assert [part["params"].get("known") for part in hers["assumed"]] == [None, "both"]
    assert [part["params"].get("known") for part in his["assumed"]] == [None, "neither"]


async def test_positions_of_a_master_are_beside_those_of_its_slaves(
    alice: Person, bob: Person, backend: Supabase, new_account: Any
) -> None:
    master, slave = added(alice.api, new_account()), added(alice.api, new_account())
    copier = alice.api.post("/v1/copiers", json={"master_id": master, "slave_id": slave, "settings": FIXED}).json()["id"]
    link = 2**62 + uuid.uuid4().int % 2**61
    router = await asyncpg.connect(backend.router_database)
    try:
        await router.execute(
            """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
                 slave_position, symbol, side, master_lots, open_lots, status)
               values ($1, $2, $3, $4, $5, 7, null, 'EURUSD', 'buy', 1, 50000000, 'open')""",
            link,
            alice.user,
            *map(uuid.UUID, (copier, master, slave)),
        )
        # In one transaction it is the same moment for all: of a minute the first figure is kept.
        async with router.transaction():
            await tell(router, master, alice.user, 10_100.5, held(7))
            await tell(router, slave, alice.user, 9_900.0, held(71, link), held(72))
            await tell(router, master, alice.user, 10_200.5, held(7))
    finally:
        await router.close()
    page = alice.api.get("/v1/positions").json()
    shown = {account["account_id"]: account for account in page["accounts"]}
    assert (shown[master]["equity"], shown[master]["margin"], shown[master]["positions"]) == (10_200.5, 1_200.5, 1)
    assert shown[slave]["first_tick"]["symbol"] == "EURUSD"
    (group,) = page["groups"]
    assert (group["master"]["ticket"], group["master"]["lots"], group["master"]["tp"]) == ("7", "0.50", None)
    (copy,) = group["copies"]
    assert (copy["link_id"], copy["position"]["ticket"], copy["open_lots"]) == (str(link), "71", "0.50")
    assert [(other["position"]["ticket"], other["link"]) for other in page["others"]] == [("72", None)]
    equity = f"/v1/accounts/{master}/equity"
    month = alice.api.get(equity, params={"range": "all"}).json()
    assert (month["currency"], [point["equity"] for point in month["points"]]) == ("USD", [10_100.5])
    assert alice.api.get(equity).json()["range"] == "day"
    together = {"currency": "USD", "range": "week"}
    assert alice.api.get("/v1/equity", params=together).json().keys() == {"range", "currency", "points"}
    assert bob.api.get("/v1/equity", params=together).json() == {**together, "points": []}
    assert refusal(alice.api.get("/v1/equity")) == (422, "invalid_request")
    assert refusal(alice.api.get(equity, params={"range": "hour"})) == (422, "invalid_request")
    assert refusal(bob.api.get(equity)) == (404, "account_not_found")
    assert bob.api.get("/v1/positions").json() == {"accounts": [], "groups": [], "others": []}
    assert master not in json.dumps(bob.api.get("/v1/positions").json())
