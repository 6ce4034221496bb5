"""What Postgres can never take is lost alone: everybody else's rows are written, and the journal goes on."""

import math
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from lockstep_core.books.positions import Position
from lockstep_core.units import Lots
from lockstep_router.journal import database
from lockstep_router.journal.ipc import Batch, LiveRow, LiveRows
from lockstep_router.journal.records import AccountStateRow, CopyRow, HistoryEvent, Record
from lockstep_router.journal.refusals import Connection, write_apart
from lockstep_router.live.publisher import LivePublisher

from .database_users import DatabaseUser
from .test_sql_values import COLUMNS, LIVE, SAMPLE

pytestmark = pytest.mark.cluster
NOW_NS = 1_795_000_000_000 * 1_000_000
HUGE = 2**64 - 1
TABLES: Mapping[str, str] = {
    "event": "trade_events: run n user_id account_id copier_id link_id kind occurred_at data",
    "copy": (
        "copies: link_id user_id copier_id master_account_id slave_account_id master_position slave_position symbol "
        "slave_symbol side master_lots target_lots open_lots status reason setting params spans opened_at closed_at "
        "updated_at from_order waits exact_lots part stop_loss take_profit stops_kept"
    ),
    "account": "trading_accounts: id state_epoch state state_reason state_message state_at",
    "guard": (
        "guard_states: copier_id guard period start_value peak_value tripped warned resets at moved_msc day last_value "
        "locked_until paused_until paid_in"
    ),
    "money": (
        "deal_money: account_id user_id deal position order_ticket closes link_id entry reason symbol currency profit "
        "commission swap fee at told_at"
    ),
    "operation": "money_operations: account_id user_id deal operation currency amount comment at told_at",
    "request": "manual_requests: id state reason setting params done_at",
    "filled": "copies: link_id",
    "live": (
        "account_live: account_id currency balance equity margin margin_free leverage connected heartbeat_at first_tick "
        "positions credit permissions trading"
    ),
    "sample": "account_equity: account_id at balance equity",
}


def a_copy(user: DatabaseUser, link: int, position: int = 9) -> CopyRow:
    ids = (link, user.user_id, uuid4(), user.master, user.slave, position, None, "EURUSD", None, "sell")
    return CopyRow(*ids, 50, 0, 0, "skipped", "news", None, {}, {}, None, None, 0, False, False, "", 0)


def an_event(user: DatabaseUser, **data: Any) -> HistoryEvent:
    return HistoryEvent("deal", 0, user.user_id, user.master, data=data)


def a_deal(user: DatabaseUser, **more: Any) -> HistoryEvent:
    return an_event(user, **{"deal": 1, "position": 5, "magic": 0, "lots": 10, "price": 1.1, "entry": 0, **more})


async def written(user: DatabaseUser, *records: Record) -> list[tuple[object, ...]]:
    """Writes a batch as the router does; the refused records."""
    batch = Batch(user.master.int % 2**60, 1, NOW_NS, list(records))
    await user.play_the_router()
    refused = await database.write_batch(user.connection, batch)
    await user.connection.execute("reset role")
    return [tuple(record) for record in refused]


@pytest.mark.parametrize("kind", TABLES)
async def test_the_types_that_rows_are_held_to_are_those_of_the_tables(user: DatabaseUser, kind: str) -> None:
    table, columns = TABLES[kind].split(": ")
    found = await user.connection.fetch(
        "select column_name as name, udt_name as kind from information_schema.columns"
        " where table_schema = 'public' and table_name = $1",
        table,
    )
    kinds = {row["name"]: row["kind"] for row in found}
    held = {"live": LIVE, "sample": SAMPLE, **COLUMNS}[kind]
    assert [kinds[name] for name in columns.split()] == [name.rstrip("!") for name in held]


