"""A copy that was open for its longest life is closed, by a timer of its own."""

from .engine_harness import a_harness
from .terminals import LOT


def test_a_copy_is_closed_when_its_life_is_over_and_is_not_opened_again() -> None:
    harness = a_harness(limits={"max_position_minutes": 1})
    harness.master.open(LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    harness.pass_ms(59_000)
    assert len(harness.slave.positions) == 1
    harness.pass_ms(2_000)
    assert len(harness.slave.positions) == 0
    harness.pass_ms(120_000)
    assert (len(harness.slave.positions), len(harness.master.positions)) == (0, 1)
    assert harness.statuses() == [("closed", "life_over")]


def test_a_router_that_starts_anew_counts_on() -> None:
    harness = a_harness(limits={"max_position_minutes": 1})
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(40_000)
    harness.start_router(*harness.known())
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(15_000)
    assert len(harness.slave.positions) == 1
    harness.pass_ms(8_000)
    assert len(harness.slave.positions) == 0
