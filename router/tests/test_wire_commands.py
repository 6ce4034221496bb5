"""What people ask of a real router, and what it remembers of guards: real processes, sockets and Postgres."""

import os
import signal
import time
from typing import Any

import pytest

from lockstep_core.wire.frames import AccountFrame

from .terminals import LOT
from .traders import Pair, Trader, eventually, metric
from .wires import RouterProcess, WireRelay, until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

WAIT_S = 30
LOSS = {"max_absolute_risk": "1000", "close_positions": True, "reset": "manual", "type": "lifetime"}


def equity(relay: WireRelay, amount: float) -> AccountFrame:
    """The terminal tells its equity."""
    relay.terminal.equity = amount
    figures = relay.terminal.figures()
    relay.terminal.tell(figures)
    return figures


async def until_so(relays: Pair, trader: Trader, query: str, wanted: Any) -> None:
    """Relays talk until the database says so of the copier."""
    found: list[Any] = []
    end_s = time.monotonic() + WAIT_S
    while time.monotonic() < end_s:
        until(list(relays), lambda: True)
        for relay in relays:
            relay.turn()
        found = [tuple(row) for row in await trader.connection.fetch(query, trader.copier)]
        if found == wanted:
            return
    assert found == wanted


async def test_a_guard_outlives_the_router_and_is_reset_by_its_user(
    trader: Trader, router: RouterProcess, relays: Pair
) -> None:
    master, slave = relays
    states = "select period, start_value::float8, tripped, resets from public.guard_states where copier_id = $1"
    await trader.link(guards={"risk_limits": [LOSS]})
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.held)
    equity(slave, 10_000)
    await until_so(relays, trader, states, [("lifetime", 10_000.0, False, 0)])
    router.kill()
    router.start()
    until(list(relays), lambda: all(relay.terminal.up for relay in relays) and router.get("/readyz")[0] == 200, 30)
    equity(slave, 9_000)
    until(list(relays), lambda: not slave.terminal.held)
    await until_so(relays, trader, states, [("lifetime", 10_000.0, True, 0)])
    router.kill()
    router.start()
    until(list(relays), lambda: router.get("/readyz")[0] == 200, 30)
    master.terminal.open(LOT)
    await eventually(list(relays), trader, [("closed", 0), ("skipped", 0)])
    await trader.connection.execute(
        "update public.guard_states set requested_resets = resets + 1 where copier_id = $1", trader.copier
    )
    await until_so(relays, trader, states, [("", 0.0, False, 1)])
    until(list(relays), lambda: slave.terminal.held)
    kinds = "select kind from public.trade_events where copier_id = $1 and kind like 'guard%' order by occurred_at"
    await until_so(relays, trader, kinds, [("guard_fired",), ("guard_reset",)])
    alerts = "select kind from public.alerts where copier_id = $1 and kind like 'guard%'"
    await until_so(relays, trader, alerts, [("guard_fired",)])


async def test_a_missed_trade_is_copied_when_asked_and_closed_when_asked(
    trader: Trader, router: RouterProcess, relays: Pair
) -> None:
    master, slave = relays
    await trader.link(max_signal_age_ms=100)
    until(list(relays), lambda: metric(router, "lockstep_router_synced") >= 2)
    slave.socket.close()
    opened_s = time.monotonic()
    master.terminal.open(LOT)
    until([master], lambda: time.monotonic() > opened_s + 1)
    slave.hello()
    until(list(relays), lambda: slave.terminal.up)
    await eventually(list(relays), trader, [("skipped", 0)])
    ask = """insert into public.manual_requests (user_id, copier_id, link_id, kind, expires_at)
             select user_id, copier_id, link_id, $2, now() + interval '1 minute' from public.copies where copier_id = $1"""
    answers = "select kind, state, reason from public.manual_requests where copier_id = $1 order by created_at"
    await trader.connection.execute(ask, trader.copier, "copy_now")
    await until_so(relays, trader, answers, [("copy_now", "done", None)])
    await eventually(list(relays), trader, [("open", LOT // 2)])
    router.kill()
    router.start()
    until(list(relays), lambda: router.get("/readyz")[0] == 200, 30)
    await trader.connection.execute(ask, trader.copier, "flatten")
    await until_so(relays, trader, answers, [("copy_now", "done", None), ("flatten", "done", None)])
    await eventually(list(relays), trader, [("closed", 0)])
    assert not slave.terminal.held
    assert [order.action for order in slave.terminal.orders] == [1, 4]


async def test_accounts_are_seen_as_they_are_now(trader: Trader, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await trader.link()
    heard: list[str] = []
    await trader.connection.add_listener("live_changes", lambda *told: heard.append(str(told[-1])))
    master.terminal.open(LOT, sl=1.05)
    until(list(relays), lambda: slave.terminal.held)
    seen = """select equity, connected, positions -> 0 ->> 'lots', positions -> 0 ->> 'sl' from public.account_live
              where account_id = (select {} from public.copiers where id = $1)"""
    equity(slave, 9_876.5)
    await until_so(relays, trader, seen.format("slave_id"), [(9_876.5, True, str(LOT // 2), "1.05")])
    await until_so(relays, trader, seen.format("master_id"), [(10_000.0, True, str(LOT), "1.05")])
    samples = """select count(*) in (1, 2) from public.account_equity e join public.copiers c on e.account_id = c.slave_id
                 where c.id = $1 and e.at = date_trunc('minute', e.at)"""
    await until_so(relays, trader, samples, [(True,)])
    assert heard
    assert len(heard) < 20
    for relay in relays:
        relay.socket.close()
    await trader.connection.execute("delete from public.trading_accounts where id = $1", trader.slave)
    assert router.get("/livez")[0] == 200


async def test_a_loop_that_is_killed_alone_goes_on_with_the_same_writer(
    trader: Trader, router: RouterProcess, relays: Pair
) -> None:
    master, _ = relays
    await trader.link()
    master.terminal.open(LOT)
    await eventually(list(relays), trader, [("open", LOT // 2)])
    os.kill(router.children()["loop"], signal.SIGKILL)
    until(list(relays), lambda: "loop" in router.children())
    master.terminal.open(LOT)
    await eventually(list(relays), trader, [("open", LOT // 2)] * 2)
