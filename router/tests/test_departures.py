"""Accounts that leave for the router of another shard: no order is begun, orders in flight may end, and nothing is written
after the release.
"""

from collections.abc import Mapping
from itertools import pairwise
from uuid import UUID

import pytest

from lockstep_core.wire.enums import Action
from lockstep_core.wire.envelope import Refusal
from lockstep_router.engine.departures import AGAIN_NS, DRAIN_NS
from lockstep_router.journal.records import AccountReleased, AccountStateRow, CopyRow, HistoryEvent, ManualRequest
from lockstep_router.journal.shares import owner_of

from .engine_harness import MASTER, MS, SLAVE, EngineHarness, a_harness, restart, volumes
from .manual_request_harness import ManualRequestHarness
from .terminals import LOT

MOVES = {MASTER: 7, SLAVE: 8}
DRAIN_MS = DRAIN_NS // MS


def leave(harness: EngineHarness, moves: Mapping[UUID, int] = MOVES, *requests: ManualRequest) -> None:
    """The plan says that these accounts are to leave."""
    harness.act(harness.engine.on_plan(harness.plan, (), harness.now_ns, requests=requests, leaving=moves))
    harness.run()


def released(harness: EngineHarness) -> dict[UUID, int]:
    """The releases that were written, by account."""
    return {record.account: record.move for record in harness.journal if isinstance(record, AccountReleased)}


def openings(harness: EngineHarness) -> int:
    return [order.action for order in harness.slave.orders].count(Action.OPEN)


def test_accounts_with_nothing_in_flight_go_at_once_and_their_relays_are_told_where_to_ask() -> None:
    harness = a_harness()
    leave(harness)
    assert released(harness) == {}
    harness.pass_ms(100)
    assert released(harness) == MOVES
    assert {terminal.refused for terminal in harness.terminals.values()} == {Refusal.MOVED}
    assert not harness.engine.accounts


def test_after_its_release_nothing_is_written_of_an_account() -> None:
    harness = a_harness()
    harness.master.open(LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(100)
    last = max(n for n, record in enumerate(harness.journal) if isinstance(record, AccountReleased))
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.master.open(LOT)
    harness.pass_ms(5000)
    late = [record for record in harness.journal[last:] if isinstance(record, CopyRow | HistoryEvent | AccountStateRow)]
    assert [record for record in late if owner_of(record) in MOVES] == []


def test_no_order_is_begun_on_an_account_that_is_to_leave() -> None:
    harness = a_harness()
    harness.slave.broker.holds = True
    harness.master.open(LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(100)
    harness.master.open(LOT)
    harness.pass_ms(DRAIN_MS - 200)
    assert openings(harness) == 1
    assert released(harness) == {}


def test_an_account_is_served_as_ever_while_its_release_would_come_late() -> None:
    harness = a_harness()
    harness.is_written = False
    leave(harness)
    harness.master.open(LOT)
    harness.pass_ms(10_000)
    assert volumes(harness) == [100]
    assert released(harness) == {}
    harness.is_written = True
    harness.pass_ms(100)
    assert released(harness) == MOVES


def test_what_is_in_flight_may_end_before_the_account_goes() -> None:
    harness = a_harness()
    harness.slave.broker.holds = True
    harness.master.open(LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(500)
    assert released(harness) == {}
    harness.slave.broker.release()
    harness.pass_ms(200)
    assert released(harness) == MOVES
    assert harness.statuses() == [("open", None)]


def test_an_order_without_an_end_keeps_nobody() -> None:
    harness = a_harness()
    harness.slave.broker.holds = True
    harness.master.open(LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(DRAIN_MS + 100)
    assert released(harness) == MOVES
    assert [status for status, _ in harness.statuses()] == ["sent"]


@pytest.mark.parametrize("answered", [True, False])
def test_the_next_router_doubles_nothing_and_loses_nothing(answered: bool) -> None:
    harness = a_harness()
    harness.master.open(LOT)
    harness.run()
    harness.slave.broker.holds = True
    harness.master.open(2 * LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(100)
    harness.master.open(3 * LOT)
    harness.pass_ms(DRAIN_MS + 100)
    assert released(harness) == MOVES
    harness.slave.broker.holds = False
    if answered:
        harness.slave.broker.release()
    restart(harness)
    if not answered:
        harness.slave.broker.release()
    harness.pass_ms(20_000)
    assert volumes(harness) == [100, 200, 300]


def test_an_account_that_is_to_stay_after_all_goes_on() -> None:
    harness = a_harness()
    harness.slave.broker.holds = True
    harness.master.open(LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(100)
    harness.master.open(LOT)
    harness.run()
    assert openings(harness) == 1
    leave(harness, {})
    harness.slave.broker.holds = False
    harness.slave.broker.release()
    harness.pass_ms(3000)
    assert released(harness) == {}
    assert volumes(harness) == [100, 100]


def test_an_account_that_went_comes_back_with_what_its_rows_say() -> None:
    harness = a_harness()
    harness.master.open(LOT)
    harness.run()
    leave(harness)
    harness.pass_ms(100)
    harness.act(harness.engine.on_plan(harness.plan, harness.known(), harness.now_ns))
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(3000)
    harness.master.open(LOT)
    harness.pass_ms(1000)
    assert volumes(harness) == [100, 100]


def test_a_router_that_starts_meanwhile_never_takes_them_on() -> None:
    harness = a_harness()
    harness.start_router()
    harness.engine.accounts.clear()
    leave(harness)
    assert released(harness) == MOVES
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    assert {terminal.refused for terminal in harness.terminals.values()} == {Refusal.MOVED}


def test_the_database_is_told_again_while_it_has_not_heard() -> None:
    harness = a_harness()
    leave(harness)
    harness.pass_ms(3 * AGAIN_NS // MS)
    told = [record for record in harness.journal if isinstance(record, AccountReleased) and record.account == SLAVE]
    assert len(told) >= 3
    assert all(one == other for one, other in pairwise(told))
    harness.act(harness.engine.on_plan(type(harness.plan)({}, {}), (), harness.now_ns))
    harness.journal.clear()
    harness.pass_ms(2 * AGAIN_NS // MS)
    assert released(harness) == {}


def test_a_manual_request_waits_for_the_next_router() -> None:
    harness = ManualRequestHarness()
    harness.slave.broker.holds = True
    harness.master.open(LOT)
    harness.run()
    request = harness.ask("flatten")
    leave(harness, MOVES, request)
    harness.pass_ms(DRAIN_MS + 100)
    assert released(harness) == MOVES
    leave(harness, MOVES, request)
    harness.pass_ms(1000)
    assert harness.answers() == []
