"""What a master with very many copiers does is looked at for them in turns: other accounts' events come between."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from lockstep_core.decision.plan import Copier
from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, DealEntry, Side
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Frame
from lockstep_router.execution.copy_manager import COPIES_AT_ONCE

from .engine_harness import MASTER, MS, EngineHarness, copier, curve_key, plan
from .terminals import LOT, InstantTerminal
from .test_turns import commands_of, opening, peer_of, sends_of_turns, snapshot, symbol

MANY = 3 * COPIES_AT_ONCE + 5
OTHER_MASTER = UUID(int=5)
COPIERS = tuple(copier(slave=UUID(int=1000 + n), number=UUID(int=5000 + n)) for n in range(MANY))
OTHER = replace(copier(), master=OTHER_MASTER)


@pytest.fixture
def harness() -> EngineHarness:
    """A master with very many copiers, and a pair of accounts beside it."""
    return EngineHarness(*COPIERS, OTHER)


def test_an_opening_with_very_many_copiers_is_looked_at_in_turns(harness: EngineHarness) -> None:
    turns = [said(harness, MASTER, opening(7, harness.now_ns)), *sends_of_turns(harness)]
    assert (sum(turns), max(turns)) == (MANY, COPIES_AT_ONCE)


def test_several_openings_in_one_message_make_no_turn_longer(harness: EngineHarness) -> None:
    out = said(harness, MASTER, *(opening(number, harness.now_ns) for number in range(1, 9)))
    turns = [out, *sends_of_turns(harness)]
    assert sum(turns) == 8 * MANY
    assert max(turns) < 2 * COPIES_AT_ONCE


def test_another_accounts_event_comes_between(harness: EngineHarness) -> None:
    assert said(harness, MASTER, opening(7, harness.now_ns)) == COPIES_AT_ONCE
    assert said(harness, OTHER_MASTER, opening(8, harness.now_ns)) == 1
    assert sum(sends_of_turns(harness)) == MANY - COPIES_AT_ONCE


def test_each_copy_follows_the_masters_events_in_their_order(harness: EngineHarness) -> None:
    closing = replace(opening(7, harness.now_ns), deal=9, entry=DealEntry.OUT, side=Side.SELL)
    said(harness, MASTER, opening(7, harness.now_ns), closing)
    sends_of_turns(harness)
    harness.run()
    for slave in slaves(harness):
        assert slave.heard == [Action.OPEN, Action.CLOSE]
        assert not slave.positions


def test_what_a_plan_changes_in_between_is_neither_lost_nor_done_twice(harness: EngineHarness) -> None:
    said(harness, MASTER, opening(7, harness.now_ns))
    *unchanged, removed, before = COPIERS
    changed = copier({"sizing": {"mode": "fixed", "lots": "0.5"}}, slave=before.slave, number=before.id)
    harness.engine.on_plan(plan(*unchanged, changed, OTHER), (), harness.now_ns)
    sends_of_turns(harness)
    harness.run()
    assert [lots_of(harness, each) for each in unchanged] == [[LOT]] * len(unchanged)
    assert (lots_of(harness, removed), lots_of(harness, changed)) == ([], [LOT // 2])


def test_what_is_left_when_a_masters_session_ends_is_looked_at_after_its_next_snapshot(harness: EngineHarness) -> None:
    said(harness, MASTER, opening(1, harness.now_ns))
    harness.engine.accounts[MASTER].forget()
    assert sum(sends_of_turns(harness)) == 0
    begin, account, position, end = snapshot(1, MASTER.int)
    with_symbol = (replace(begin, symbols=1), account, symbol("EURUSD"), position, replace(end, symbols=1))
    out = said(harness, MASTER, *with_symbol)
    assert out + sum(sends_of_turns(harness)) == MANY - COPIES_AT_ONCE


def test_latency_counts_from_when_the_router_heard_of_the_event(harness: EngineHarness) -> None:
    said(harness, MASTER, opening(7, harness.now_ns))
    harness.now_ns += 5 * MS
    sends_of_turns(harness)
    copies = list(harness.engine._copy_manager.index.copies.values())
    took = sorted(copy.out_ns - copy.in_ns for copy in copies)
    assert took == [0] * COPIES_AT_ONCE + [5 * MS] * (MANY - COPIES_AT_ONCE)


def test_very_many_copiers_are_looked_at_once_however_often_that_is_asked(harness: EngineHarness) -> None:
    tracked = harness.engine.accounts[MASTER]
    for _ in range(2):
        harness.engine._copy_manager.settle_all(tracked)
    assert len(tracked.tasks) == MANY


def said(harness: EngineHarness, account: UUID, *frames: Frame) -> int:
    """Has an account say something in one message; how many commands go out for that before anybody has another turn."""
    tracked = harness.engine.accounts[account]
    envelope = Envelope(Kind.EVENTS, 0, tracked.received + 1, 0, harness.now_ns)
    message = encode_envelope(envelope, b"".join(map(encode, frames)))
    out = harness.engine.on_message(peer_of(harness, account), message, curve_key(account), harness.now_ns)
    harness._deliver(out)
    return len(commands_of([send.message for send in out.sends]))


def slaves(harness: EngineHarness) -> list[InstantTerminal]:
    """The terminals of the very many."""
    return [harness.terminals[each.slave] for each in COPIERS]


def lots_of(harness: EngineHarness, of: Copier) -> list[int]:
    """What is open on a copier's slave."""
    return [position.volume for position in harness.terminals[of.slave].positions.values()]
