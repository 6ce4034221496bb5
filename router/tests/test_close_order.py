"""Slaves whose broker closes the positions of a symbol in the order in which they were opened."""

from lockstep_core.wire.enums import Action

from .engine_harness import EngineHarness, a_harness, volumes
from .terminals import LOT


def be_strict(harness: EngineHarness) -> None:
    """The slave's broker is of that kind, and its terminal tells so."""
    harness.slave.broker.closes_in_order = True
    harness.slave.report(harness.slave.figures())
    harness.run()


def a_strict_harness() -> tuple[EngineHarness, int, int]:
    """The master has two buys, and both are copied to such a slave."""
    harness = a_harness()
    be_strict(harness)
    tickets = harness.master.open(LOT), harness.master.open(LOT // 2)
    harness.pass_ms(300)
    return harness, *tickets


def test_a_copy_waits_for_an_older_one_and_is_closed_as_soon_as_that_is_gone() -> None:
    harness, first, second = a_strict_harness()
    harness.master.close(second)
    harness.pass_ms(5000)
    assert (volumes(harness), harness.slave.heard.count(Action.CLOSE)) == ([50, 100], 0)
    assert harness.statuses() == [("open", None), ("open", "close_order")]
    harness.master.close(first)
    harness.run()
    assert (volumes(harness), harness.slave.heard.count(Action.CLOSE)) == ([], 2)
    assert harness.statuses() == [("closed", None), ("closed", None)]


def test_lots_of_the_owner_that_are_older_are_waited_for() -> None:
    harness = a_harness()
    be_strict(harness)
    own = harness.slave.open(LOT)
    harness.pass_ms(300)
    ticket = harness.master.open(LOT // 2)
    harness.run()
    harness.master.close(ticket)
    harness.pass_ms(3000)
    assert volumes(harness) == [50, 100]
    harness.slave.close(own)
    harness.run()
    assert volumes(harness) == []


def test_all_are_closed_where_the_master_closes_all_at_once() -> None:
    harness, first, second = a_strict_harness()
    harness.master.close(second)
    harness.master.close(first)
    harness.run()
    assert (volumes(harness), harness.slave.heard.count(Action.CLOSE)) == ([], 2)
