"""The real processes, over real sockets, with a real Postgres that has the migrations."""

import json
import os
import signal
from pathlib import Path

import pytest
import zmq

from lockstep_core.wire.envelope import Refusal

from .database_users import DatabaseUser, Pair, eventually, metric
from .real_router import SHARD, RouterProcess, WireRelay, until
from .terminals import LOT

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]


async def test_a_trade_is_copied_and_written(user: DatabaseUser, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await user.create_copier()
    until(list(relays), lambda: metric(router, "lockstep_router_synced") >= 2)
    # The plan travels by notification; an opening before it arrives is still fresh when it does.
    ticket = master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions)
    await eventually(list(relays), user, [("open", LOT // 2)])
    master.terminal.close(ticket, LOT // 2)
    until(list(relays), lambda: [h.volume for h in slave.terminal.positions.values()] == [LOT // 4])
    master.terminal.close(ticket)
    until(list(relays), lambda: not slave.terminal.positions)
    await eventually(list(relays), user, [("closed", 0)])
    assert [order.action for order in slave.terminal.orders] == [1, 2, 4]
    tranches = await user.connection.fetchval("select spans from public.copies where copier_id = $1", user.copier)
    assert {"event_to_order_us", "terminal_to_router_us", "router_us", "router_to_terminal_us"} <= set(json.loads(tranches))
    assert await user.state(user.slave) == "ready"


async def test_copying_goes_on_without_a_writer(user: DatabaseUser, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await user.create_copier()
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions)
    for _ in range(3):
        os.kill(router.children()["writer"], signal.SIGKILL)
        before = len(slave.terminal.positions)
        master.terminal.open(LOT)
        until(list(relays), lambda: len(slave.terminal.positions) == before + 1)  # noqa: B023 - used at once
        until(list(relays), lambda: "writer" in router.children())
    await eventually(list(relays), user, [("open", LOT // 2)] * 4)


async def test_after_kill_9_nothing_is_lost_or_doubled(user: DatabaseUser, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await user.create_copier()
    first = master.terminal.open(LOT)
    second = master.terminal.open(LOT)
    until(list(relays), lambda: len(slave.terminal.positions) == 2)
    await eventually(list(relays), user, [("open", LOT // 2)] * 2)
    router.kill()
    master.terminal.close(first)
    third = master.terminal.open(LOT)
    router.start()
    until(list(relays), lambda: len(slave.terminal.positions) == 2 and len(slave.terminal.orders) == 4, 30)
    master.terminal.close(second)
    master.terminal.close(third)
    until(list(relays), lambda: not slave.terminal.positions)
    await eventually(list(relays), user, [("closed", 0)] * 3)
    assert [order.action for order in slave.terminal.orders].count(1) == 3


async def test_a_newer_pod_takes_over_and_the_older_one_is_refused(
    user: DatabaseUser, router: RouterProcess, relays: Pair
) -> None:
    master, old = relays
    await user.create_copier()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    new = WireRelay(context, router, user.slave, user.logins[1])
    new.hello(epoch=2)
    until([*relays, new], lambda: new.terminal.up and old.terminal.refused == Refusal.STALE_EPOCH)
    old.terminal.refused = 0
    old.hello(epoch=1)
    until([*relays, new], lambda: old.terminal.refused == Refusal.STALE_EPOCH)
    master.terminal.open(LOT)
    until([*relays, new], lambda: new.terminal.positions)
    assert not old.terminal.positions
    new.socket.close()
    context.term()


async def test_a_lost_database_stops_neither_copying_nor_the_history(user: DatabaseUser, relays: Pair) -> None:
    master, slave = relays
    others = "from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
    await user.create_copier()
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions)
    for count in (2, 3):
        await user.connection.execute(f"select pg_terminate_backend(pid) {others}")
        master.terminal.open(LOT)
        until(list(relays), lambda: len(slave.terminal.positions) == count)  # noqa: B023 - used at once
    await eventually(list(relays), user, [("open", LOT // 2)] * 3)


def test_without_a_database_a_router_waits_and_says_so(tmp_path: Path) -> None:
    process = RouterProcess(tmp_path, "postgresql://nobody:secret-word@127.0.0.1:1/none", SHARD)
    process.start()
    try:
        until([], lambda: "not reachable" in process.get("/readyz")[1])
        status, text = process.get("/readyz")
        assert (status, process.get("/livez")[0]) == (503, 200)
        assert "secret-word" not in text
    finally:
        assert process.stop() == 0
