"""Pending orders behind the router: each has a row that says how it stands, and none becomes two positions."""

import msgspec
import pytest

from lockstep_core.wire.frames import Action, DealEntry

from .full_terminals import FullTerminal
from .terminals import LOT, Held
from .test_whole_engine import a_world, volumes
from .worlds import World

BUY_LIMIT = 2
LESS = "providerVolume > 0.5 ? 0.3 : providerVolume"


def terminals(world: World) -> tuple[FullTerminal, FullTerminal]:
    master, slave = world.master, world.slave
    assert isinstance(master, FullTerminal)
    assert isinstance(slave, FullTerminal)
    return master, slave


def only_order(terminal: FullTerminal) -> int:
    return next(iter(terminal.waiting))


def restart(world: World, unwritten: int = 0) -> None:
    world.start_router(*world.known(unwritten))
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(3000)


def fill_part(terminal: FullTerminal, ticket: int, lots: int) -> None:
    """A part of an order becomes a position; the rest waits."""
    order = terminal.waiting[ticket]
    left = msgspec.structs.replace(order, left=order.left - lots)
    terminal.waiting[ticket] = left
    terminal.tell(left)
    terminal.held[ticket] = Held(ticket, "EURUSD", 0, lots, 0.0, 0.0, order.magic, order.comment, terminal.now_ns)
    terminal.tell(terminal._deal(terminal.held[ticket], DealEntry.IN, lots, ticket))


