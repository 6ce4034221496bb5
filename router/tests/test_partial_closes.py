"""What a copy closes by its ratio is rounded once, and no order is sent that its broker must refuse."""

from lockstep_core.wire.enums import Action

from .engine_harness import EngineHarness, a_harness, copier, restart, volumes
from .terminals import LOT, symbol

CENT = LOT // 100


def test_a_reduction_below_the_smallest_volume_waits_and_is_a_part_of_the_next_one() -> None:
    harness = a_harness(sizing={"mode": "multiplier", "factor": "0.3"})
    harness.slave.list_symbols(symbol(smallest=10 * CENT))
    harness.slave.snapshot()
    harness.pass_ms(1500)
    ticket = harness.master.open(LOT)
    harness.run()
    for closed, left in ((10, 30), (20, 30), (10, 18), (10, 18)):
        harness.master.close(ticket, closed * CENT)
        harness.pass_ms(1000)
        assert volumes(harness) == [left]
    assert [command.action for command in harness.slave.volume_commands] == [Action.OPEN, Action.SET_VOLUME]
    harness.master.close(ticket)
    harness.pass_ms(1000)
    assert volumes(harness) == []


def test_the_exact_lots_are_known_after_a_restart() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "multiplier", "factor": "0.15"}}))
    ticket = harness.master.open(LOT // 10)
    harness.run()
    assert [(row.target_lots, row.exact_lots) for row in harness.rows().values()] == [(CENT, "1500000/1")]
    ticket = harness.master.open(LOT // 2)
    harness.run()
    assert volumes(harness) == [1, 7]
    restart(harness)
    harness.master.close(ticket, LOT // 10)
    harness.pass_ms(1000)
    assert volumes(harness) == [1, 6]
    restart(harness)
    harness.master.close(ticket, LOT // 10)
    harness.pass_ms(1000)
    assert volumes(harness) == [1, 4], "0.45 of 0.075 as it was asked for, and not of 0.07"


def test_of_a_netting_slaves_allocation_the_share_is_reckoned_alike() -> None:
    harness = a_harness(slave_nets=True, sizing={"mode": "multiplier", "factor": "0.3"})
    harness.slave.list_symbols(symbol(smallest=10 * CENT))
    harness.slave.snapshot()
    harness.pass_ms(1500)
    ticket = harness.master.open(LOT)
    harness.run()
    for closed, left in ((10, 30), (20, 30), (10, 18)):
        harness.master.close(ticket, closed * CENT)
        harness.pass_ms(1000)
        assert volumes(harness) == [left]
    assert [command.action for command in harness.slave.volume_commands] == [Action.SET_NET, Action.SET_NET]
