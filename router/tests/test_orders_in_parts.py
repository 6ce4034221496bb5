"""An order that the master's broker fills in several deals is one trade: its copy has the lots of the whole order."""

import pytest

from lockstep_core.books.links import link_id
from lockstep_core.decision.order_parts import MOST_PARTS
from lockstep_core.wire.enums import Action

from .engine_harness import COPIER, EngineHarness, a_harness, restart, volumes
from .terminals import LOT, symbol

CENT = LOT // 100


def in_lots(harness: EngineHarness, smallest: int = LOT, step: int = LOT) -> None:
    """The slave's broker takes whole lots alone."""
    harness.slave.list_symbols(symbol(step=step, smallest=smallest))
    harness.slave.snapshot()
    harness.pass_ms(1500)


def total(harness: EngineHarness) -> int:
    return sum(volumes(harness))


@pytest.mark.parametrize("slave_nets", [False, True])
def test_fills_add_up_to_what_the_whole_order_gives(slave_nets: bool) -> None:
    harness = a_harness(slave_nets=slave_nets, sizing={"mode": "multiplier", "factor": "0.5"})
    in_lots(harness)
    ticket = harness.master.open(LOT)
    harness.run()
    held = [total(harness)]
    for lots in (3 * LOT, LOT, LOT):
        harness.master.add(ticket, lots)
        harness.pass_ms(500)
        held.append(total(harness))
    assert held == [0, 200, 200, 300]
    harness.master.close(ticket, 3 * LOT)
    harness.pass_ms(1000)
    assert total(harness) == 100
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert total(harness) == 0
    assert {status for status, _ in harness.statuses()} == {"closed"}


@pytest.mark.parametrize("slave_nets", [False, True])
def test_the_first_fill_is_copied_at_once_and_further_ones_though_its_copy_is_not_answered_yet(slave_nets: bool) -> None:
    harness = a_harness(slave_nets=slave_nets, limits={"max_trade_volume": "1.50"})
    harness.slave.broker.holds = True
    ticket = harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.orders) == 1
    harness.master.add(ticket, LOT)
    harness.run()
    if slave_nets:
        harness.slave.release()
        harness.pass_ms(300)
    assert [abs(command.volume - command.expected) for command in harness.slave.orders] == [LOT, LOT // 2]
    assert len({command.link for command in harness.slave.orders}) == 2
    harness.slave.release()
    if not slave_nets:
        harness.slave.release()
    harness.pass_ms(300)
    assert total(harness) == 150, "the limit of a trade is for the order"


def test_a_part_that_was_refused_leaves_the_other_parts_alone() -> None:
    harness = a_harness()
    harness.slave.broker.holds = True
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.add(ticket, LOT)
    harness.run()
    harness.slave.refusals = []
    harness.slave.release()
    harness.slave.release()
    harness.slave.broker.holds = False
    harness.pass_ms(500)
    harness.slave.refusals = [10019]
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    assert volumes(harness) == [100, 100]
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    assert volumes(harness) == [100, 100, 200], "the next part has what was refused"


@pytest.mark.parametrize("slave_nets", [False, True])
@pytest.mark.parametrize("unwritten", [False, True])
def test_after_a_restart_nothing_is_doubled_and_nothing_lost(slave_nets: bool, unwritten: bool) -> None:
    harness = a_harness(slave_nets=slave_nets)
    ticket = harness.master.open(LOT)
    harness.run()
    written = len(harness.journal)
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    restart(harness, unwritten=len(harness.journal) - written if unwritten else 0)
    assert total(harness) == 200
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    assert total(harness) == 300
    harness.master.close(ticket, 2 * LOT)
    harness.pass_ms(1000)
    assert total(harness) == 100
    restart(harness)
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert total(harness) == 0


@pytest.mark.parametrize(("age_ms", "held"), [(1_000, 200), (30_000, 100)])
def test_what_filled_while_the_router_was_away_is_copied_while_the_opening_is_fresh(age_ms: int, held: int) -> None:
    harness = a_harness()
    ticket = harness.master.open(LOT)
    harness.run()
    with harness.master.withheld():
        harness.master.add(ticket, LOT)
    harness.pass_ms(age_ms)
    restart(harness)
    assert total(harness) == held
    if held == 100:
        assert ("skipped", "out_of_sync") in harness.statuses()


def test_a_copied_pending_order_has_one_copy_in_however_many_parts_the_masters_fills() -> None:
    harness = a_harness(pending={"mode": "copy"})
    ticket = harness.master.place(2, LOT, 1.05)
    harness.pass_ms(300)
    (copy,) = harness.slave.pending_orders
    harness.master.fill(ticket, LOT // 4)
    harness.pass_ms(300)
    harness.slave.fill(copy)
    harness.master.fill(ticket, LOT // 4)
    harness.master.fill(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == [100]
    assert harness.slave.heard == [Action.PLACE]


def test_a_pending_order_that_is_opened_at_market_is_one_trade_too() -> None:
    harness = a_harness(pending={"mode": "at_market"}, sizing={"mode": "multiplier", "factor": "0.5"})
    in_lots(harness, 2 * CENT, CENT)
    ticket = harness.master.place(2, 10 * CENT, 1.05)
    harness.pass_ms(300)
    held = []
    for lots in (3 * CENT, 3 * CENT, 4 * CENT):
        harness.master.fill(ticket, lots)
        harness.pass_ms(300)
        held.append(total(harness))
    assert held == [0, 3, 5]


def test_a_closing_by_hand_is_not_undone_by_a_further_fill() -> None:
    harness = a_harness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.slave.close(next(iter(harness.slave.positions)))
    harness.run()
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    assert volumes(harness) == [100], "of the part that filled after that"
    assert {p.magic for p in harness.slave.positions.values()} == {link_id(COPIER, ticket, 1)}


@pytest.mark.parametrize("in_flight", [False, True])
def test_a_size_of_its_own_is_for_the_whole_order_also_when_the_order_is_reduced(in_flight: bool) -> None:
    harness = a_harness(sizing={"mode": "fixed", "lots": "0.40"})
    harness.slave.broker.holds = in_flight
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.add(ticket, LOT)
    harness.run()
    if in_flight:
        harness.slave.release()
        harness.slave.broker.holds = False
    harness.pass_ms(300)
    assert volumes(harness) == [40]
    assert len(harness.rows()) == 1, "a part that is not needed has no row"
    harness.master.close(ticket, LOT)
    harness.pass_ms(1000)
    assert volumes(harness) == [20]
    restart(harness)
    harness.master.close(ticket, LOT // 2)
    harness.pass_ms(1000)
    assert volumes(harness) == [10]


def test_deals_without_end_make_no_copies_without_end() -> None:
    harness = a_harness()
    ticket = harness.master.open(LOT // 10)
    harness.run()
    for _ in range(MOST_PARTS + 20):
        harness.master.add(ticket, LOT // 10)
        harness.run()
    assert len(harness.slave.positions) == MOST_PARTS == harness.engine.followed
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert (volumes(harness), harness.engine.followed) == ([], 0)
