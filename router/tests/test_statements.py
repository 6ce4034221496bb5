"""The writer's statements, under the role that it logs in with."""

import json
import time
from decimal import Decimal
from uuid import UUID, uuid4

import msgspec
import pytest

from lockstep_core.books.positions import Position
from lockstep_core.units import Lots
from lockstep_router.journal import database
from lockstep_router.journal.ipc import Batch, LiveRow, LiveRows, LiveTick, SymbolPortion, SymbolRow
from lockstep_router.journal.records import (
    CopyRow,
    DealMoneyRow,
    GuardRow,
    HistoryEvent,
    KnownGuard,
    ManualRequest,
    ManualRequestResult,
    MoneyOperationRow,
    OrderFilled,
    Record,
)
from lockstep_router.live.publisher import LivePublisher

from .database_users import DatabaseUser
from .real_router import SHARD

pytestmark = pytest.mark.cluster
NOW_MS = 1_795_000_000_000
KEY = "loss/day/equity-difference#0"


def batch(*records: Record) -> Batch:
    return Batch(1, 1, NOW_MS * 1_000_000, list(records))


def live(*equities: tuple[UUID, float]) -> LiveRows:
    """Live rows of accounts with one position each."""
    position = Position(7, "EURUSD", 0, Lots(10**8), Lots(10**8), 1.09, 0.0, 2**62, "", 0, 1.1)
    tick, quotes = LiveTick("EURUSD", 1.1, 1.2, 0), {"EURUSD": (1.2, 1.3)}
    rows = [
        LiveRow(account, "USD", 1e4, equity, 9e3, 100, True, 0, tick, [position], quotes) for account, equity in equities
    ]
    return LiveRows(NOW_MS * 1_000_000, rows)


async def test_guards_come_back_as_they_were(user: DatabaseUser) -> None:
    await user.create_copier()
    await user.play_the_router()
    row = GuardRow(
        user.copier, KEY, "2026-11-23", "2000001/200", "15000000000001/100000000", True, True, 3, 0, 1_772_000_000_123,
        "2026-11-24", "3/200", 1_772_000_000_456, 0, "-601/2",
    )  # fmt: skip
    stranger = GuardRow(uuid4(), KEY, "", "0", "0", False, False, 0, 0)
    await database.write_batch(user.connection, batch(row, stranger))
    await database.write_batch(user.connection, batch(row))
    (known,) = (await database.read_plan(user.connection, SHARD)).guards
    assert known == KnownGuard(
        user.copier, KEY, "2026-11-23", "10000.00500000", "150000.00000001", True, True, 3, 0, 1_772_000_000_123,
        "2026-11-24", "0.01500000", 1_772_000_000_456, 0, "-300.50000000",
    )  # fmt: skip
    await user.connection.execute("reset role")


async def test_money_is_written_exactly_and_the_newest_of_a_deal_counts(user: DatabaseUser) -> None:
    await user.create_copier()
    await user.play_the_router()
    ids = (user.slave, user.user_id, 5, 7, 8, 0, 2**62)
    first = DealMoneyRow(*ids, 1, 4, "EURUSD", "USD", -310_000_000, -7_000_000, 0, 0, NOW_MS, 0)
    stranger = msgspec.structs.replace(first, user=uuid4())
    operation = MoneyOperationRow(user.slave, user.user_id, 6, 2, "USD", -60_000_000_001, "out", NOW_MS, 0)
    refused = await database.write_batch(user.connection, batch(first, stranger, operation))
    await database.write_batch(user.connection, batch(msgspec.structs.replace(first, swap=-123_000_001), operation))
    money = await user.connection.fetch(
        "select deal, link_id, net, at = to_timestamp($1) as at from public.deal_money", NOW_MS / 1000
    )
    assert [tuple(row) for row in money] == [(5, 2**62, Decimal("-4.40000001"), True)]
    assert await user.connection.fetchval("select amount from public.money_operations") == Decimal("-600.00000001")
    assert [record.n for record in refused] == [2]
    await user.connection.execute("reset role")


