"""Manual requests and guards with real processes, sockets and Postgres."""

import os
import signal
import time
from typing import Any

import pytest

from lockstep_core.wire.frames import AccountFrame

from .database_users import DatabaseUser, Pair, eventually, metric
from .real_router import RouterProcess, WireRelay, until
from .terminals import LOT

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

WAIT_S = 30
LOSS = {"max_absolute_risk": "1000", "close_positions": True, "reset": "manual", "type": "lifetime"}


def equity(relay: WireRelay, amount: float) -> AccountFrame:
    """The terminal reports this equity."""
    relay.terminal.set_equity(amount)
    figures = relay.terminal.figures()
    relay.terminal.report(figures)
    return figures


async def until_so(relays: Pair, user: DatabaseUser, query: str, wanted: Any) -> None:
    """Lets relays send and receive until a query about the copier gives this."""
    found: list[Any] = []
    end_s = time.monotonic() + WAIT_S
    while time.monotonic() < end_s:
        until(list(relays), lambda: True)
        for relay in relays:
            relay.turn()
        found = [tuple(row) for row in await user.connection.fetch(query, user.copier)]
        if found == wanted:
            return
    assert found == wanted


async def test_a_guard_outlives_the_router_and_is_reset_by_its_user(
    user: DatabaseUser, router: RouterProcess, relays: Pair
) -> None:
    master, slave = relays
    states = "select period, start_value::float8, tripped, resets from public.guard_states where copier_id = $1"
    await user.create_copier(guards={"risk_limits": [LOSS]})
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions)
    equity(slave, 10_000)
    await until_so(relays, user, states, [("lifetime", 10_000.0, False, 0)])
    router.kill()
    router.start()
    until(list(relays), lambda: all(relay.terminal.up for relay in relays) and router.get("/readyz")[0] == 200, 30)
    equity(slave, 9_000)
    until(list(relays), lambda: not slave.terminal.positions)
    await until_so(relays, user, states, [("lifetime", 10_000.0, True, 0)])
    router.kill()
    router.start()
    until(list(relays), lambda: router.get("/readyz")[0] == 200, 30)
    master.terminal.open(LOT)
    await eventually(list(relays), user, [("closed", 0), ("skipped", 0)])
    await user.connection.execute(
        "update public.guard_states set requested_resets = resets + 1 where copier_id = $1", user.copier
    )
    await until_so(relays, user, states, [("", 0.0, False, 1)])
    until(list(relays), lambda: slave.terminal.positions)
    kinds = "select kind from public.trade_events where copier_id = $1 and kind like 'guard%' order by occurred_at"
    await until_so(relays, user, kinds, [("guard_fired",), ("guard_reset",)])
    alerts = "select kind from public.alerts where copier_id = $1 and kind like 'guard%'"
    await until_so(relays, user, alerts, [("guard_fired",)])


async def test_a_missed_trade_is_copied_when_asked_and_closed_when_asked(
    user: DatabaseUser, router: RouterProcess, relays: Pair
) -> None:
    master, slave = relays
    await user.create_copier(max_signal_age_ms=100)
    until(list(relays), lambda: metric(router, "lockstep_router_synced") >= 2)
    slave.socket.close()
    opened_s = time.monotonic()
    master.terminal.open(LOT)
    until([master], lambda: time.monotonic() > opened_s + 1)
    slave.hello()
    until(list(relays), lambda: slave.terminal.up)
    await eventually(list(relays), user, [("skipped", 0)])
    ask = """insert into public.manual_requests (user_id, copier_id, link_id, kind, expires_at)
             select user_id, copier_id, link_id, $2, now() + interval '1 minute' from public.copies where copier_id = $1"""
    answers = "select kind, state, reason from public.manual_requests where copier_id = $1 order by created_at"
    await user.connection.execute(ask, user.copier, "copy_now")
    await until_so(relays, user, answers, [("copy_now", "done", None)])
    await eventually(list(relays), user, [("open", LOT // 2)])
    router.kill()
    router.start()
    until(list(relays), lambda: router.get("/readyz")[0] == 200, 30)
    await user.connection.execute(ask, user.copier, "flatten")
    await until_so(relays, user, answers, [("copy_now", "done", None), ("flatten", "done", None)])
    await eventually(list(relays), user, [("closed", 0)])
    assert not slave.terminal.positions
    assert [order.action for order in slave.terminal.orders] == [1, 4]


async def test_accounts_are_seen_as_they_are_now(user: DatabaseUser, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await user.create_copier()
    heard: list[str] = []
    await user.connection.add_listener("live_changes", lambda *reported: heard.append(str(reported[-1])))
    master.terminal.open(LOT, sl=1.05)
    until(list(relays), lambda: slave.terminal.positions)
    seen = """select equity, connected, positions -> 0 ->> 'lots', positions -> 0 ->> 'sl' from public.account_live
              where account_id = (select {} from public.copiers where id = $1)"""
    equity(slave, 9_876.5)
    await until_so(relays, user, seen.format("slave_id"), [(9_876.5, True, str(LOT // 2), "1.05")])
    await until_so(relays, user, seen.format("master_id"), [(10_000.0, True, str(LOT), "1.05")])
    samples = """select count(*) in (1, 2) from public.account_equity e join public.copiers c on e.account_id = c.slave_id
                 where c.id = $1 and e.at = date_trunc('minute', e.at)"""
    await until_so(relays, user, samples, [(True,)])
    assert heard
    assert len(heard) < 20
    for relay in relays:
        relay.socket.close()
    await user.connection.execute("delete from public.trading_accounts where id = $1", user.slave)
    assert router.get("/livez")[0] == 200


async def test_a_loop_that_is_killed_alone_goes_on_with_the_same_writer(
    user: DatabaseUser, router: RouterProcess, relays: Pair
) -> None:
    master, _ = relays
    await user.create_copier()
    master.terminal.open(LOT)
    await eventually(list(relays), user, [("open", LOT // 2)])
    os.kill(router.children()["loop"], signal.SIGKILL)
    until(list(relays), lambda: "loop" in router.children())
    master.terminal.open(LOT)
    await eventually(list(relays), user, [("open", LOT // 2)] * 2)
