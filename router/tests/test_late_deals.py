"""Deals that happened while their terminal was not heard are written into the history from the terminal's own history."""

import time
from typing import Any

import msgspec
import pytest

from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import DealMoney
from lockstep_router.journal import database
from lockstep_router.journal.ipc import Batch
from lockstep_router.journal.records import HistoryEvent, Record

from .database_users import DatabaseUser
from .engine_harness import SLAVE, EngineHarness
from .terminals import LOT


def money(deal: int, **changes: Any) -> DealMoney:
    ids = (deal, 7, 8, 0, 2**62, 0, 1_772_000_000_000)
    told: dict[str, Any] = {"volume": -LOT // 2, "price": 1.25, **changes}
    return DealMoney(*ids, -3.1, 0.0, 0.0, 0.0, DealEntry.OUT, 0, "EURUSD", **told)


def late(harness: EngineHarness) -> list[dict[str, Any]]:
    return [r.data for r in harness.journal if isinstance(r, HistoryEvent) and r.data.get("late")]


def test_a_deal_that_nobody_saw_happen_is_told_once_with_its_lots_and_price() -> None:
    harness = EngineHarness()
    harness.run()
    harness.slave.report(money(900), money(900), msgspec.structs.replace(money(900), swap=-1.0))
    harness.run()
    assert late(harness) == [
        {
            "late": True,
            "deal": 900,
            "position": 7,
            "symbol": "EURUSD",
            "side": "sell",
            "entry": int(DealEntry.OUT),
            "lots": LOT // 2,
            "price": 1.25,
            "magic": 2**62,
        }
    ]
    (event,) = (r for r in harness.journal if isinstance(r, HistoryEvent) and r.data.get("late"))
    assert event.account == SLAVE


def test_a_deal_that_was_seen_or_whose_lots_are_not_said_is_not_told_again() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    seen = [r.data["deal"] for r in harness.journal if isinstance(r, HistoryEvent) and r.kind == "deal"]
    assert len(seen) == 2
    for terminal in (harness.master, harness.slave):
        terminal.report(*(money(deal) for deal in seen), money(901, volume=0))
    harness.run()
    # Each account knows its own deals: the other's numbers are news to it.
    assert sorted(data["deal"] for data in late(harness)) == sorted(seen)


@pytest.mark.cluster
async def test_a_late_deal_is_kept_where_it_is_not_known_and_no_older_than_its_account(user: DatabaseUser) -> None:
    now_ns = time.time_ns()
    data = {
        "late": True,
        "deal": 900,
        "position": 7,
        "symbol": "EURUSD",
        "side": "sell",
        "entry": 1,
        "lots": 5,
        "price": 1.5,
    }
    seen = {**data, "deal": 901}
    del seen["late"]

    def event(values: dict[str, Any], at_ns: int = 0) -> HistoryEvent:
        return HistoryEvent("deal", at_ns, user.user_id, user.master, data=values)

    events: list[Record] = [
        event(data),
        event(data),
        event(seen),
        event({**seen, "late": True}),
        event({**data, "deal": 902}, -(10**18)),
    ]
    await user.play_the_router()
    assert await database.write_batch(user.connection, Batch(now_ns, 1, now_ns + 10**9, events)) == []
    await user.connection.execute("reset role")
    kept = await user.connection.fetch("select n, data ->> 'deal' as deal from public.trade_events where run = $1", now_ns)
    assert sorted(tuple(row) for row in kept) == [(1, "900"), (3, "901")]
    deals = await user.connection.fetch("select deal, lots, price from public.deals where account_id = $1", user.master)
    assert sorted(tuple(row) for row in deals) == [(900, 5, 1.5), (901, 5, 1.5)]
