"""Stops that somebody changed on the slave: restored, or left alone until the master's change."""

from .engine_harness import EngineHarness, a_harness
from .terminals import LOT


def held_stops(harness: EngineHarness) -> list[float]:
    return [position.sl for position in harness.slave.positions.values()]


def changed_by_hand(harness: EngineHarness, sl: float) -> None:
    (ticket,) = harness.slave.positions
    harness.slave.set_stops(ticket, sl, 0.0)
    harness.run()
    harness.pass_ms(5_000)


def test_they_are_left_until_the_masters_change() -> None:
    harness = a_harness(stops={"changed_on_slave": "leave"})
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.pass_ms(30_000)
    changed_by_hand(harness, 1.07)
    assert held_stops(harness) == [1.07]
    harness.master.set_stops(ticket, 1.06, 0.0)
    harness.run()
    harness.pass_ms(5_000)
    assert held_stops(harness) == [1.06]
    changed_by_hand(harness, 1.07)
    assert held_stops(harness) == [1.07]


def test_a_router_that_starts_anew_leaves_them_too() -> None:
    harness = a_harness(stops={"changed_on_slave": "leave"})
    harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.pass_ms(30_000)
    changed_by_hand(harness, 1.07)
    harness.start_router(*harness.known())
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(5_000)
    assert held_stops(harness) == [1.07]


def test_otherwise_the_masters_are_restored() -> None:
    harness = a_harness()
    harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.pass_ms(30_000)
    changed_by_hand(harness, 1.07)
    assert held_stops(harness) == [1.05]


def test_on_a_netting_account_they_are_left_where_one_trade_is_alone() -> None:
    harness = a_harness(slave_nets=True, stops={"changed_on_slave": "leave"})
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.pass_ms(30_000)
    changed_by_hand(harness, 1.07)
    assert held_stops(harness) == [1.07]
    harness.master.set_stops(ticket, 1.06, 0.0)
    harness.run()
    harness.pass_ms(5_000)
    assert held_stops(harness) == [1.06]
    changed_by_hand(harness, 1.07)
    harness.master.open(LOT, sl=1.04)
    harness.run()
    harness.pass_ms(5_000)
    assert held_stops(harness) == [1.04], "the furthest that both trades want"


def test_but_not_where_another_trade_was_in_the_position() -> None:
    harness = a_harness(slave_nets=True, stops={"changed_on_slave": "leave"})
    harness.master.open(LOT, sl=1.05)
    other = harness.master.open(LOT, sl=1.04)
    harness.run()
    harness.pass_ms(30_000)
    assert held_stops(harness) == [1.04]
    harness.master.close(other)
    harness.run()
    harness.pass_ms(30_000)
    assert held_stops(harness) == [1.05]
    changed_by_hand(harness, 1.07)
    assert held_stops(harness) == [1.05]


def test_nor_where_the_owner_has_lots_in_it() -> None:
    harness = a_harness(slave_nets=True, stops={"changed_on_slave": "leave"})
    harness.master.open(LOT, sl=1.05)
    harness.run()
    harness.pass_ms(30_000)
    harness.slave.open(LOT)
    harness.run()
    harness.pass_ms(5_000)
    assert held_stops(harness) == [0.0], "the trade's own stop is watched: at the broker it would close the owner's lots"