async def test_a_skipped_order_of_the_master_is_remembered_as_filled_once_it_was(user: DatabaseUser) -> None:
    await user.create_copier()
    await user.play_the_router()
    why = ("skipped", "pending_skipped", "pending.mode")
    lots: tuple[int, int, int] = (50, 0, 0)
    ids = (7, user.user_id, user.copier, user.master, user.slave, 9, None, "EURUSD", None, "sell")
    row = CopyRow(*ids, *lots, *why, {}, {}, None, None, time.time_ns() - NOW_MS * 1_000_000, True, True, "1/3", 2)
    row = msgspec.structs.replace(row, stop_loss=1.095, take_profit=0.0, stops_kept="service")
    seen = []
    for record in (row, OrderFilled(7, user.slave), msgspec.structs.replace(row, status="sent")):
        await database.write_batch(user.connection, batch(record))
        (known,) = (await database.read_plan(user.connection, SHARD)).links
        seen.append((known.status, known.from_order, known.waits))
        assert (known.exact_lots, known.part, known.stop_loss, known.take_profit) == ("1/3", 2, 1.095, 0.0)
    assert seen == [("skipped", True, True), ("skipped", True, False), ("sent", True, False)]
    await user.connection.execute("reset role")


async def test_a_request_is_read_until_it_is_answered_and_answered_once(user: DatabaseUser) -> None:
    await user.create_copier()
    made = await user.connection.fetchval(
        """insert into public.manual_requests (user_id, copier_id, link_id, kind, expires_at)
           values ($1, $2, 5, 'copy_now', now() + interval '1 minute') returning id""",
        user.user_id,
        user.copier,
    )
    await user.play_the_router()
    (ask,) = (await database.read_plan(user.connection, SHARD)).requests
    assert ask == ManualRequest(made, user.copier, 5, "copy_now", ask.created_ms, ask.created_ms + 60_000)
    refused = ManualRequestResult(made, "refused", "spread", "x", {"points": 9}, 0)
    await database.write_batch(user.connection, batch(refused))
    await database.write_batch(user.connection, batch(ManualRequestResult(made, "done", None, None, {}, 0)))
    assert not (await database.read_plan(user.connection, SHARD)).requests
    await user.connection.execute("reset role")
    row = await user.connection.fetchrow("select state, params from public.manual_requests where id = $1", made)
    assert row is not None
    assert (row["state"], json.loads(row["params"])) == ("refused", {"points": 9})


async def test_links_are_read_of_copiers_that_are_not_followed_yet_and_where_a_user_asks(user: DatabaseUser) -> None:
    await user.create_copier()
    for number in (31, 32):
        ids = (number, user.user_id, user.copier, user.master, user.slave, 9, None, "EURUSD", None, "sell")
        opened = CopyRow(*ids, 50, 50, 50, "open", None, None, {}, {}, None, None, 0, False, False, "", 0)
        await database.write_batch(user.connection, batch(opened))

    async def links(*followed: UUID) -> list[int]:
        return sorted(link.link for link in (await database.read_plan(user.connection, SHARD, followed)).links)

    assert await links() == [31, 32]
    assert await links(user.copier) == []
    await user.connection.execute(
        """insert into public.manual_requests (user_id, copier_id, link_id, kind, expires_at)
           values ($1, $2, 32, 'flatten', now() + interval '1 minute')""",
        user.user_id,
        user.copier,
    )
    assert await links(user.copier) == [32]
    assert await links() == [31, 32]


