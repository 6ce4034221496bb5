"""A copy is held for its least time: the master's closing waits, and its row says for how long."""

from typing import Any

import pytest

from .engine_harness import EngineHarness, a_harness, volumes
from .terminals import LOT

LEAST = {"limits": {"min_position_seconds": 60}}


def opened(*, slave_nets: bool = False, **settings: Any) -> tuple[EngineHarness, int]:
    """A harness with one copy, and the ticket of its master."""
    harness = a_harness(slave_nets=slave_nets, **{**LEAST, **settings})
    ticket = harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == [100]
    return harness, ticket


def start_anew(harness: EngineHarness) -> None:
    harness.start_router(*harness.known())
    for terminal in harness.terminals.values():
        harness.connect(terminal)


@pytest.mark.parametrize("slave_nets", [False, True])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_it_is_closed_when_its_time_is_over(slave_nets: bool, is_restarted: bool) -> None:
    harness, ticket = opened(slave_nets=slave_nets)
    harness.pass_ms(40_000)
    harness.master.close(ticket)
    harness.run()
    assert harness.statuses() == [("open", "held_too_short")]
    assert [row.params for row in harness.rows().values()] == [{"symbol": "EURUSD", "held": 40, "least": 60}]
    if is_restarted:
        start_anew(harness)
    harness.pass_ms(15_000)
    assert volumes(harness) == [100]
    harness.pass_ms(8_000)
    assert volumes(harness) == []
    assert harness.statuses() == [("closed", None)]


@pytest.mark.parametrize("slave_nets", [False, True])
def test_a_part_is_closed_when_its_time_is_over(slave_nets: bool) -> None:
    harness, ticket = opened(slave_nets=slave_nets)
    harness.pass_ms(10_000)
    harness.master.close(ticket, LOT // 2)
    harness.run()
    assert (volumes(harness), harness.statuses()) == ([100], [("open", "held_too_short")])
    harness.pass_ms(51_000)
    assert (volumes(harness), harness.statuses()) == ([50], [("open", None)])


def test_the_trades_of_a_netting_account_are_each_held_for_their_time() -> None:
    harness, first = opened(slave_nets=True)
    harness.pass_ms(50_000)
    second = harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == [200]
    harness.master.close(first)
    harness.master.close(second)
    harness.run()
    start_anew(harness)
    harness.pass_ms(12_000)
    assert volumes(harness) == [100], "the first is a minute old"
    harness.pass_ms(50_000)
    assert volumes(harness) == []


@pytest.mark.timeout(300)
def test_the_longest_life_of_a_netting_accounts_trade_counts_from_its_opening_after_a_restart() -> None:
    harness = a_harness(slave_nets=True, limits={"max_position_minutes": 60})
    harness.pass_ms(2 * 3_600_000)
    harness.master.open(LOT)
    harness.run()
    start_anew(harness)
    harness.pass_ms(60_000)
    assert volumes(harness) == [100]
    harness.pass_ms(3_600_000)
    assert volumes(harness) == []


def test_a_trade_of_a_netting_account_that_a_snapshot_shows_first_is_no_older_than_its_order() -> None:
    harness, _ = opened(slave_nets=True)
    harness.pass_ms(50_000)
    with harness.slave.withheld():
        second = harness.master.open(LOT)
        harness.run()
    harness.slave.snapshot()
    harness.run()
    harness.master.close(second)
    harness.pass_ms(40_000)
    assert volumes(harness) == [200]
    harness.pass_ms(25_000)
    assert volumes(harness) == [100]
