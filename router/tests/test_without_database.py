"""A router that starts while its database is away copies with what its volume holds, doubles no order, and writes the whole
history once the database is back.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zmq

from lockstep_core.wire.enums import Action
from lockstep_router.journal import database as statements
from lockstep_router.journal.ipc import Batch
from lockstep_router.journal.records import CopyRow, GuardRow, HistoryEvent, OrderFilled, Record
from lockstep_router.journal.store import Store

from .database_door import DatabaseDoor
from .database_users import DatabaseUser, Pair, eventually, metric
from .real_router import SHARD, RouterProcess, WireRelay, until
from .terminals import LOT, InstantTerminal

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]


@pytest.fixture
def door(router_database: str) -> Iterator[DatabaseDoor]:
    with DatabaseDoor(router_database) as door:
        yield door


@pytest.fixture
def router(tmp_path: Path, door: DatabaseDoor) -> Iterator[RouterProcess]:
    process = RouterProcess(tmp_path, door.url, SHARD)
    (tmp_path / "state").mkdir()
    process.env["LOCKSTEP_STATE_DIR"] = str(tmp_path / "state")
    process.start()
    yield process
    process.stop()


def openings(terminal: InstantTerminal) -> list[int]:
    return [order.link for order in terminal.orders if order.action == Action.OPEN]


async def copied_once(user: DatabaseUser, relays: Pair) -> int:
    """Opens a position that is copied and written, and returns it."""
    master, slave = relays
    ticket = master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions)
    await eventually(list(relays), user, [("open", LOT // 2)])
    return ticket


async def test_a_router_killed_while_the_database_is_away_goes_on_copying_and_loses_nothing(
    user: DatabaseUser, router: RouterProcess, relays: Pair, door: DatabaseDoor
) -> None:
    master, slave = relays
    await user.create_copier()
    first = await copied_once(user, relays)
    door.shut()
    until(list(relays), lambda: metric(router, "lockstep_router_database_up") == 0)
    second = master.terminal.open(LOT)
    until(list(relays), lambda: len(slave.terminal.positions) == 2)
    router.kill()
    master.terminal.open(LOT)
    router.start()
    until(list(relays), lambda: len(slave.terminal.positions) == 3, 30)
    until(list(relays), lambda: "without the database" in router.get("/readyz")[1])
    master.terminal.close(first)
    master.terminal.close(second, LOT // 2)
    until(list(relays), lambda: sorted(p.volume for p in slave.terminal.positions.values()) == [LOT // 4, LOT // 2])
    assert len(openings(slave.terminal)) == len(set(openings(slave.terminal))) == 3
    door.open()
    await eventually(list(relays), user, [("closed", 0), ("open", LOT // 4), ("open", LOT // 2)])
    until(list(relays), lambda: metric(router, "lockstep_router_stored") == 0)
    opened = await user.connection.fetchval(
        """select count(distinct link_id) from public.trade_events
           where copier_id = $1 and kind = 'command' and data ->> 'action' = 'open'""",
        user.copier,
    )
    assert opened == 3


async def test_what_nobody_had_written_when_everything_died_is_written_by_the_next(
    user: DatabaseUser, router: RouterProcess, relays: Pair, door: DatabaseDoor
) -> None:
    master, slave = relays
    await user.create_copier()
    ticket = await copied_once(user, relays)
    door.shut()
    master.terminal.close(ticket)
    until(list(relays), lambda: not slave.terminal.positions)
    until(list(relays), lambda: metric(router, "lockstep_router_unwritten") == 0)
    router.kill()
    door.open()
    router.start()
    await eventually(list(relays), user, [("closed", 0)])


async def test_each_process_may_die_alone_while_the_database_is_away(
    user: DatabaseUser, router: RouterProcess, relays: Pair, door: DatabaseDoor
) -> None:
    master, slave = relays
    await user.create_copier()
    await copied_once(user, relays)
    door.shut()
    for count, role in ((2, "writer"), (3, "loop")):
        os.kill(router.children()[role], signal.SIGKILL)
        master.terminal.open(LOT)
        until(list(relays), lambda: len(slave.terminal.positions) == count, 30)  # noqa: B023 - used at once
    assert len(openings(slave.terminal)) == len(set(openings(slave.terminal))) == 3
    door.open()
    await eventually(list(relays), user, [("open", LOT // 2)] * 3)


async def test_a_router_that_is_ended_writes_what_it_has_before_it_goes(
    user: DatabaseUser, router: RouterProcess, relays: Pair, door: DatabaseDoor, tmp_path: Path
) -> None:
    master, slave = relays
    await user.create_copier()
    ticket = await copied_once(user, relays)
    door.hold(1.5)
    master.terminal.close(ticket)
    until(list(relays), lambda: not slave.terminal.positions)
    router.stop()
    # Nobody reads the file again: an empty directory has gone with the pod.
    (tmp_path / "state" / "router.db").unlink()
    assert await user.copies() == [("closed", 0)]
    router.start()


async def test_a_router_whose_volume_fails_copies_and_writes_as_one_without(
    user: DatabaseUser, tmp_path: Path, router_database: str
) -> None:
    router = RouterProcess(tmp_path, router_database, SHARD)
    (tmp_path / "state").write_bytes(b"no folder")
    router.env["LOCKSTEP_STATE_DIR"] = str(tmp_path / "state")
    router.start()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    await user.create_copier()
    until([], lambda: router.get("/readyz")[0] == 200)
    accounts = zip((user.master, user.slave), user.logins, strict=True)
    master, slave = (WireRelay(context, router, account, login) for account, login in accounts)
    for relay in (master, slave):
        relay.hello()
    until([master, slave], lambda: metric(router, "lockstep_router_synced") >= 2)
    master.terminal.open(LOT)
    await eventually([master, slave], user, [("open", LOT // 2)])
    assert "lockstep_router_store_up 0.0" in router.get("/metrics")[1]
    router.stop()
    for relay in (master, slave):
        relay.socket.close()
    context.term()


async def test_the_file_holds_no_secret(
    user: DatabaseUser, router: RouterProcess, relays: Pair, tmp_path: Path, door: DatabaseDoor
) -> None:
    await user.create_copier()
    await copied_once(user, relays)
    router.stop()
    held = b"".join(file.read_bytes() for file in (tmp_path / "state").iterdir())
    password = door.url.split(":", 2)[2].split("@")[0]
    secrets = [password.encode(), router.secret, relays[0].keys[1], relays[0].ticket]
    assert str(user.copier).encode() in held
    assert [secret in held for secret in secrets] == [False] * 4
    router.start()


async def test_rows_that_a_later_router_has_written_are_not_written_again_by_what_an_earlier_one_left(
    user: DatabaseUser,
) -> None:
    await user.create_copier()
    await user.play_the_router()
    await statements.announce_shard(user.connection, SHARD, "demo")
    run = time.time_ns()
    claim = statements.claim_run
    assert await claim(user.connection, SHARD, run)
    assert await claim(user.connection, SHARD, run, [run - 5, run])
    assert await claim(user.connection, SHARD, run - 7, [run, run - 7])
    # The loop that runs now is believed whatever its clock says, and what it did not know of is overtaken.
    assert await claim(user.connection, SHARD, run - 9)
    assert not await claim(user.connection, SHARD, run, [run - 5, run])
    left: list[Record] = [row_of(user, 1, "open", 50), HistoryEvent("deal", 0, user.user_id, user.master)]
    refused = await statements.write_batch(user.connection, Batch(run, 1, run, left), only_history=True)
    await user.connection.execute("reset role")
    assert refused == []
    assert await user.copies() == []
    assert await user.connection.fetchval("select count(*) from public.trade_events where run = $1", run) == 1


def row_of(user: DatabaseUser, link: int, status: str, open_lots: int, **more: object) -> CopyRow:
    ids = (link, user.user_id, user.copier, user.master, user.slave, 9, None, "EURUSD", None, "sell")
    row = CopyRow(*ids, 50, 50, open_lots, status, None, None, {}, {}, None, None, 0, False, False, "50/1", 0)
    return msgspec.structs.replace(row, **more)


def random_record(user: DatabaseUser, chance: random.Random, at_ns: int) -> Record:
    """A record of one of three links or of a guard."""
    link = chance.randint(1, 3)
    if chance.random() < 0.1:
        return OrderFilled(link, user.slave)
    if chance.random() < 0.2:
        guard = GuardRow(user.copier, "loss/day", "2026-11-23", "10000", str(chance.randint(1, 9)), False, False, 0, at_ns)
        return msgspec.structs.replace(guard, tripped=chance.random() < 0.5, moved_msc=chance.randint(0, 9))
    status = chance.choice(["waiting", "skipped", "sent", "unresolved", "open", "closed", "rejected"])
    return row_of(
        user,
        link,
        status,
        chance.randint(0, 50),
        slave_position=chance.choice([None, 7]),
        master_lots=chance.randint(1, 99),
        opened_ns=chance.choice([None, at_ns]),
        at_ns=at_ns,
        from_order=chance.random() < 0.5,
        waits=chance.random() < 0.5,
        spans={chance.choice(["router_us", "broker_us"]): chance.randint(1, 9)},
        stop_loss=chance.choice([None, 1.5]),
    )


@pytest.mark.parametrize("seed", range(6))
async def test_the_file_knows_links_and_guards_as_the_database_does(user: DatabaseUser, tmp_path: Path, seed: int) -> None:
    await user.create_copier()
    await user.play_the_router()
    chance = random.Random(seed)  # noqa: S311 - the same records each time
    run, store = time.time_ns(), Store(tmp_path / "router.db")
    before = await statements.read_plan(user.connection, SHARD)
    store.keep_plan(before, whole=True, now_s=time.time())
    first = 1
    for _ in range(15):
        records = [random_record(user, chance, (first + n) * 1_234_567) for n in range(chance.randint(1, 4))]
        batch, first = Batch(run, first, time.time_ns(), records), first + len(records)
        store.append([batch])
        assert await statements.write_batch(user.connection, batch) == []
    after, kept = await statements.read_plan(user.connection, SHARD), store.kept(time.time())
    await user.connection.execute("reset role")
    store.close()
    assert kept is not None
    assert by_link(kept.rows.links) == by_link(after.links)
    assert [(g.guard, g.tripped, float(g.peak), g.moved_msc) for g in kept.rows.guards] == [
        (g.guard, g.tripped, float(g.peak), g.moved_msc) for g in after.guards
    ]


def by_link(links: object) -> object:
    assert isinstance(links, list)
    return sorted(links, key=lambda link: link.link)
