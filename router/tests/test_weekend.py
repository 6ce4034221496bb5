"""Nothing is held over the weekend: a timer closes what is open and deletes what waits, and nothing is opened again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.plan import Copier

from .engine_harness import MASTER, MS, SLAVE, USER, EngineHarness, a_harness, copier, volumes
from .terminals import LOT, UTC_NS

CLOSES = datetime(2026, 2, 27, 22, tzinfo=UTC)
"""A Friday, 17:00 in New York."""
WEEKEND: dict[str, Any] = {"filters": {"weekend": {}}, "pending": {"mode": "copy"}}


def wait_until(harness: EngineHarness, at: datetime) -> None:
    harness.now_ns = round(at.timestamp()) * 1_000_000_000 - UTC_NS
    harness.pass_ms(3_000)


def before_it(**more: Any) -> EngineHarness:
    harness = a_harness(**{**WEEKEND, **more})
    wait_until(harness, CLOSES.replace(hour=21, minute=30))
    return harness


@pytest.mark.parametrize("slave_nets", [False, True])
def test_what_is_open_is_closed_in_time_and_not_opened_again(slave_nets: bool) -> None:
    harness = before_it(slave_nets=slave_nets)
    harness.master.open(LOT)
    harness.run()
    wait_until(harness, CLOSES.replace(hour=21, minute=44, second=50))
    assert volumes(harness) == [100]
    harness.pass_ms(10_000)
    assert volumes(harness) == []
    assert harness.statuses() == [("closed", "weekend")]
    wait_until(harness, datetime(2026, 3, 1, 22, 5, tzinfo=UTC))
    assert volumes(harness) == []
    harness.master.open(LOT)
    harness.run()
    assert volumes(harness) == [100]


def test_pending_orders_are_deleted_in_time() -> None:
    harness = before_it()
    harness.master.place(2, LOT, 0.9)
    harness.run()
    assert len(harness.slave.pending_orders) == 1
    wait_until(harness, CLOSES.replace(hour=21, minute=45))
    assert not harness.slave.pending_orders


def test_nothing_is_opened_meanwhile() -> None:
    harness = before_it()
    wait_until(harness, CLOSES)
    harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("skipped", "weekend")]
    (row,) = harness.rows().values()
    assert row.params == {"symbol": "EURUSD", "until": "2026-03-01 17:00", "zone": "America/New_York"}


def test_what_was_open_while_the_router_was_away_is_closed_by_the_next() -> None:
    harness = before_it()
    harness.master.open(LOT)
    harness.run()
    known = harness.known()
    harness.now_ns += 3_600_000 * MS
    harness.start_router(*known)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(3_000)
    assert volumes(harness) == []


def test_the_weekend_goes_by_the_brokers_clock_where_its_user_wants_that() -> None:
    weekend = {"closes_at": "00:00", "closes_on": "sat", "opens_on": "mon", "opens_at": "00:00", "time_zone": "broker"}
    harness = before_it(filters={"weekend": weekend})
    harness.master.open(LOT)
    harness.run()
    figures = harness.engine.accounts[SLAVE].figures
    assert figures is not None
    offset_ms = figures.utc_offset_ms or 0
    closes_s = round(datetime(2026, 2, 28, tzinfo=UTC).timestamp()) - offset_ms // 1000 - 15 * 60
    wait_until(harness, datetime.fromtimestamp(closes_s - 10, UTC))
    assert volumes(harness) == [100]
    wait_until(harness, datetime.fromtimestamp(closes_s + 1, UTC))
    assert volumes(harness) == []


OTHER_MASTER, OTHER = UUID(int=3), UUID("bbbbbbbb-0000-0000-0000-000000000001")


def resting(whole_account: bool) -> Copier:
    return copier({"sizing": {"mode": "none"}, "filters": {"weekend": {"whole_account": whole_account}}})


def tireless() -> Copier:
    """A copier of another master to the same slave, without a weekend rule."""
    return Copier(OTHER, USER, OTHER_MASTER, SLAVE, CopierMode("on"), parse_settings({"sizing": {"mode": "none"}}))


def two_of_one_account(whole_account: bool) -> EngineHarness:
    harness = EngineHarness(resting(whole_account), tireless())
    wait_until(harness, CLOSES.replace(hour=21, minute=30))
    for number in (MASTER, OTHER_MASTER):
        harness.terminals[number].open(LOT)
    harness.run()
    assert volumes(harness) == [100, 100]
    return harness


@pytest.mark.parametrize(("whole_account", "left"), [(True, []), (False, [100])])
def test_a_weekend_of_the_whole_account_is_every_copiers(whole_account: bool, left: list[int]) -> None:
    harness = two_of_one_account(whole_account)
    wait_until(harness, CLOSES.replace(hour=21, minute=45))
    assert volumes(harness) == left
    harness.terminals[OTHER_MASTER].open(LOT)
    harness.run()
    assert volumes(harness) == left * 2
    wait_until(harness, datetime(2026, 3, 1, 22, 5, tzinfo=UTC))
    harness.terminals[OTHER_MASTER].open(LOT)
    harness.run()
    assert volumes(harness) == [*(left * 2), 100]


def test_an_account_that_is_to_rest_from_now_on_rests_in_the_midst_of_its_weekend() -> None:
    harness = two_of_one_account(whole_account=False)
    wait_until(harness, CLOSES)
    assert volumes(harness) == [100]
    harness.change_plan(resting(whole_account=True), tireless())
    harness.pass_ms(3_000)
    assert volumes(harness) == []
