"""A position beyond any bound is left out alone: its copies are left as they are, and all else of its account goes on."""

import msgspec
import pytest

from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.enums import Side
from lockstep_router.journal.records import HistoryEvent

from .engine_harness import MASTER, SLAVE, EngineHarness, a_harness
from .terminals import LOT, InstantTerminal

TOO_MUCH = Lots(2 * MAX_LOTS)
BEYOND = ("skipped", "out_of_sync")


def grow(terminal: InstantTerminal, ticket: int, lots: int) -> None:
    """The broker shows a position with other lots, and its terminal sends a snapshot."""
    grown = msgspec.structs.replace(terminal.positions[ticket], volume=Lots(lots))
    terminal.positions[ticket] = terminal.process.positions[ticket] = grown
    terminal.snapshot()


def the_ticket(terminal: InstantTerminal) -> int:
    (ticket,) = terminal.positions
    return ticket


def whys(harness: EngineHarness) -> list[str]:
    """Why copies were left as they are, as their histories say it."""
    events = [r for r in harness.journal if isinstance(r, HistoryEvent) and r.kind == "skipped"]
    return [str(event.data["params"]["why"]) for event in events]


def test_a_new_position_beyond_any_bound_is_told_of_and_everything_else_is_copied() -> None:
    harness = a_harness()
    with harness.master.withheld():
        harness.master.open(LOT)
    grow(harness.master, the_ticket(harness.master), TOO_MUCH)
    harness.run()
    assert (harness.statuses(), whys(harness)) == ([BEYOND], ["beyond_bounds"])
    assert harness.engine.accounts[MASTER].synced
    harness.master.open(LOT, Side.SELL)
    harness.run()
    assert [status for status, _ in harness.statuses()] == ["skipped", "open"]


@pytest.mark.parametrize("who", [MASTER, SLAVE])
def test_a_copy_with_a_side_beyond_any_bound_is_neither_closed_nor_changed(who: object) -> None:
    harness = a_harness()
    harness.master.open(LOT)
    harness.run()
    terminal = harness.master if who == MASTER else harness.slave
    ticket = the_ticket(terminal)
    orders = len(harness.slave.orders)
    grow(terminal, ticket, TOO_MUCH)
    harness.pass_ms(3_000)
    assert (len(harness.slave.positions), len(harness.slave.orders)) == (1, orders)
    assert whys(harness) == ["beyond_bounds"]
    assert harness.engine.accounts[MASTER].synced
    assert harness.engine.accounts[SLAVE].synced
    grow(terminal, ticket, LOT)
    harness.pass_ms(3_000)
    harness.master.close(the_ticket(harness.master))
    harness.pass_ms(3_000)
    assert not harness.slave.positions


def test_on_a_netting_account_the_symbol_is_left_out() -> None:
    harness = a_harness(master_nets=True)
    harness.master.open(LOT)
    harness.run()
    grow(harness.master, the_ticket(harness.master), TOO_MUCH)
    harness.pass_ms(3_000)
    assert len(harness.slave.positions) == 1
    assert harness.engine.accounts[MASTER].synced
