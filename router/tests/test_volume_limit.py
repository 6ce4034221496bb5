"""Brokers that limit the lots of a symbol in one direction: copies are cut to what is left of it, or wait for room."""

from typing import Any

import msgspec
import pytest

from lockstep_router.execution import decision_context

from .engine_harness import EngineHarness, a_harness, volumes
from .terminals import LOT, symbol

KINDS = pytest.mark.parametrize("slave_nets", [False, True])


def limited(lots: int = 2 * LOT, largest: int = 100 * LOT, **given: Any) -> EngineHarness:
    """The slave's broker takes so many lots in one direction, and in one order."""
    harness = a_harness(**given)
    harness.slave.list_symbols(msgspec.structs.replace(symbol(), volume_limit=lots, volume_max=largest))
    harness.slave.snapshot()
    harness.pass_ms(300)
    return harness


def refused(harness: EngineHarness) -> int:
    return sum(harness.slave.broker.refused.values())


@KINDS
def test_a_copy_is_cut_to_what_the_broker_takes_and_keeps_its_share(slave_nets: bool) -> None:
    harness = limited(slave_nets=slave_nets)
    ticket = harness.master.open(4 * LOT)
    harness.pass_ms(300)
    assert volumes(harness) == [200]
    harness.master.close(ticket, 2 * LOT)
    harness.pass_ms(300)
    assert volumes(harness) == [100]
    assert refused(harness) == 0


@KINDS
def test_an_opening_waits_and_goes_on_when_a_position_of_its_slave_closes(slave_nets: bool) -> None:
    harness = limited(slave_nets=slave_nets)
    first = harness.master.open(2 * LOT)
    harness.pass_ms(300)
    harness.master.open(LOT)
    harness.pass_ms(300)
    assert ("waiting", "volume_limit") in harness.statuses()
    harness.master.close(first)
    harness.pass_ms(300)
    assert volumes(harness) == [100]
    assert refused(harness) == 0


def test_an_opening_that_waited_for_too_long_is_skipped_for_what_it_waited_for() -> None:
    harness = limited()
    harness.master.open(2 * LOT)
    harness.pass_ms(300)
    harness.master.open(LOT)
    harness.pass_ms(7_000, 500)
    assert ("skipped", "volume_limit") in harness.statuses()
    assert refused(harness) == 0


def test_openings_under_way_count_before_the_broker_shows_them() -> None:
    harness = limited()
    harness.slave.broker.holds = True
    harness.master.open(3 * LOT // 2)
    harness.master.open(LOT)
    harness.run()
    assert [command.volume for command in harness.slave.orders] == [3 * LOT // 2, LOT // 2]


def test_openings_under_way_that_are_not_counted_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_context, "with_opening", lambda exposure, *_: exposure)
    harness = limited()
    harness.slave.broker.holds = True
    harness.master.open(3 * LOT // 2)
    harness.master.open(LOT)
    harness.run()
    assert [command.volume for command in harness.slave.orders] == [3 * LOT // 2, LOT]


def test_orders_of_a_split_copy_fill_the_limit_together() -> None:
    harness = limited(lots=5 * LOT // 2, largest=LOT)
    harness.master.open(4 * LOT)
    harness.pass_ms(500)
    assert volumes(harness) == [50, 100, 100]
    assert refused(harness) == 0


def test_a_limit_that_is_lowered_while_connected_counts_for_the_next_opening() -> None:
    harness = limited(lots=0)
    harness.master.open(2 * LOT)
    harness.pass_ms(300)
    harness.slave.list_symbols(msgspec.structs.replace(symbol(), volume_limit=5 * LOT // 2))
    harness.slave.snapshot()
    harness.pass_ms(300)
    harness.master.open(2 * LOT)
    harness.pass_ms(300)
    assert volumes(harness) == [50, 200]


def test_on_a_netting_account_room_is_left_to_close_the_copies_of_the_other_direction() -> None:
    harness = limited(slave_nets=True)
    harness.master.open(LOT + LOT // 2, side=1)
    bought = harness.master.open(LOT // 2)
    harness.pass_ms(300)
    assert volumes(harness) == [-100]
    harness.master.open(LOT, side=1)
    harness.pass_ms(300)
    assert volumes(harness) == [-150], "of one lot, half a lot: closing what was bought takes the other half"
    harness.master.close(bought)
    harness.pass_ms(300)
    assert volumes(harness) == [-200]
    assert refused(harness) == 0
