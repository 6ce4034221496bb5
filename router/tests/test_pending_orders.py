"""Pending orders behind the router: each has a row with its state, and none becomes two positions."""

import pytest

from lockstep_core.wire.enums import Action

from .engine_harness import EngineHarness, a_harness, restart, volumes
from .terminals import LOT, InstantTerminal

BUY_LIMIT = 2
LESS = "providerVolume > 0.5 ? 0.3 : providerVolume"


def terminals(harness: EngineHarness) -> tuple[InstantTerminal, InstantTerminal]:
    master, slave = harness.master, harness.slave
    return master, slave


def only_order(terminal: InstantTerminal) -> int:
    return next(iter(terminal.pending_orders))


def test_a_copy_that_is_gone_unfilled_is_closed_though_its_master_filled() -> None:
    harness = a_harness(pending={"mode": "copy"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    master.fill(ticket)
    harness.run()
    slave.delete(only_order(slave))
    harness.run()
    assert [status for status, _ in harness.statuses()] == ["closed"]


def test_an_order_whose_row_was_never_written_gets_one() -> None:
    harness = a_harness(pending={"mode": "copy"})
    master, slave = terminals(harness)
    written = len(harness.journal)
    master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    harness.journal = harness.journal[:written]
    restart(harness)
    assert len(slave.pending_orders) == 1
    assert [status for status, _ in harness.statuses()] == ["sent"]


def test_a_copy_that_fills_is_not_opened_at_market_too() -> None:
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    slave.broker.delays_deals = True
    slave.fill(only_order(slave))
    master.fill(ticket)
    harness.run()
    assert [command.action for command in slave.orders] == [Action.PLACE]
    slave.report_deals()
    harness.run()
    harness.pass_ms(3000)
    assert [command.action for command in slave.orders] == [Action.PLACE]
    assert volumes(harness) == [100]


def test_a_copy_whose_order_is_known_to_have_filled_gets_no_command_to_open_at_market() -> None:
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    slave.broker.delays_deals = True
    slave.fill(only_order(slave))
    harness.run()
    master.fill(ticket)
    harness.run()
    slave.report_deals()
    harness.run()
    assert slave.heard == [Action.PLACE]
    assert volumes(harness) == [100]


def test_the_rest_of_a_copy_goes_with_the_rest_of_its_master() -> None:
    harness = a_harness(pending={"mode": "copy"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    slave.fill(only_order(slave), LOT // 4)
    master.fill(ticket, LOT // 2)
    harness.run()
    assert len(slave.pending_orders) == 1
    master.delete(ticket)
    harness.run()
    harness.pass_ms(1000)
    assert slave.pending_orders == {}
    assert volumes(harness) == [25]


def test_a_retry_that_is_too_late_is_not_left_as_sent() -> None:
    harness = a_harness(pending={"mode": "at_market"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    slave.refusals = [10031] * 10
    master.fill(ticket, LOT // 2)
    harness.run()
    harness.pass_ms(200)
    master.close(ticket)
    harness.run()
    harness.pass_ms(3000)
    assert "sent" not in {status for status, _ in harness.statuses()}


def test_a_netting_masters_order_that_waits_is_no_tranche_of_its_position() -> None:
    harness = a_harness(master_nets=True, pending={"mode": "skip"})
    master, slave = terminals(harness)
    master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    harness.pass_ms(6000)
    harness.start_router(*harness.known())
    master.open(LOT // 2)
    harness.now_ns += 10_000_000_000
    for terminal in harness.terminals.values():
        terminal.now_ns = harness.now_ns
        harness.connect(terminal)
    harness.pass_ms(3000)
    assert slave.orders == []
    assert slave.volume_commands == slave.orders


def test_a_netting_masters_order_that_was_deleted_while_the_router_was_away_is_no_tranche_of_its_position() -> None:
    harness = a_harness(master_nets=True, pending={"mode": "skip"}, max_signal_age_ms=600_000)
    master, slave = terminals(harness)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    harness.run()
    assert master.open(LOT) == net
    harness.run()
    with master.withheld():
        master.delete(ticket)
    restart(harness)
    assert volumes(harness) == [100, 100]
    assert len(slave.orders) == 2
    assert slave.volume_commands == slave.orders


@pytest.mark.parametrize("parts", [(LOT // 2,), (LOT // 4, LOT // 4)])
def test_what_a_skipped_order_adds_to_a_netting_masters_position_is_not_copied(parts: tuple[int, ...]) -> None:
    harness = a_harness(master_nets=True, pending={"mode": "skip"}, max_signal_age_ms=600_000)
    master, slave = terminals(harness)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    harness.run()
    for part in parts:
        master.fill(ticket, part)
    assert master.positions[net].volume == LOT * 3 // 2
    harness.run()
    restart(harness)
    assert volumes(harness) == [100]
    assert len(slave.orders) == 1
    assert slave.volume_commands == slave.orders


def test_what_a_skipped_order_became_is_not_copied_by_a_router_that_begins_anew() -> None:
    harness = a_harness(pending={"mode": "skip"}, max_signal_age_ms=600_000)
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    harness.run()
    master.fill(ticket)
    harness.run()
    restart(harness)
    assert slave.orders == []
    assert slave.volume_commands == slave.orders
    assert harness.statuses() == [("skipped", "pending_skipped")]


def test_a_netting_masters_order_that_filled_is_still_a_tranche_after_a_restart() -> None:
    harness = a_harness(master_nets=True, pending={"mode": "at_market"}, max_signal_age_ms=600_000)
    master, slave = terminals(harness)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    harness.run()
    assert [row.waits for row in harness.rows().values()] == [False, True]
    master.fill(ticket)
    harness.run()
    assert [row.waits for row in harness.rows().values()] == [False, False]
    with master.withheld():
        master.close(net, LOT // 4)
    restart(harness)
    assert volumes(harness) == [25, 100]
    assert len(slave.orders) == 3
    assert slave.volume_commands == slave.orders


def test_an_order_of_a_netting_master_that_only_reduced_takes_its_copy_along() -> None:
    harness = a_harness(master_nets=True, pending={"mode": "copy"})
    master, slave = terminals(harness)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT + 1, LOT // 2, 1.2)
    harness.run()
    assert len(slave.pending_orders) == 1
    master.broker.delays_deals = True
    master.fill(ticket)
    harness.run()
    master.report_deals()
    assert master.positions[net].volume == LOT // 2
    harness.run()
    harness.pass_ms(1000)
    assert slave.pending_orders == {}
    assert volumes(harness) == [50]


def test_a_rest_whose_open_part_was_closed_by_hand_has_a_row_that_ends() -> None:
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    copy = only_order(slave)
    slave.fill(copy, LOT // 4)
    master.fill(ticket, LOT // 2)
    harness.run()
    slave.close(copy)
    harness.run()
    master.delete(ticket)
    harness.run()
    harness.pass_ms(3000)
    assert slave.pending_orders == {}
    assert {status for status, _ in harness.statuses()} == {"closed"}


def opened_while_blocked(*blocking: Action) -> EngineHarness:
    """The master's order fills, its copy is deleted, and the opening that follows finds these actions in flight."""
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    slave.blocking = list(blocking)
    master.fill(ticket)
    harness.run()
    return harness


@pytest.mark.parametrize("action", [Action.PLACE, Action.SET_ORDER, Action.DELETE])
def test_an_opening_blocked_by_the_end_of_its_own_pending_order_is_sent_again_while_fresh(action: Action) -> None:
    harness = opened_while_blocked(action, action, action)
    assert volumes(harness) == []
    harness.pass_ms(1000)
    assert volumes(harness) == [100]
    assert harness.statuses() == [("open", None)]


def test_an_opening_whose_pending_order_never_ends_is_given_up_when_it_is_too_old_and_asked_about_ever_less_often() -> None:
    harness = opened_while_blocked(*[Action.DELETE] * 1000)
    _, slave = terminals(harness)
    asked = len(slave.heard)
    harness.pass_ms(60_000)
    assert len(slave.heard) - asked < 40
    slave.blocking = []
    harness.pass_ms(5000)
    assert volumes(harness) == []
    assert harness.statuses() == [("skipped", "out_of_sync")]


def test_an_opening_blocked_by_an_opening_is_not_sent_again() -> None:
    harness = opened_while_blocked(Action.OPEN, Action.DELETE)
    _, slave = terminals(harness)
    harness.pass_ms(10_000)
    assert [command.action for command in slave.orders] == [Action.PLACE]
    assert harness.statuses() == [("skipped", "out_of_sync")]


def test_a_copy_of_which_only_a_row_from_before_its_opening_is_left_keeps_its_copy_ratio() -> None:
    harness = a_harness(pending={"mode": "at_market"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    written = len(harness.journal)
    master.fill(ticket)
    harness.run()
    master.close(ticket, LOT // 2)
    harness.run()
    assert volumes(harness) == [50]
    slave.relabel(next(iter(slave.positions)), "from #1")
    harness.journal = harness.journal[:written]
    restart(harness)
    assert volumes(harness) == [50]
    master.close(ticket, LOT // 4)
    harness.run()
    assert volumes(harness) == [25]


def test_an_order_that_its_broker_places_late_goes_though_nobody_remembers_it() -> None:
    harness = a_harness(pending={"mode": "copy"})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    late = slave.hide_order(only_order(slave))
    master.delete(ticket)
    harness.run()
    harness.journal.clear()
    restart(harness)
    slave.report(slave.show_order(late))
    harness.run()
    assert slave.pending_orders == {}


def test_the_comment_ratio_of_a_copys_order_counts_more_than_an_older_row() -> None:
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"}, sizing={"mode": "formula", "expression": LESS})
    master, slave = terminals(harness)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    harness.run()
    written = len(harness.journal)
    master.fill(ticket, LOT // 2)
    master.delete(ticket)
    harness.run()
    harness.pass_ms(1000)
    assert volumes(harness) == [50]
    harness.journal = harness.journal[:written]
    restart(harness)
    assert volumes(harness) == [50]
    assert len(slave.orders) == 2
    assert slave.volume_commands == slave.orders
