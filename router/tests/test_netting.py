"""Netting accounts behind the router: whose a position is outlives restarts and lost rows."""

import pytest

from lockstep_core.wire.enums import Action
from tests.simulation.broker_data import TradeRequest

from .engine_harness import EngineHarness, a_harness, restart, volumes
from .terminals import LOT, InstantTerminal

HAND = 4711


def settle(harness: EngineHarness) -> None:
    harness.run()
    harness.pass_ms(300)


def test_an_allocation_whose_last_row_was_never_written_is_known_from_the_terminal() -> None:
    harness = a_harness(slave_nets=True)
    first, _ = harness.master.open(LOT), harness.master.open(LOT // 2)
    settle(harness)
    written = len(harness.journal)
    harness.master.close(first, LOT // 2)
    settle(harness)
    assert volumes(harness) == [100]
    restart(harness, unwritten=len(harness.journal) - written)
    assert volumes(harness) == [100]
    harness.master.close(first)
    settle(harness)
    assert volumes(harness) == [50]


def sell_as_much_by_hand(slave: InstantTerminal, request: TradeRequest) -> None:
    """The owner sells as much just before a request is filled, so that the net position ends where it was."""
    slave.broker.open_by_hand(request.symbol, 1, request.volume, 0.0, 0.0, HAND)


def test_an_opening_is_not_repeated_where_its_user_traded_it_back_at_the_same_moment() -> None:
    harness = a_harness(slave_nets=True)
    harness.slave.broker.before_request = lambda request: sell_as_much_by_hand(harness.slave, request)
    harness.master.open(LOT)
    settle(harness)
    harness.pass_ms(10_000)
    assert len(harness.slave.orders) == 1
    assert harness.slave.volume_commands == harness.slave.orders


def test_an_opening_that_never_reached_its_broker_is_asked_about_and_given_up() -> None:
    harness = a_harness(slave_nets=True)
    harness.slave.lost = {Action.SET_NET}
    harness.master.open(LOT)
    settle(harness)
    harness.pass_ms(20_000)
    assert Action.QUERY in harness.slave.heard
    assert harness.statuses() == [("skipped", "out_of_sync")]


def test_what_was_unresolved_and_not_refused_is_not_called_rejected() -> None:
    harness = a_harness(slave_nets=True)
    harness.slave.lost = {Action.SET_NET}
    ticket = harness.master.open(LOT)
    settle(harness)
    harness.pass_ms(16_000)
    harness.master.close(ticket)
    harness.slave.open(LOT, magic=HAND)
    settle(harness)
    assert "rejected" not in {status for status, _ in harness.statuses()}


def test_the_only_allocation_left_gets_its_stops_back() -> None:
    harness = a_harness(slave_nets=True)
    harness.master.open(LOT, sl=1.05)
    other = harness.master.open(LOT, side=1)
    settle(harness)
    assert volumes(harness) == []
    harness.master.close(other)
    settle(harness)
    harness.pass_ms(3000)
    assert [(position.volume, position.sl) for position in harness.slave.positions.values()] == [(LOT, 1.05)]


def test_a_master_that_turned_while_the_router_was_away_is_not_the_trade_that_was_copied() -> None:
    harness = a_harness(master_nets=True)
    harness.master.open(LOT)
    settle(harness)
    with harness.master.withheld():
        harness.master.open(2 * LOT, side=1)
    restart(harness)
    assert 100 not in volumes(harness)


def test_copies_are_over_when_their_user_flattens_the_position_they_share() -> None:
    harness = a_harness(slave_nets=True)
    harness.master.open(LOT)
    harness.master.open(LOT // 2)
    settle(harness)
    (net,) = harness.slave.positions
    harness.slave.close(net)
    settle(harness)
    assert {status for status, _ in harness.statuses()} == {"closed"}


@pytest.mark.parametrize(("age_ms", "open_lots"), [(1_000, [50, 100]), (30_000, [100])])
def test_what_a_netting_master_added_while_the_router_was_away_is_copied_while_it_is_fresh(
    age_ms: int, open_lots: list[int]
) -> None:
    harness = a_harness(master_nets=True)
    harness.master.open(LOT)
    settle(harness)
    harness.pass_ms(60_000 - age_ms)
    with harness.master.withheld():
        harness.master.open(LOT // 2)
    harness.pass_ms(age_ms)
    restart(harness)
    assert volumes(harness) == open_lots
    statuses = sorted(harness.statuses())
    assert statuses[0] == ("open", None)
    assert statuses[1] in (("open", None), ("skipped", "out_of_sync"))
