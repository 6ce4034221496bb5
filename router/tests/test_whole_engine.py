"""The whole copy engine behind the router: what happens between accounts of every kind, deal by deal."""

from typing import Any

import pytest

from lockstep_core.books.links import chance_of
from lockstep_core.market.money import Prices
from lockstep_core.wire.frames import Action, Trade
from lockstep_router.journal.records import HistoryEvent

from .full_terminals import FullTerminal
from .terminals import LOT
from .worlds import MASTER, SLAVE, World, copier

NONE = {"mode": "none"}


def a_world(
    master_nets: bool = False, slave_nets: bool = False, kind: type[FullTerminal] = FullTerminal, **settings: Any
) -> World:
    world = World(copier({"sizing": NONE, **settings}), connect=False, kind=kind)
    for account, nets in ((MASTER, master_nets), (SLAVE, slave_nets)):
        world.terminals[account].margin_mode = 0 if nets else 2
        world.connect(world.terminals[account])
    world.pass_ms(1500)
    return world


def volumes(world: World) -> list[int]:
    return sorted(held.volume * (1 - 2 * held.side) // (LOT // 100) for held in world.slave.held.values())


def kinds(world: World) -> list[str]:
    return [r.kind for r in world.journal if isinstance(r, HistoryEvent)]


def test_an_addition_of_a_netting_master_is_another_position_of_a_hedging_slave() -> None:
    world = a_world(master_nets=True)
    ticket = world.master.open(LOT)
    world.run()
    world.master.add(ticket, LOT // 2)
    world.run()
    assert volumes(world) == [50, 100]
    world.master.close(ticket, LOT // 4)
    world.run()
    assert volumes(world) == [25, 100]
    world.master.close(ticket)
    world.run()
    assert volumes(world) == []


def test_a_position_filled_in_two_deals_survives_a_restart_whole() -> None:
    world = a_world()
    ticket = world.master.open(LOT)
    world.master.add(ticket, LOT // 2)
    world.run()
    assert volumes(world) == [50, 100]
    world.start_router(*world.known())
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(3000)
    assert volumes(world) == [50, 100]
    world.master.close(ticket, LOT // 4)
    world.run()
    assert volumes(world) == [25, 100]


def test_a_netting_slave_adds_up_what_it_follows() -> None:
    world = a_world(slave_nets=True)
    first, second = world.master.open(LOT), world.master.open(LOT // 4, side=1)
    world.run()
    world.pass_ms(200)
    assert volumes(world) == [75]
    world.master.close(first)
    world.run()
    world.pass_ms(200)
    assert volumes(world) == [-25]
    world.master.close(second)
    world.run()
    world.pass_ms(200)
    assert volumes(world) == []
    assert {status for status, _ in world.statuses()} == {"closed"}


def test_a_netting_slave_is_known_again_after_a_restart() -> None:
    world = a_world(slave_nets=True)
    first, _ = world.master.open(LOT), world.master.open(LOT // 2)
    world.run()
    world.pass_ms(200)
    world.start_router(*world.known())
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(1500)
    assert volumes(world) == [150]
    world.master.close(first)
    world.run()
    world.pass_ms(200)
    assert volumes(world) == [50]


def test_a_netting_slave_whose_terminal_cannot_net_is_refused_with_a_reason() -> None:
    world = a_world(slave_nets=True)
    world.slave.capabilities = 0
    world.slave.tell(world.slave.figures())
    world.run()
    world.master.open(LOT)
    world.run()
    assert world.statuses() == [("skipped", "netting_impossible")]
    assert world.slave.orders == []


def test_a_pending_order_is_placed_changed_and_deleted() -> None:
    world = a_world(pending={"mode": "copy"})
    assert isinstance(world.master, FullTerminal)
    assert isinstance(world.slave, FullTerminal)
    ticket = world.master.place(2, LOT, 1.09)
    world.run()
    assert [order.price for order in world.slave.waiting.values()] == [1.09]
    world.master.gone(ticket)
    world.run()
    assert world.slave.waiting == {}


def test_a_pending_order_that_fills_on_both_sides_is_one_copy() -> None:
    world = a_world(pending={"mode": "copy"})
    assert isinstance(world.master, FullTerminal)
    assert isinstance(world.slave, FullTerminal)
    ticket = world.master.place(2, LOT, 1.09)
    world.run()
    world.slave.fill(next(iter(world.slave.waiting)))
    world.master.fill(ticket)
    world.run()
    world.pass_ms(1500)
    assert volumes(world) == [100]
    world.master.close(ticket)
    world.run()
    assert volumes(world) == []
    assert [row.status for row in world.rows().values()] == ["closed"]


def test_by_default_a_pending_order_is_opened_at_market_when_it_fills() -> None:
    world = a_world()
    assert isinstance(world.master, FullTerminal)
    ticket = world.master.place(2, LOT, 1.09)
    world.run()
    assert world.statuses() == [("skipped", "pending_waits")]
    world.pass_ms(20_000)
    world.master.fill(ticket)
    world.run()
    assert volumes(world) == [100]
    assert world.statuses() == [("open", None)]


def test_a_placed_order_survives_a_restart_as_one() -> None:
    world = a_world(pending={"mode": "copy"})
    assert isinstance(world.master, FullTerminal)
    assert isinstance(world.slave, FullTerminal)
    ticket = world.master.place(2, LOT, 1.09)
    world.run()
    world.start_router(*world.known())
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(20_000)
    assert len(world.slave.waiting) == 1
    assert [o.action for o in world.slave.orders] == [Action.PLACE]
    world.master.gone(ticket)
    world.run()
    assert world.slave.waiting == {}


def test_an_order_that_its_user_deleted_is_not_placed_again() -> None:
    world = a_world(pending={"mode": "copy"})
    assert isinstance(world.master, FullTerminal)
    assert isinstance(world.slave, FullTerminal)
    world.master.place(2, LOT, 1.09)
    world.run()
    world.slave.gone(next(iter(world.slave.waiting)))
    world.run()
    world.pass_ms(3000)
    assert world.slave.waiting == {}
    assert [o.action for o in world.slave.orders] == [Action.PLACE]


def test_limits_count_what_is_under_way() -> None:
    world = a_world(limits={"max_open_positions": 2})
    for _ in range(4):
        world.master.open(LOT)
    world.run()
    assert volumes(world) == [100, 100]
    assert sorted(status for status, _ in world.statuses()) == ["open", "open", "skipped", "skipped"]


def test_a_guard_stops_closes_and_lets_go_the_next_day() -> None:
    limit = {"max_relative_risk": "0.1", "close_positions": True}
    world = a_world(guards={"risk_limits": [limit]})
    world.slave.tell(world.slave.figures())
    world.master.open(LOT)
    world.run()
    assert volumes(world) == [100]
    world.slave.equity = 8_999.0
    world.slave.tell(world.slave.figures())
    world.run()
    assert volumes(world) == []
    world.master.open(LOT)
    world.run()
    assert volumes(world) == []
    assert world.statuses() == [("closed", "guard"), ("skipped", "guard")]
    assert "guard_fired" in kinds(world)
    world.pass_ms(86_400_000, step_ms=3_600_000)
    world.slave.tell(world.slave.figures())
    world.run()
    assert "guard_resumed" in kinds(world)


def test_figures_of_a_disconnected_terminal_trip_no_guard() -> None:
    world = a_world(guards={"risk_limits": [{"max_relative_risk": "0.1", "close_positions": True}]})
    world.master.open(LOT)
    world.run()
    world.slave.equity, world.slave.connected = 0.0, 0
    world.slave.tell(world.slave.figures())
    world.run()
    assert volumes(world) == [100]


def test_an_opening_waits_for_its_delay() -> None:
    world = a_world(signal_delay={"min_ms": 1000, "max_ms": 3000})
    world.master.open(LOT)
    world.run()
    copy = next(iter(world.engine._copy_manager.index.copies.values()))
    due_ms = 1000 + int(2000 * chance_of(copy.link.id))
    world.pass_ms(due_ms - 100, step_ms=50)
    assert volumes(world) == []
    world.pass_ms(300, step_ms=50)
    assert volumes(world) == [100]


def test_changes_of_stops_are_coalesced() -> None:
    world = a_world()
    ticket = world.master.open(LOT)
    world.run()
    for step in range(10):
        world.master.set_stops(ticket, 1.0 + step / 1000, 0.0)
        world.run()
        world.pass_ms(100, step_ms=100)
    world.pass_ms(1500)
    assert [held.sl for held in world.slave.held.values()] == [1.009]
    sent = [r for r in world.journal if isinstance(r, HistoryEvent) and r.kind == "command"]
    assert 2 <= len([r for r in sent if r.data["action"] == "set_stops"]) <= 3


@pytest.mark.parametrize(("ask", "expected"), [(1.1001, [100]), (1.1011, [])])
def test_quotes_are_looked_at_where_settings_say_so(ask: float, expected: list[int]) -> None:
    world = a_world(max_spread_points=20)
    world.quotes[SLAVE]["EURUSD"] = Prices(1.1, ask)
    world.master.open(LOT)
    world.run()
    assert volumes(world) == expected


def test_a_new_ticket_of_mt4_is_the_same_trade() -> None:
    world = a_world()
    ticket = world.master.open(LOT)
    world.run()
    world.master.close(ticket, LOT // 4)
    del world.master.held[ticket]
    world.master.tell(
        Trade(9, 0, 77_777, 0, LOT * 3 // 4, 1.1, 0.0, 0.0, 0, world.now_ns, 0, 0, "EURUSD", f"from #{ticket}")
    )
    world.run()
    assert volumes(world) == [75]
    assert len(world.rows()) == 1


def test_a_reversed_copy_is_the_other_side_with_stops_swapped() -> None:
    world = a_world(reverse=True)
    ticket = world.master.open(LOT)
    world.master.set_stops(ticket, 1.0, 1.2)
    world.run()
    assert volumes(world) == [-100]
    assert [(held.sl, held.tp) for held in world.slave.held.values()] == [(1.2, 1.0)]
