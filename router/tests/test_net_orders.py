"""Orders in flight on a netting account: what others trade meanwhile says nothing about them."""

import pytest

from lockstep_core.wire.enums import Action

from .engine_harness import EngineHarness, a_harness
from .terminals import LOT, InstantTerminal

HAND = 4711


def a_slow_harness(is_late: bool = False) -> tuple[EngineHarness, InstantTerminal]:
    """The slave's broker fills orders when the test releases them; `is_late`: nobody hears that they were sent."""
    harness = a_harness(slave_nets=True, max_signal_age_ms=30_000)
    slave = harness.slave
    slave.broker.holds, slave.late = True, is_late
    return harness, slave


def trade_by_hand(slave: InstantTerminal, lots: int) -> None:
    """The slave's owner trades signed lots."""
    slave.open(abs(lots), int(lots < 0), magic=HAND)


def settle(harness: EngineHarness) -> None:
    harness.run()
    harness.pass_ms(300)


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize("traded", [-LOT // 2, -LOT, LOT])
def test_an_opening_in_flight_keeps_its_copy_ratio_whatever_its_user_trades(traded: int, is_late: bool) -> None:
    harness, slave = a_slow_harness(is_late)
    ticket = harness.master.open(LOT)
    settle(harness)
    opening = slave.orders[0]
    trade_by_hand(slave, 2 * traded)
    settle(harness)
    harness.master.close(ticket, LOT * 9 // 10)
    settle(harness)
    slave.release()
    settle(harness)
    harness.pass_ms(3000)
    assert [order.comment for order in slave.orders] == [opening.comment, ""]
    reduction = slave.orders[1]
    assert reduction.volume - reduction.expected == -LOT * 9 // 10


def test_a_reduction_is_still_done_where_its_user_brought_the_net_position_there() -> None:
    harness, slave = a_slow_harness()
    ticket = harness.master.open(LOT)
    settle(harness)
    slave.release()
    settle(harness)
    with slave.withheld() as late:
        trade_by_hand(slave, -LOT // 2)
    harness.master.close(ticket, LOT // 2)
    harness.run()
    assert slave.orders[1:] == []
    slave.report(*late)
    settle(harness)
    assert [(order.expected, order.volume) for order in slave.orders[1:]] == [(LOT // 2, 0)]


def test_an_opening_repeated_to_a_terminal_without_its_broker_may_have_been_sent_before() -> None:
    harness, slave = a_slow_harness(is_late=True)
    ticket = harness.master.open(LOT)
    settle(harness)
    slave.process.connected = False
    harness.pass_ms(3000)
    slave.process.connected = True
    harness.master.close(ticket, LOT // 2)
    settle(harness)
    slave.release()
    settle(harness)
    harness.pass_ms(3000)
    assert slave.heard.count(Action.SET_NET) >= 2
    openings = {command.comment for command in slave.received if command.comment}
    assert openings == {slave.orders[0].comment}, "the opening is never begun anew"
    assert [(order.volume - order.expected) for order in slave.orders] == [LOT, -LOT // 2]
