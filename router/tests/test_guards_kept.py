"""The state of guards outlives the router, and their user may reset them."""

from typing import Any

import pytest

from lockstep_router.journal.records import GuardRow, HistoryEvent

from .engine_harness import EngineHarness, copier
from .terminals import LOT

LOSS = {"max_absolute_risk": "1000", "warn_fraction": "0.5", "close_positions": True, "reset": "manual", "type": "lifetime"}
DRAWDOWN = {"kind": "drawdown", "max_absolute_risk": "1000", "type": "month"}


def a_harness(*limits: dict[str, Any]) -> EngineHarness:
    return EngineHarness(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": limits}}))


def equity(harness: EngineHarness, amount: float) -> None:
    """The slave's terminal reports this equity."""
    harness.slave.set_equity(amount)
    harness.slave.report(harness.slave.figures())
    harness.run()


def restart(harness: EngineHarness) -> None:
    """The router is killed after everything was written, and started again."""
    guards, links = harness.guards(), harness.known()
    harness.start_router(*links, guards=guards)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1500)


def reported(harness: EngineHarness) -> list[str]:
    return [r.kind for r in harness.journal if isinstance(r, HistoryEvent) and r.kind.startswith("guard_")]


def test_a_guard_that_has_tripped_stays_so_after_a_restart_and_is_not_reported_again() -> None:
    harness = a_harness(LOSS)
    equity(harness, 10_000)
    equity(harness, 8_900)
    restart(harness)
    harness.master.open(LOT)
    harness.run()
    equity(harness, 9_900)
    harness.master.open(LOT)
    harness.run()
    assert not harness.slave.positions
    assert reported(harness) == ["guard_fired"]


def test_a_loss_over_a_restart_is_one_loss() -> None:
    harness = a_harness(LOSS)
    equity(harness, 10_000)
    equity(harness, 9_400)
    restart(harness)
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    equity(harness, 9_000)
    assert not harness.slave.positions
    assert reported(harness) == ["guard_warning", "guard_fired"]


def test_the_highest_is_kept_over_a_restart() -> None:
    harness = a_harness(DRAWDOWN)
    for amount in (10_000.25, 11_000.5, 10_500.0):
        equity(harness, amount)
    restart(harness)
    equity(harness, 10_000.51)
    assert reported(harness) == []
    equity(harness, 10_000.5)
    assert reported(harness) == ["guard_fired"]


def test_a_loss_while_the_router_was_away_stops_what_was_opened_meanwhile() -> None:
    harness = a_harness(LOSS)
    equity(harness, 10_000)
    harness.slave.up = harness.master.up = False
    harness.slave.set_equity(8_900)
    harness.master.open(LOT)
    restart(harness)
    assert not harness.slave.orders
    assert harness.slave.volume_commands == harness.slave.orders
    assert reported(harness) == ["guard_fired"]


@pytest.mark.parametrize("lost", [True, False])
def test_a_guard_closes_what_is_open_though_the_master_is_away(lost: bool) -> None:
    harness = a_harness(LOSS)
    equity(harness, 10_000)
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    if lost:
        harness.slave.set_equity(8_900)
    harness.start_router(*harness.known(), guards=harness.guards())
    harness.connect(harness.slave)
    harness.pass_ms(1500)
    equity(harness, 8_900)
    harness.pass_ms(1500)
    assert not harness.slave.positions
    assert ("closed", "guard") in harness.statuses()


def test_nothing_is_closed_only_because_the_master_is_away() -> None:
    harness = a_harness({**LOSS, "close_positions": False})
    equity(harness, 10_000)
    harness.master.open(LOT)
    harness.run()
    harness.start_router(*harness.known(), guards=harness.guards())
    harness.connect(harness.slave)
    equity(harness, 8_900)
    harness.pass_ms(5_000)
    assert reported(harness) == ["guard_fired"]
    assert len(harness.slave.positions) == 1


def test_what_has_not_changed_is_not_written_again() -> None:
    harness = a_harness(LOSS, DRAWDOWN)
    for amount in (10_000, 9_900, 9_950, 9_900):
        equity(harness, amount)
    assert len([r for r in harness.journal if isinstance(r, GuardRow)]) == 2


def test_a_reset_of_a_guard_counts_once() -> None:
    harness = a_harness(LOSS)
    equity(harness, 10_000)
    equity(harness, 8_900)
    asked = harness.guards(requested_resets=1)
    harness.change_plan(*harness.plan.copiers.values(), guards=asked)
    harness.change_plan(*harness.plan.copiers.values(), guards=asked)
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    equity(harness, 8_000)
    assert len(harness.slave.positions) == 1
    assert reported(harness) == ["guard_fired", "guard_reset"]
    assert [(guard.tripped, guard.resets, guard.start) for guard in harness.guards()] == [(False, 1, "8000")]
    harness.change_plan(*harness.plan.copiers.values(), guards=asked)
    equity(harness, 6_900)
    assert reported(harness) == ["guard_fired", "guard_reset", "guard_fired"]
    assert not harness.slave.positions


def test_a_reset_requested_while_no_router_ran_is_done_by_the_next() -> None:
    harness = a_harness(LOSS)
    equity(harness, 10_000)
    equity(harness, 8_900)
    harness.start_router(*harness.known(), guards=harness.guards(requested_resets=1))
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1500)
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1


def test_a_guard_that_is_taken_out_of_the_settings_stops_nothing_and_is_forgotten() -> None:
    harness = a_harness(LOSS, DRAWDOWN)
    equity(harness, 10_000)
    equity(harness, 8_900)
    harness.change_plan(copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": [DRAWDOWN]}}))
    assert [guard.tripped for guard in harness.guards()] == [False, True]
    harness.change_plan(copier({"sizing": {"mode": "none"}}))
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    rows = len([r for r in harness.journal if isinstance(r, GuardRow)])
    harness.start_router(*harness.known(), guards=harness.guards())
    assert len([r for r in harness.journal if isinstance(r, GuardRow)]) == rows