async def test_records_that_are_refused_are_lost_alone(user: DatabaseUser) -> None:
    broken = msgspec.structs.replace(a_copy(user, 11), side="up")
    states = [AccountStateRow(account, 1, state, "Ready", "", 0) for account, state in
              ((user.master, "flying"), (user.slave, "ready"))]  # fmt: skip
    refused = await written(
        user, a_copy(user, 12), broken, a_copy(user, 13, HUGE), an_event(user), a_deal(user, entry=HUGE // 4), *states
    )
    assert refused == [(2, "copy", "23514"), (3, "copy", "23502"), (5, "event", "22003"), (6, "account", "23514")]
    assert await user.connection.fetchval("select count(*) from public.copies where user_id = $1", user.user_id) == 1
    assert await user.connection.fetchval("select count(*) from public.trade_events where user_id = $1", user.user_id) == 1
    assert [await user.state(user.slave), await user.state(user.master)] == ["ready", "queued"]


async def test_an_earlier_row_of_a_link_is_kept_where_the_newest_is_refused(user: DatabaseUser) -> None:
    older = a_copy(user, 21)
    assert await written(user, older, msgspec.structs.replace(older, status="lost")) == [(2, "copy", "23514")]
    assert await user.connection.fetchval("select status from public.copies where link_id = 21") == "skipped"


async def test_numbers_that_no_column_holds_cost_a_deal_and_not_the_event(user: DatabaseUser) -> None:
    assert await written(user, a_deal(user, deal=HUGE), a_deal(user, price=math.inf), a_deal(user, magic=HUGE)) == []
    deals = await user.connection.fetch("select link_id from public.deals where user_id = $1", user.user_id)
    assert [deal["link_id"] for deal in deals] == [0]


def live(account: UUID, **more: Any) -> LiveRow:
    row = LiveRow(account, "USD", 1e4, 1e4, 9e3, 100, True, 0, None, [], {"EURUSD": (1.2, 1.3)}, {"EURUSD": (1e-300, 1e12)})
    return msgspec.structs.replace(row, **more)


async def published(user: DatabaseUser, *rows: LiveRow) -> tuple[int, list[asyncpg.Record]]:
    """Writes live rows as the router does; how many were refused, and what is in the table."""
    desk = LivePublisher()
    desk.put(LiveRows(NOW_NS, list(rows)))
    await user.play_the_router()
    await desk.write(user.connection)
    await user.connection.execute("reset role")
    found = await user.connection.fetch(
        "select account_id, leverage, equity, positions from public.account_live where user_id = $1 order by leverage",
        user.user_id,
    )
    return desk.refused, found


async def test_impossible_figures_of_one_account_are_cut_and_the_others_are_written(user: DatabaseUser) -> None:
    position = Position(7, "EURUSD", 0, Lots(10**14), Lots(10**14), math.inf, 0.0, 2**62, "", HUGE, 1.1)
    hostile = live(user.master, leverage=2**31, equity=math.inf, positions=[position], beat_ns=2**80)
    refused, rows = await published(user, hostile, live(user.slave))
    assert (refused, [row["leverage"] for row in rows]) == (0, [100, 2**31 - 1])
    assert (rows[1]["equity"], '"profit": null' in rows[1]["positions"]) == (None, True)
    samples = await user.connection.fetch("select account_id from public.account_equity where user_id = $1", user.user_id)
    assert [sample["account_id"] for sample in samples] == [user.slave]


async def test_a_live_row_that_is_refused_is_lost_alone(user: DatabaseUser) -> None:
    await user.connection.execute(
        "alter table public.account_live add constraint refusing check (currency <> 'BAD') not valid"
    )
    refused, rows = await published(user, live(user.master, currency="BAD"), live(user.slave))
    await user.connection.execute("alter table public.account_live drop constraint refusing")
    assert (refused, [row["account_id"] for row in rows]) == (1, [user.slave])


async def insert_numbers(connection: Connection, numbers: Sequence[int]) -> None:
    await connection.executemany("insert into numbers values ($1)", [(number,) for number in numbers])


async def test_a_number_that_the_driver_cannot_send_is_refused_alone(user: DatabaseUser) -> None:
    await user.connection.execute("create temporary table numbers (n int)")
    refused = await write_apart(user.connection, [1, 2**31, 2, 2**70, 3], insert_numbers)
    assert refused == [(2**31, "22000"), (2**70, "22000")]
    assert [row["n"] for row in await user.connection.fetch("select n from numbers order by n")] == [1, 2, 3]
    await user.connection.execute("drop table numbers")


async def test_what_is_not_about_a_row_is_raised_and_nothing_is_lost(user: DatabaseUser) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await write_apart(user.connection, [1, 2], insert_numbers)
    await user.connection.execute("create temporary table numbers (n int)")
    await user.connection.execute("set default_transaction_read_only = on")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await write_apart(user.connection, [1, 2], lambda c, _rows: c.execute("delete from public.calendar_events"))  # type: ignore[arg-type,return-value]
    await user.connection.execute("set default_transaction_read_only = off")
    await user.connection.execute("drop table numbers")


async def test_a_row_that_a_policy_refuses_is_lost_alone_and_a_missing_grant_loses_nothing(user: DatabaseUser) -> None:
    for statement in (
        "create table private.numbers (n int)",
        "alter table private.numbers enable row level security",
        "create policy small on private.numbers for insert to lockstep_router with check (n < 3)",
        "set role lockstep_router",
    ):
        await user.connection.execute(statement)

    async def write(connection: Connection, numbers: Sequence[int]) -> None:
        await connection.executemany("insert into private.numbers values ($1)", [(number,) for number in numbers])

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await write_apart(user.connection, [1, 3, 2], write)
    await user.connection.execute("reset role")
    await user.connection.execute("grant insert on private.numbers to lockstep_router")
    await user.play_the_router()
    assert await write_apart(user.connection, [1, 3, 2], write) == [(3, "42501")]
    await user.connection.execute("reset role")
    await user.connection.execute("drop table private.numbers")