def test_a_copy_that_is_gone_unfilled_is_closed_though_its_master_filled() -> None:
    world = a_world(pending={"mode": "copy"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    master.fill(ticket)
    world.run()
    slave.gone(only_order(slave))
    world.run()
    assert [status for status, _ in world.statuses()] == ["closed"]


def test_an_order_whose_row_was_never_written_gets_one() -> None:
    world = a_world(pending={"mode": "copy"})
    master, slave = terminals(world)
    written = len(world.journal)
    master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    world.journal = world.journal[:written]
    restart(world)
    assert len(slave.waiting) == 1
    assert [status for status, _ in world.statuses()] == ["sent"]


def test_a_copy_that_fills_is_not_opened_at_market_too() -> None:
    world = a_world(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    order = slave.gone(only_order(slave), 0)
    master.fill(ticket)
    world.run()
    assert [command.action for command in slave.orders] == [Action.PLACE]
    slave.become(order)
    world.run()
    world.pass_ms(3000)
    assert [command.action for command in slave.orders] == [Action.PLACE]
    assert volumes(world) == [100]


def test_the_rest_of_a_copy_goes_with_the_rest_of_its_master() -> None:
    world = a_world(pending={"mode": "copy"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    fill_part(slave, only_order(slave), LOT // 4)
    fill_part(master, ticket, LOT // 2)
    world.run()
    assert len(slave.waiting) == 1
    master.gone(ticket)
    world.run()
    world.pass_ms(1000)
    assert slave.waiting == {}
    assert volumes(world) == [25]


def test_a_retry_that_is_too_late_is_not_left_as_sent() -> None:
    world = a_world(pending={"mode": "at_market"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    slave.reject = [10031] * 10
    fill_part(master, ticket, LOT // 2)
    world.run()
    world.pass_ms(200)
    master.close(ticket)
    world.run()
    world.pass_ms(3000)
    assert "sent" not in {status for status, _ in world.statuses()}


def test_a_netting_masters_order_that_waits_is_no_leg_of_its_position() -> None:
    world = a_world(master_nets=True, pending={"mode": "skip"})
    master, slave = terminals(world)
    master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    world.pass_ms(6000)
    world.start_router(*world.known())
    master.open(LOT // 2)
    world.now_ns += 10_000_000_000
    for terminal in world.terminals.values():
        terminal.now_ns = world.now_ns
        world.connect(terminal)
    world.pass_ms(3000)
    assert slave.orders == []


def test_a_netting_masters_order_that_was_deleted_while_the_router_was_away_is_no_leg_of_its_position() -> None:
    world = a_world(master_nets=True, pending={"mode": "skip"}, max_signal_age_ms=600_000)
    master, slave = terminals(world)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    world.run()
    master.first_ticket += 1
    master.held[net].volume += LOT
    master.tell(master._deal(master.held[net], DealEntry.IN, LOT, master.first_ticket))
    world.run()
    del master.waiting[ticket]
    restart(world)
    assert volumes(world) == [100, 100]
    assert len(slave.orders) == 2


@pytest.mark.parametrize("parts", [(LOT // 2,), (LOT // 4, LOT // 4)])
def test_what_a_skipped_order_adds_to_a_netting_masters_position_is_not_copied(parts: tuple[int, ...]) -> None:
    world = a_world(master_nets=True, pending={"mode": "skip"}, max_signal_age_ms=600_000)
    master, slave = terminals(world)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    world.run()
    for part in parts:
        master.held[net].volume += part
        master.tell(master._deal(master.held[net], DealEntry.IN, part, ticket))
    master.gone(ticket, 0)
    world.run()
    restart(world)
    assert volumes(world) == [100]
    assert len(slave.orders) == 1


def test_what_a_skipped_order_became_is_not_copied_by_a_router_that_begins_anew() -> None:
    world = a_world(pending={"mode": "skip"}, max_signal_age_ms=600_000)
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    world.run()
    master.fill(ticket)
    world.run()
    restart(world)
    assert slave.orders == []
    assert world.statuses() == [("skipped", "pending_skipped")]


def test_a_netting_masters_order_that_filled_is_still_a_leg_after_a_restart() -> None:
    world = a_world(master_nets=True, pending={"mode": "at_market"}, max_signal_age_ms=600_000)
    master, slave = terminals(world)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT, LOT // 2, 1.09)
    world.run()
    assert [row.waits for row in world.rows().values()] == [False, True]
    master.gone(ticket, 0)
    master.held[net].volume += LOT // 2
    master.tell(master._deal(master.held[net], DealEntry.IN, LOT // 2, ticket))
    world.run()
    assert [row.waits for row in world.rows().values()] == [False, False]
    master.held[net].volume -= LOT // 4
    restart(world)
    assert volumes(world) == [25, 100]
    assert len(slave.orders) == 3


def test_an_order_of_a_netting_master_that_only_reduced_takes_its_copy_along() -> None:
    world = a_world(master_nets=True, pending={"mode": "copy"})
    master, slave = terminals(world)
    net = master.open(LOT)
    ticket = master.place(BUY_LIMIT + 1, LOT // 2, 1.2)
    world.run()
    assert len(slave.waiting) == 1
    master.gone(ticket, 0)
    world.run()
    master.held[net].volume = LOT // 2
    master.tell(master._deal(master.held[net], DealEntry.OUT, LOT // 2, ticket))
    world.run()
    world.pass_ms(1000)
    assert slave.waiting == {}
    assert volumes(world) == [50]


def test_a_rest_whose_open_part_was_closed_by_hand_has_a_row_that_ends() -> None:
    world = a_world(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    mine = only_order(slave)
    fill_part(slave, mine, LOT // 4)
    fill_part(master, ticket, LOT // 2)
    world.run()
    slave.close(mine)
    world.run()
    master.gone(ticket)
    world.run()
    world.pass_ms(3000)
    assert slave.waiting == {}
    assert {status for status, _ in world.statuses()} == {"closed"}


def opened_while_barred(*barring: Action) -> World:
    """The master's order fills, its copy is deleted, and the opening that follows meets what its terminal has under way."""
    world = a_world(pending={"mode": "copy", "when_filled": "market"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    slave.barring = list(barring)
    master.fill(ticket)
    world.run()
    return world


@pytest.mark.parametrize("action", [Action.PLACE, Action.SET_ORDER, Action.DELETE])
def test_an_opening_that_meets_the_end_of_its_own_pending_order_goes_out_again_while_it_is_fresh(action: Action) -> None:
    world = opened_while_barred(action, action, action)
    assert volumes(world) == []
    world.pass_ms(1000)
    assert volumes(world) == [100]
    assert world.statuses() == [("open", None)]


def test_an_opening_whose_pending_order_never_ends_is_given_up_when_it_is_too_old_and_asked_about_ever_less_often() -> None:
    world = opened_while_barred(*[Action.DELETE] * 1000)
    _, slave = terminals(world)
    asked = len(slave.heard)
    world.pass_ms(60_000)
    assert len(slave.heard) - asked < 40
    slave.barring = []
    world.pass_ms(5000)
    assert volumes(world) == []
    assert world.statuses() == [("skipped", "out_of_sync")]


def test_an_opening_that_meets_an_opening_is_not_sent_again() -> None:
    world = opened_while_barred(Action.OPEN, Action.DELETE)
    _, slave = terminals(world)
    world.pass_ms(10_000)
    assert [command.action for command in slave.orders] == [Action.PLACE]
    assert world.statuses() == [("skipped", "out_of_sync")]


def test_a_copy_of_which_only_a_row_from_before_its_opening_is_left_keeps_the_share_that_it_has() -> None:
    world = a_world(pending={"mode": "at_market"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    written = len(world.journal)
    master.fill(ticket)
    world.run()
    master.close(ticket, LOT // 2)
    world.run()
    assert volumes(world) == [50]
    next(iter(slave.held.values())).comment = "from #1"
    world.journal = world.journal[:written]
    restart(world)
    assert volumes(world) == [50]
    master.close(ticket, LOT // 4)
    world.run()
    assert volumes(world) == [25]


def test_an_order_that_its_broker_places_late_goes_though_nobody_remembers_it() -> None:
    world = a_world(pending={"mode": "copy"})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    late = slave.waiting.pop(only_order(slave))
    master.gone(ticket)
    world.run()
    world.journal.clear()
    restart(world)
    slave.waiting[late.ticket] = late
    slave.tell(late)
    world.run()
    assert slave.waiting == {}


def test_what_the_order_of_a_copy_says_of_its_share_counts_more_than_an_older_row() -> None:
    world = a_world(pending={"mode": "copy", "when_filled": "market"}, sizing={"mode": "formula", "expression": LESS})
    master, slave = terminals(world)
    ticket = master.place(BUY_LIMIT, LOT, 1.09)
    world.run()
    written = len(world.journal)
    fill_part(master, ticket, LOT // 2)
    master.gone(ticket)
    world.run()
    world.pass_ms(1000)
    assert volumes(world) == [50]
    world.journal = world.journal[:written]
    restart(world)
    assert volumes(world) == [50]
    assert len(slave.orders) == 2
