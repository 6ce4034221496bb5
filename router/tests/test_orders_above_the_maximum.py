"""A copy above the greatest order of the slave's broker is opened in several orders, each a part with a link of its own."""

from typing import Any

import msgspec
import pytest

from lockstep_core.books.links import link_id

from .engine_harness import COPIER, EngineHarness, a_harness, restart, volumes
from .terminals import LOT, symbol

KINDS = pytest.mark.parametrize("slave_nets", [False, True])


def most(harness: EngineHarness, largest: int = LOT, smallest: int = LOT // 100) -> None:
    """The slave's broker takes so many lots in one order at most."""
    listed = msgspec.structs.replace(symbol(smallest=smallest), volume_max=largest)
    harness.slave.list_symbols(listed)
    harness.slave.snapshot()
    harness.pass_ms(1500)


def above(largest: int = LOT, smallest: int = LOT // 100, **given: Any) -> EngineHarness:
    harness = a_harness(**given)
    most(harness, largest, smallest)
    return harness


def lots_sent(harness: EngineHarness) -> list[int]:
    return [abs(command.volume - command.expected) * 100 // LOT for command in harness.slave.orders]


@KINDS
def test_parts_are_as_large_as_an_order_can_be_and_add_up_to_what_is_wanted(slave_nets: bool) -> None:
    harness = above(slave_nets=slave_nets)
    ticket = harness.master.open(5 * LOT // 2)
    harness.pass_ms(500)
    assert lots_sent(harness) == [100, 100, 50]
    assert [command.link for command in harness.slave.orders] == [link_id(COPIER, ticket, part) for part in range(3)]
    assert sum(volumes(harness)) == 250
    assert sorted((row.part, row.status, row.open_lots) for row in harness.rows().values()) == [
        (0, "open", LOT),
        (1, "open", LOT),
        (2, "open", LOT // 2),
    ]
    harness.master.close(ticket)
    harness.pass_ms(500)
    assert volumes(harness) == []
    assert {status for status, _ in harness.statuses()} == {"closed"}


def test_all_parts_leave_before_the_first_is_answered() -> None:
    harness = above()
    harness.slave.broker.holds = True
    harness.master.open(5 * LOT // 2)
    harness.run()
    assert lots_sent(harness) == [100, 100, 50]


def test_parts_whose_lots_depend_on_the_price_ask_for_it_once() -> None:
    harness = above(sizing={"mode": "risk_amount", "amount": "2500"})
    harness.slave.broker.holds = True
    harness.master.open(LOT, sl=1.09)
    harness.run()
    assert harness.slave.asked == ["EURUSD"]
    assert lots_sent(harness) == [100, 100, 50]


def test_no_part_is_below_the_smallest_order() -> None:
    harness = above(smallest=LOT // 10)
    harness.master.open(205 * LOT // 100)
    harness.pass_ms(500)
    assert lots_sent(harness) == [100, 95, 10]


def test_a_copier_that_cuts_opens_one_order() -> None:
    harness = above(limits={"above_broker_maximum": "cut"})
    harness.master.open(5 * LOT // 2)
    harness.pass_ms(500)
    assert volumes(harness) == [100]


@KINDS
@pytest.mark.parametrize("unwritten", [False, True])
@pytest.mark.parametrize("reached", [1, 2, 3])
def test_a_router_that_ends_between_two_parts_doubles_none_and_loses_none(
    slave_nets: bool, unwritten: bool, reached: int
) -> None:
    harness = above(slave_nets=slave_nets)
    written = len(harness.journal)
    ticket = harness.master.open(5 * LOT // 2)
    while len(harness.slave.orders) < reached:
        harness.pass_ms(10, step_ms=10)
    restart(harness, unwritten=len(harness.journal) - written if unwritten else 0)
    harness.pass_ms(1000)
    assert sum(volumes(harness)) == 250
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == []


@KINDS
@pytest.mark.parametrize("unwritten", [False, True])
def test_what_the_first_router_did_not_send_is_sent_by_the_next(slave_nets: bool, unwritten: bool) -> None:
    """Of three commands only the first came to the terminal, and then the router ended."""
    harness = above(slave_nets=slave_nets)
    written, commands = len(harness.journal), [0]

    def first_alone(terminal: object, message: bytes) -> bool:
        if terminal is not harness.slave or b"EURUSD" not in message:
            return True
        commands[0] += 1
        return commands[0] == 1

    harness.to_terminal = first_alone
    ticket = harness.master.open(5 * LOT // 2)
    harness.run()
    assert volumes(harness) == [100]
    harness.to_terminal = lambda _terminal, _message: True
    restart(harness, unwritten=len(harness.journal) - written if unwritten else 0)
    harness.pass_ms(6000)
    assert sum(volumes(harness)) == 250
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == []


def test_lost_answers_double_nothing() -> None:
    harness = above()
    harness.to_router = lambda terminal, _message: terminal is not harness.slave
    harness.master.open(5 * LOT // 2)
    harness.pass_ms(2500)
    harness.to_router = lambda _terminal, _message: True
    harness.pass_ms(20_000)
    assert sum(volumes(harness)) == 250
    assert len(harness.slave.positions) == 3


def test_a_snapshot_in_between_changes_nothing() -> None:
    harness = above()
    harness.slave.broker.holds = True
    harness.master.open(5 * LOT // 2)
    harness.run()
    harness.slave.release()
    harness.slave.snapshot()
    harness.master.snapshot()
    harness.pass_ms(300)
    harness.slave.release()
    harness.slave.release()
    harness.slave.broker.holds = False
    harness.pass_ms(1000)
    assert sorted(volumes(harness)) == [50, 100, 100]
    assert len(harness.slave.orders) == 3


@pytest.mark.parametrize("refused", [0, 1, 2])
def test_a_part_that_is_refused_for_good_is_not_tried_by_another(refused: int) -> None:
    harness = above()
    requests = [0]

    def refuse(_request: object) -> None:
        if requests[0] == refused:
            harness.slave.refusals = [10014]
        requests[0] += 1

    harness.slave.broker.before_request = refuse
    ticket = harness.master.open(5 * LOT // 2)
    harness.pass_ms(3000)
    assert sum(volumes(harness)) == (200 if refused == 2 else 150)
    assert len(harness.slave.orders) == 3
    assert {row.status for row in harness.rows().values() if row.part == refused} == {"rejected"}
    restart(harness)
    harness.pass_ms(1000)
    assert sum(volumes(harness)) == (200 if refused == 2 else 150)
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == []


def test_a_part_that_is_refused_for_a_moment_is_tried_again() -> None:
    harness = above()
    harness.slave.refusals = [10004]
    harness.master.open(5 * LOT // 2)
    harness.pass_ms(3000)
    assert sorted(volumes(harness)) == [50, 100, 100]


@KINDS
def test_partial_closes_take_from_the_last_part_first(slave_nets: bool) -> None:
    harness = above(slave_nets=slave_nets)
    ticket = harness.master.open(5 * LOT // 2)
    harness.pass_ms(500)
    held = []
    for lots in (20, 60, 100):
        harness.master.close(ticket, lots * LOT // 100)
        harness.pass_ms(1000)
        held.append(sorted(row.open_lots * 100 // LOT for row in harness.rows().values() if row.status == "open"))
    assert held == [[30, 100, 100], [70, 100], [70]]
    restart(harness)
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == []


def test_an_order_that_fills_further_is_split_further() -> None:
    harness = above()
    ticket = harness.master.open(3 * LOT // 2)
    harness.pass_ms(500)
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    assert sorted(volumes(harness)) == [50, 100, 100]
    harness.master.add(ticket, 2 * LOT)
    harness.pass_ms(500)
    assert sum(volumes(harness)) == 450
    assert max(volumes(harness)) == 100
    harness.master.close(ticket, 9 * LOT // 4)
    harness.pass_ms(1000)
    assert sum(volumes(harness)) == 225


def test_stops_go_to_every_part() -> None:
    harness = above()
    ticket = harness.master.open(5 * LOT // 2, sl=1.05)
    harness.pass_ms(500)
    assert {position.sl for position in harness.slave.positions.values()} == {1.05}
    harness.master.set_stops(ticket, 1.06, 1.2)
    harness.pass_ms(1000)
    assert {(position.sl, position.tp) for position in harness.slave.positions.values()} == {(1.06, 1.2)}


def test_limits_of_the_account_are_decided_for_the_whole() -> None:
    harness = above(limits={"max_total_lots": "2.00"})
    harness.master.open(5 * LOT // 2)
    harness.pass_ms(500)
    assert volumes(harness) == []
    assert harness.statuses() == [("waiting", "too_many_lots")]


@pytest.mark.parametrize("limit", ["max_open_positions", "max_open_positions_per_symbol", "max_open_positions_per_side"])
@pytest.mark.parametrize("in_flight", [False, True])
def test_a_trade_in_parts_is_one_position_for_limits(limit: str, in_flight: bool) -> None:
    harness = above(limits={limit: 2})
    harness.slave.broker.holds = in_flight
    harness.master.open(5 * LOT // 2)
    harness.run()
    harness.master.open(LOT)
    harness.run()
    harness.master.open(LOT)
    harness.run()
    if in_flight:
        harness.slave.broker.holds = False
        for _ in range(4):
            harness.slave.release()
    harness.pass_ms(1000)
    assert sorted(volumes(harness)) == [50, 100, 100, 100]


def test_a_part_whose_first_one_is_closed_counts_itself() -> None:
    harness = above(limits={"max_open_positions": 1})
    harness.master.open(5 * LOT // 2)
    harness.pass_ms(500)
    harness.slave.close(min(harness.slave.positions))
    harness.pass_ms(500)
    harness.master.open(LOT)
    harness.pass_ms(500)
    assert sorted(volumes(harness)) == [50, 100]


def test_a_size_of_its_own_is_split_too_and_not_opened_twice() -> None:
    harness = above(sizing={"mode": "fixed", "lots": "2.50"})
    ticket = harness.master.open(LOT)
    harness.pass_ms(500)
    assert sorted(volumes(harness)) == [50, 100, 100]
    harness.master.add(ticket, LOT)
    harness.pass_ms(500)
    assert sorted(volumes(harness)) == [50, 100, 100]
    harness.master.close(ticket, LOT)
    harness.pass_ms(1000)
    assert sum(volumes(harness)) == 125


@KINDS
def test_a_closing_above_the_greatest_order_is_made_step_by_step(slave_nets: bool) -> None:
    harness = above(2 * LOT, slave_nets=slave_nets)
    ticket = harness.master.open(2 * LOT)
    harness.pass_ms(500)
    most(harness, LOT // 2)
    harness.slave.broker.holds = True
    harness.master.close(ticket)
    held = []
    for _ in range(4):
        harness.pass_ms(2500)
        harness.slave.release()
        harness.run()
        held.append(sum(volumes(harness)))
    assert held == [150, 100, 50, 0]


def test_a_pending_order_is_placed_in_parts() -> None:
    harness = above(pending={"mode": "copy"})
    ticket = harness.master.place(2, 5 * LOT // 2, 1.05)
    harness.pass_ms(500)
    assert sorted(order.volume * 100 // LOT for order in harness.slave.pending_orders.values()) == [50, 100, 100]
    restart(harness)
    harness.pass_ms(500)
    assert len(harness.slave.pending_orders) == 3
    for order in list(harness.slave.pending_orders):
        harness.slave.fill(order)
    harness.pass_ms(300)
    assert sorted(volumes(harness)) == [50, 100, 100]
    harness.master.fill(ticket)
    harness.pass_ms(500)
    assert sorted(volumes(harness)) == [50, 100, 100]
    harness.master.close(ticket, LOT)
    harness.pass_ms(1000)
    assert sum(volumes(harness)) == 150
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == []


def test_a_pending_order_that_the_master_deletes_is_deleted_in_all_parts() -> None:
    harness = above(pending={"mode": "copy"})
    ticket = harness.master.place(2, 5 * LOT // 2, 1.05)
    harness.pass_ms(500)
    harness.master.delete(ticket)
    harness.pass_ms(500)
    assert harness.slave.pending_orders == {}
    assert volumes(harness) == []
