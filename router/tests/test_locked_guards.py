"""A guard that locks the account until the next day: no copier opens anything on it, and nothing undoes that."""

from typing import Any
from uuid import UUID

import pytest

from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.plan import Copier

from .engine_harness import MS, SLAVE, USER, EngineHarness, copier
from .terminals import LOT, UTC_NS
from .test_guards_kept import equity, reported, restart

DAILY = {"counts_from": "balance", "max_absolute_risk": "500", "close_positions": True, "reset": "locked"}
OTHER_MASTER, OTHER = UUID(int=3), UUID("bbbbbbbb-0000-0000-0000-000000000001")
DAY_MS = 86_400_000


def guarded(**more: Any) -> Copier:
    return copier({"sizing": {"mode": "none"}, "guards": {"risk_limits": [{**DAILY, **more}]}})


def unguarded() -> Copier:
    """Copies another master to the same slave."""
    settings = parse_settings({"sizing": {"mode": "none"}})
    return Copier(OTHER, USER, OTHER_MASTER, SLAVE, CopierMode("on"), settings)


def a_harness(*others: Copier, **more: Any) -> EngineHarness:
    return EngineHarness(guarded(**more), *others)


def open_one(harness: EngineHarness) -> int:
    """The master opens something; how much the slave holds then."""
    harness.master.open(LOT)
    harness.run()
    return len(harness.slave.positions)


def skip_to_the_next_day(harness: EngineHarness) -> None:
    harness.now_ns += (DAY_MS - (harness.now_ns + UTC_NS) // MS % DAY_MS) * MS
    harness.pass_ms(100)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_a_loss_from_the_balance_closes_what_is_open_and_locks_until_the_next_day(is_restarted: bool) -> None:
    harness = a_harness()
    equity(harness, 10_000)
    assert open_one(harness) == 1
    equity(harness, 9_500)
    assert not harness.slave.positions
    if is_restarted:
        restart(harness)
    equity(harness, 10_000)
    assert open_one(harness) == 0
    skip_to_the_next_day(harness)
    equity(harness, 10_000)
    assert open_one(harness) == 1
    assert reported(harness) == ["guard_fired", "guard_resumed"]


def test_it_is_written_until_when_it_is_locked() -> None:
    harness = a_harness()
    equity(harness, 9_400)
    (row,) = harness.guards()
    begins_ms = -(-((harness.now_ns + UTC_NS) // MS) // DAY_MS) * DAY_MS
    assert (row.tripped, row.locked_ms) == (True, begins_ms)
    skip_to_the_next_day(harness)
    equity(harness, 10_000)
    (row,) = harness.guards()
    assert (row.tripped, row.locked_ms) == (False, 0)


def test_no_reset_undoes_it() -> None:
    harness = a_harness()
    equity(harness, 9_400)
    equity(harness, 10_000)
    harness.change_plan(*harness.plan.copiers.values(), guards=harness.guards(requested_resets=1))
    equity(harness, 10_000)
    assert open_one(harness) == 0
    assert [(row.tripped, row.resets) for row in harness.guards()] == [(True, 1)]


def test_it_stops_the_other_copiers_of_the_account_and_closes_their_copies() -> None:
    harness = a_harness(unguarded())
    other = harness.terminals[OTHER_MASTER]
    equity(harness, 10_000)
    other.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    equity(harness, 9_400)
    assert not harness.slave.positions
    other.open(LOT)
    harness.run()
    assert not harness.slave.positions
    skip_to_the_next_day(harness)
    equity(harness, 10_000)
    other.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1


@pytest.mark.parametrize("reset", ["next_period", "manual"])
def test_a_guard_that_does_not_lock_stops_its_own_copier_alone(reset: str) -> None:
    harness = a_harness(unguarded(), reset=reset)
    equity(harness, 9_400)
    harness.terminals[OTHER_MASTER].open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1


def test_a_copier_that_is_made_later_is_stopped_too() -> None:
    harness = a_harness(unguarded())
    equity(harness, 9_400)
    only_guarded, both = [guarded()], [guarded(), unguarded()]
    harness.change_plan(*only_guarded)
    harness.change_plan(*both)
    harness.terminals[OTHER_MASTER].open(LOT)
    harness.run()
    assert not harness.slave.positions


def test_the_balance_that_a_day_began_with_outlives_the_router() -> None:
    harness = a_harness()
    equity(harness, 10_000)
    harness.slave.set_equity(9_800, balance=9_800)
    harness.slave.report(harness.slave.figures())
    restart(harness)
    for amount, fired in ((9_500.01, []), (9_500, ["guard_fired"])):
        harness.slave.set_equity(amount, balance=9_800)
        harness.slave.report(harness.slave.figures())
        harness.run()
        assert reported(harness) == fired


def test_a_day_that_began_while_the_router_was_away_counts_from_the_last_balance_before_it() -> None:
    harness = a_harness()
    equity(harness, 10_000)
    guards, links = harness.guards(), harness.known()
    harness.now_ns += DAY_MS * MS
    harness.slave.set_equity(9_700, balance=9_700)
    harness.start_router(*links, guards=guards)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1500)
    assert [row.start for row in harness.guards()] == ["10000"]
