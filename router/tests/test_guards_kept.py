"""What guards remember outlives the router, and their user may let them go on."""

from typing import Any

import pytest

from lockstep_router.journal.records import GuardRow, Happening

from .terminals import LOT
from .worlds import World, copier

LOSS = {"max_absolute_risk": "1000", "warn_fraction": "0.5", "close_positions": True, "reset": "manual", "type": "lifetime"}
DRAWDOWN = {"kind": "drawdown", "max_absolute_risk": "1000", "type": "month"}


def a_world(*limits: dict[str, Any]) -> World:
    return World(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": limits}}))


def equity(world: World, amount: float) -> None:
    """The slave's terminal tells its equity."""
    world.slave.equity = amount
    world.slave.tell(world.slave.figures())
    world.run()


def restart(world: World) -> None:
    """The router is killed when everything was written, and started again."""
    guards, links = world.guards(), world.known()
    world.start_router(*links, guards=guards)
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(1500)


def told(world: World) -> list[str]:
    return [r.kind for r in world.journal if isinstance(r, Happening) and r.kind.startswith("guard_")]


def test_a_guard_that_has_tripped_stays_so_after_a_restart_and_is_not_told_again() -> None:
    world = a_world(LOSS)
    equity(world, 10_000)
    equity(world, 8_900)
    restart(world)
    world.master.open(LOT)
    world.run()
    equity(world, 9_900)
    world.master.open(LOT)
    world.run()
    assert not world.slave.held
    assert told(world) == ["guard_fired"]


def test_a_loss_over_a_restart_is_one_loss() -> None:
    world = a_world(LOSS)
    equity(world, 10_000)
    equity(world, 9_400)
    restart(world)
    world.master.open(LOT)
    world.run()
    assert len(world.slave.held) == 1
    equity(world, 9_000)
    assert not world.slave.held
    assert told(world) == ["guard_warning", "guard_fired"]


def test_the_highest_is_kept_over_a_restart() -> None:
    world = a_world(DRAWDOWN)
    for amount in (10_000.25, 11_000.5, 10_500.0):
        equity(world, amount)
    restart(world)
    equity(world, 10_000.51)
    assert told(world) == []
    equity(world, 10_000.5)
    assert told(world) == ["guard_fired"]


def test_a_loss_while_the_router_was_away_stops_what_was_opened_meanwhile() -> None:
    world = a_world(LOSS)
    equity(world, 10_000)
    world.slave.up = world.master.up = False
    world.slave.equity = 8_900
    world.master.open(LOT)
    restart(world)
    assert not world.slave.orders
    assert told(world) == ["guard_fired"]


@pytest.mark.parametrize("lost", [True, False])
def test_a_guard_closes_what_is_open_though_the_master_is_away(lost: bool) -> None:
    world = a_world(LOSS)
    equity(world, 10_000)
    world.master.open(LOT)
    world.run()
    assert len(world.slave.held) == 1
    if lost:
        world.slave.equity = 8_900
    world.start_router(*world.known(), guards=world.guards())
    world.connect(world.slave)
    world.pass_ms(1500)
    equity(world, 8_900)
    world.pass_ms(1500)
    assert not world.slave.held
    assert ("closed", "guard") in world.statuses()


def test_nothing_is_closed_only_because_the_master_is_away() -> None:
    world = a_world({**LOSS, "close_positions": False})
    equity(world, 10_000)
    world.master.open(LOT)
    world.run()
    world.start_router(*world.known(), guards=world.guards())
    world.connect(world.slave)
    equity(world, 8_900)
    world.pass_ms(5_000)
    assert told(world) == ["guard_fired"]
    assert len(world.slave.held) == 1


def test_what_has_not_changed_is_not_written_again() -> None:
    world = a_world(LOSS, DRAWDOWN)
    for amount in (10_000, 9_900, 9_950, 9_900):
        equity(world, amount)
    assert len([r for r in world.journal if isinstance(r, GuardRow)]) == 2


def test_its_user_lets_a_guard_go_on_once() -> None:
    world = a_world(LOSS)
    equity(world, 10_000)
    equity(world, 8_900)
    asked = world.guards(wished_resets=1)
    world.change_plan(*world.plan.copiers.values(), guards=asked)
    world.change_plan(*world.plan.copiers.values(), guards=asked)
    world.master.open(LOT)
    world.run()
    assert len(world.slave.held) == 1
    equity(world, 8_000)
    assert len(world.slave.held) == 1
    assert told(world) == ["guard_fired", "guard_reset"]
    assert [(guard.tripped, guard.resets, guard.start) for guard in world.guards()] == [(False, 1, "8000")]
    world.change_plan(*world.plan.copiers.values(), guards=asked)
    equity(world, 6_900)
    assert told(world) == ["guard_fired", "guard_reset", "guard_fired"]
    assert not world.slave.held


def test_a_reset_wished_while_no_router_ran_is_done_by_the_next() -> None:
    world = a_world(LOSS)
    equity(world, 10_000)
    equity(world, 8_900)
    world.start_router(*world.known(), guards=world.guards(wished_resets=1))
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(1500)
    world.master.open(LOT)
    world.run()
    assert len(world.slave.held) == 1


def test_a_guard_that_is_taken_out_of_the_settings_stops_nothing_and_is_forgotten() -> None:
    world = a_world(LOSS, DRAWDOWN)
    equity(world, 10_000)
    equity(world, 8_900)
    world.change_plan(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": [DRAWDOWN]}}))
    assert [guard.tripped for guard in world.guards()] == [False, True]
    world.change_plan(copier({"sizing": {"mode": "none"}}))
    world.master.open(LOT)
    world.run()
    assert len(world.slave.held) == 1
    rows = len([r for r in world.journal if isinstance(r, GuardRow)])
    world.start_router(*world.known(), guards=world.guards())
    assert len([r for r in world.journal if isinstance(r, GuardRow)]) == rows