async def test_orders_of_the_last_day_are_counted_and_questions_are_not(user: DatabaseUser) -> None:
    await user.create_copier()
    await user.play_the_router()
    actions = ("open", "set_stops", "query")
    events = [HistoryEvent("command", 0, user.user_id, user.slave, user.copier, 5, {"action": name}) for name in actions]
    before = HistoryEvent("command", -26 * 3_600 * 10**9, user.user_id, user.slave, user.copier, 5, {"action": "open"})
    offset_ns = time.time_ns()
    await database.write_batch(user.connection, Batch(time.time_ns(), 1, offset_ns, [*events, before]))
    sent = [row for row in (await database.read_sent(user.connection, SHARD)).items if row[0] == user.slave]
    assert sent == [(user.slave, offset_ns // 10**6 // 900_000 * 900_000, 2)]
    assert not [row for row in (await database.read_sent(user.connection, "demo-other")).items if row[0] == user.slave]
    await user.connection.execute("reset role")


async def test_an_accounts_symbols_are_written_whole_and_unchanged_ones_cost_no_row(user: DatabaseUser) -> None:
    await user.play_the_router()
    desk = LivePublisher()
    row = SymbolRow(5, 1e5, 1, 2, 1, 4, "EUR", "USD", 0)

    async def tell(account: UUID, **symbols: SymbolRow) -> None:
        for first, name in enumerate(symbols):
            portion = SymbolPortion(account, first == 0, first + 1 == len(symbols), {name: symbols[name]})
            desk.put(LiveRows(NOW_MS * 1_000_000, [], portion))
            await desk.write(user.connection)

    asked = "select symbols ->> 'GBPUSD' is not null, xmin::text from public.account_symbols where account_id = $1"
    await tell(user.master, EURUSD=row, GBPUSD=row)
    await tell(uuid4(), EURUSD=row)
    first = await user.connection.fetchrow(asked, user.master)
    await tell(user.master, EURUSD=row, GBPUSD=row)
    assert await user.connection.fetchrow(asked, user.master) == first
    await tell(user.master, EURUSD=row)
    second = await user.connection.fetchrow(asked, user.master)
    await user.connection.execute("reset role")
    assert first is not None
    assert second is not None
    assert (first[0], second[0], desk.refused) == (True, False, 0)


async def test_what_a_terminal_may_do_reaches_its_account(user: DatabaseUser) -> None:
    await user.play_the_router()
    desk = LivePublisher()
    rows = live((user.master, 1.0))
    for trading in ("trading_off_autotrading", "unknown"):
        desk.put(msgspec.structs.replace(rows, rows=[msgspec.structs.replace(rows.rows[0], trading=trading)]))
        await desk.write(user.connection)
    await user.connection.execute("reset role")
    trading = await user.connection.fetchval("select trading from public.trading_accounts where id = $1", user.master)
    assert trading == "trading_off_autotrading"


async def test_accounts_are_written_as_they_are_now_and_sampled_once_a_minute(user: DatabaseUser) -> None:
    await user.play_the_router()
    desk = LivePublisher()
    for equity in (10_100.5, 10_200.5):
        desk.put(live((user.master, equity), (uuid4(), 1.0)))
        await desk.write(user.connection)
    await user.connection.execute("reset role")
    row = await user.connection.fetchrow(
        """select user_id, equity, margin, positions -> 0 ->> 'magic' as magic, first_tick ->> 'symbol' as symbol
           from public.account_live where account_id = $1""",
        user.master,
    )
    assert row is not None
    assert tuple(row) == (user.user_id, 10_200.5, 1_200.5, str(2**62), "EURUSD")
    samples = await user.connection.fetch("select equity from public.account_equity where account_id = $1", user.master)
    assert [sample["equity"] for sample in samples] == [10_100.5]


async def test_of_very_many_copies_that_are_over_the_newest_of_each_slave_are_read(user: DatabaseUser) -> None:
    await user.create_copier()
    await user.connection.execute(
        """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
             symbol, side, master_lots, status, updated_at)
           select n, $1, $2, $3, $4, n, 'EURUSD', 'buy', 1, 'skipped', now() - make_interval(secs => n / 10.0)
           from generate_series(1, 5000) n""",
        *(user.user_id, user.copier, user.master, user.slave),
    )
    await user.play_the_router()
    links = (await database.read_plan(user.connection, SHARD)).links
    await user.connection.execute("reset role")
    assert sorted(link.link for link in links) == list(range(1, 4001))


async def test_a_canary_is_announced_again_and_again_and_another_one_begins_anew(user: DatabaseUser) -> None:
    await user.play_the_router()
    kept = "select array[account::text, (told_at > since)::text] from private.canaries where shard = $1"
    for account in (user.master, user.master):
        await database.announce_canary(user.connection, SHARD, account)
    assert await user.connection.fetchval(kept, SHARD) == [str(user.master), "true"]
    await database.announce_canary(user.connection, SHARD, user.slave)
    assert await user.connection.fetchval(kept, SHARD) == [str(user.slave), "false"]
