"""Accounts take turns, and what one account may keep or cost has a bound."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.books.links import link_id, link_tag
from lockstep_core.decision.order_parts import MOST_PARTS
from lockstep_core.market.symbol_matching import SymbolIndex, index_of
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.resources.reasons import Reason
from lockstep_core.units import Lots
from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import ENVELOPE, MAX_FRAMES, Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import (
    AccountFrame,
    Command,
    Frame,
    PositionFrame,
    SnapshotBegin,
    SnapshotEnd,
    StopsFrame,
    Symbol,
    Trade,
)
from lockstep_router.accounts.limits import LONGEST_SNAPSHOT_NS, MAX_OPEN, MAX_SYMBOLS, MAX_TRANCHES, WEIGHT_NS
from lockstep_router.accounts.session import MAX_BACKLOG
from lockstep_router.accounts.tasks import Discard
from lockstep_router.engine.turns import SLICE
from lockstep_router.execution.order_names import PIECE
from lockstep_router.execution.task_runner import DISCARDED
from lockstep_router.journal.records import AccountStateRow
from tests.simulation.broker_data import AccountKind

from .engine_harness import MASTER, MS, SLAVE, EngineHarness, copier, curve_key, plan
from .terminals import LOT

NAMES = ("EURUSD", "eurusd", "EURUSD.m", "USDJPY", "GOLD", "XAUUSD", "GOLD.m", "#EURUSD")
CURRENCIES = ("EUR", "USD", "JPY", "")


def peer_of(harness: EngineHarness, account: Any) -> bytes:
    return next(p for p, terminal in harness.peers.items() if terminal is harness.terminals[account])


def say(harness: EngineHarness, account: Any, *frames: Frame) -> list[bytes]:
    """One message of an account; returns what the router sent for it. Nothing else has its turn."""
    tracked = harness.engine.accounts[account]
    waiting = 0 if tracked.session is None else tracked.session.waiting_frames
    envelope = Envelope(Kind.EVENTS, 0, tracked.received + waiting + 1, 0, harness.now_ns)
    message = encode_envelope(envelope, b"".join(map(encode, frames)))
    out = harness.engine.on_message(peer_of(harness, account), message, curve_key(account), harness.now_ns)
    harness.journal.extend(out.journal)
    return [send.message for send in out.sends]


def opening(position: int, seen_ns: int, magic: int = 0) -> Trade:
    return Trade(position, position, position, magic, LOT, 1.1, 0.0, 0.0, 0, seen_ns, 0, 0, "EURUSD", "")


def symbol(name: str, base: str = "EUR", profit: str = "USD") -> Symbol:
    return Symbol(1e5, 1e-5, 1e-5, 1.0, LOT // 100, LOT, LOT // 100, 5, 0, 0, 4, 1, 0, name, base, profit, base)


def snapshot(positions: int, login: int, symbols: int = 0) -> list[Frame]:
    account = AccountFrame(login, 1e4, 1e4, 1e4, 0, 0, 100, 2, 1, 1, 5000, 5, 2, 3, 0, 0, "USD", "Test-Demo", "Test")
    return [
        SnapshotBegin(5, positions, symbols),
        account,
        *(symbol(f"S{number}") for number in range(symbols)),
        *(PositionFrame(n, 0, LOT, 1.1, 0.0, 0.0, 0, 10**9, 0, 0, "EURUSD", "") for n in range(1, positions + 1)),
        SnapshotEnd(5, positions, symbols),
    ]


def say_all(harness: EngineHarness, account: Any, frames: list[Frame]) -> None:
    """All frames in messages of the greatest size, each with its turns."""
    for start in range(0, len(frames), MAX_FRAMES):
        say(harness, account, *frames[start : start + MAX_FRAMES])
        harness.work_off()


def say_without_the_rest(harness: EngineHarness, account: UUID, frames: list[Frame]) -> None:
    """All frames in messages of the greatest size, each with its turns; what follows from the last is left to do."""
    session = harness.engine.accounts[account].session
    for start in range(0, len(frames), MAX_FRAMES):
        say(harness, account, *frames[start : start + MAX_FRAMES])
        while session is not None and session.waiting_frames:
            harness.engine.on_backlog(harness.now_ns)


def test_a_long_message_is_handled_in_slices_and_another_account_gets_its_turn_between() -> None:
    harness = EngineHarness()
    before = harness.engine.accounts[SLAVE].received
    say(harness, SLAVE, *(StopsFrame(9, 0, 0.0, 0.0, 0, 0, "EURUSD") for _ in range(MAX_FRAMES)))
    assert harness.engine.accounts[SLAVE].received == before + SLICE
    sent = say(harness, MASTER, opening(7, harness.now_ns))
    commands = [f for m in sent if decode_envelope(m).kind == Kind.COMMANDS for f in decode_all(m, ENVELOPE.size)]
    assert [type(frame) for frame in commands] == [Command]
    assert harness.engine.is_busy
    harness.work_off()
    assert harness.engine.accounts[SLAVE].received == before + MAX_FRAMES


def test_busy_accounts_take_turns() -> None:
    harness = EngineHarness()
    start = {account: harness.engine.accounts[account].received for account in (MASTER, SLAVE)}
    for account in (MASTER, SLAVE):
        say(harness, account, *(StopsFrame(9, 0, 0.0, 0.0, 0, 0, "EURUSD") for _ in range(MAX_FRAMES)))
    while harness.engine.is_busy:
        harness.engine.on_backlog(harness.now_ns)
        done = [harness.engine.accounts[account].received - start[account] for account in (MASTER, SLAVE)]
        assert abs(done[0] - done[1]) <= SLICE


def test_an_account_that_sends_more_than_may_wait_begins_a_new_session() -> None:
    harness = EngineHarness()
    frames = [StopsFrame(9, 0, 0.0, 0.0, 0, 0, "EURUSD") for _ in range(MAX_FRAMES)]
    size = len(encode(frames[0])) * MAX_FRAMES
    for _ in range(MAX_BACKLOG // size + 2):
        if harness.engine.accounts[MASTER].session is not None:
            say(harness, MASTER, *frames)
    assert harness.engine.accounts[MASTER].session is None
    assert harness.engine.accounts[SLAVE].session is not None


def test_a_message_with_too_many_frames_is_not_read() -> None:
    harness = EngineHarness()
    before = harness.engine.dropped
    say(harness, MASTER, *(StopsFrame(9, 0, 0.0, 0.0, 0, 0, "EURUSD") for _ in range(MAX_FRAMES + 1)))
    assert (harness.engine.dropped, harness.engine.is_busy) == (before + 1, False)


def test_an_account_with_more_open_than_is_followed_says_so_and_goes_on_with_fewer() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    say_all(harness, MASTER, snapshot(MAX_OPEN + 1, MASTER.int))
    assert (tracked.synced, tracked.assembly) == (False, None)
    states = [row.reason for row in harness.journal if isinstance(row, AccountStateRow) and row.account == MASTER]
    assert states[-1] == Reason.TOO_MUCH_OPEN
    say_all(harness, MASTER, snapshot(3, MASTER.int))
    assert tracked.synced
    states = [row.reason for row in harness.journal if isinstance(row, AccountStateRow) and row.account == MASTER]
    assert states[-1] == Reason.READY


def test_openings_beyond_the_bound_are_not_followed_one_by_one_either() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "none"}}))
    tracked = harness.engine.accounts[SLAVE]
    say_all(harness, SLAVE, [opening(number, harness.now_ns) for number in range(1, MAX_OPEN + 3)])
    assert not tracked.synced
    assert tracked.reported_reason == Reason.TOO_MUCH_OPEN


def test_a_position_has_no_more_tranches_than_the_bound() -> None:
    harness = EngineHarness(kinds={MASTER: AccountKind.NETTING})
    # Nobody copies it: the bound is the book's.
    harness.engine.on_plan(plan(), (), harness.now_ns)
    tracked = harness.engine.accounts[MASTER]
    first = opening(1, harness.now_ns)
    added = [
        Trade(n, n, 1, 0, LOT, 1.1, 0.0, 0.0, 0, harness.now_ns, 0, 0, "EURUSD", "") for n in range(2, MAX_TRANCHES + 3)
    ]
    say_all(harness, MASTER, [first, *added])
    assert not tracked.synced
    assert tracked.reported_reason == Reason.TOO_MUCH_OPEN


def test_a_disturbed_snapshot_keeps_nothing() -> None:
    harness = EngineHarness()
    frames = snapshot(100, MASTER.int)
    say_all(harness, MASTER, [*frames[:80], StopsFrame(1, 0, 0.0, 0.0, 0, 0, "EURUSD"), *frames[80:-1]])
    assembly = harness.engine.accounts[MASTER].assembly
    assert assembly is not None
    assert (assembly.disturbed, assembly.open_items) == (True, 0)


def test_a_snapshot_that_never_ends_is_dropped() -> None:
    harness = EngineHarness()
    say_all(harness, MASTER, snapshot(100, MASTER.int)[:-1])
    assert harness.engine.accounts[MASTER].assembly is not None
    harness.now_ns += LONGEST_SNAPSHOT_NS + 1
    harness.engine.on_clock(harness.now_ns)
    assert harness.engine.accounts[MASTER].assembly is None


def test_after_a_large_snapshot_the_next_is_read_only_after_a_pause() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    say_all(harness, MASTER, snapshot(1_000, MASTER.int))
    assert tracked.synced
    say_all(harness, MASTER, snapshot(1_000, MASTER.int))
    assert (tracked.synced, tracked.assembly) == (False, None)
    harness.now_ns += 1_000 * WEIGHT_NS
    say_all(harness, MASTER, snapshot(1_000, MASTER.int))
    assert tracked.synced


def test_further_symbols_are_left_out() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    for name in range(MAX_SYMBOLS + 10):
        tracked.put_spec(spec(f"S{name}"))
    assert len(tracked.specs) == MAX_SYMBOLS


def spec(name: str, base: str = "EUR", profit: str = "USD") -> SymbolSpec:
    return SymbolSpec(name, 5, 1e-5, 1e5, Lots(1), Lots(LOT), Lots(1), 4, currency_base=base, currency_profit=profit)


def contents(index: SymbolIndex) -> tuple[object, ...]:
    crosses = {pair: list(found) for pair, found in index.crosses.by_pair.items() if found}
    groups = (
        {key: set(found) for key, found in group.items()} for group in (index.by_folded, index.by_core, index.by_usual)
    )
    return (dict(index.by_name), *groups, crosses)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES)), max_size=20))
def test_symbols_put_in_one_by_one_make_the_index_of_the_last_of_each(said: list[tuple[str, str, str]]) -> None:
    index = SymbolIndex()
    for one in said:
        index.put(spec(*one))
    last = {name: spec(name, base, profit) for name, base, profit in said}
    assert contents(index) == contents(index_of(last))


@pytest.mark.parametrize("expires_in_s", [30])
def test_a_session_ends_with_its_ticket_unless_it_is_renewed(expires_in_s: int) -> None:
    harness = EngineHarness()
    for account in (MASTER, SLAVE):
        session = harness.engine.accounts[account].session
        assert session is not None
        session.expires_s = unix_s(harness) + expires_in_s
    renewal = harness.issuer.ticket(SLAVE, 1, curve_key(SLAVE), unix_s(harness) + 3600)
    others = harness.issuer.ticket(SLAVE, 1, curve_key(SLAVE), unix_s(harness) + 3600)
    for account, ticket in ((SLAVE, renewal), (MASTER, others)):
        message = encode_envelope(Envelope(Kind.RENEW, 0, 0, 0, harness.now_ns), ticket)
        harness.engine.on_message(peer_of(harness, account), message, curve_key(account), harness.now_ns)
    harness.pass_ms((expires_in_s + 2) * 1000, 1000)
    assert harness.engine.accounts[SLAVE].session is not None
    assert harness.engine.accounts[MASTER].session is None
    assert harness.terminals[MASTER].refused == 2


def unix_s(harness: EngineHarness) -> int:
    offset_ns = harness.engine._unix_offset_ns
    assert offset_ns is not None
    return (harness.now_ns + offset_ns) // (1000 * MS)


def commands_of(messages: list[bytes]) -> list[Command]:
    found = (decode_all(m, ENVELOPE.size) for m in messages if decode_envelope(m).kind == Kind.COMMANDS)
    return [frame for frames in found for frame in frames if isinstance(frame, Command)]


def three_accounts(**settings: Any) -> tuple[EngineHarness, UUID]:
    """The usual pair, and another slave of the master."""
    other, sizing = UUID(int=3), {"sizing": {"mode": "none"}}
    copiers = copier(sizing), copier({**sizing, **settings}, slave=other, number=UUID(int=33))
    return EngineHarness(*copiers), other


def sends_of_turns(harness: EngineHarness) -> list[int]:
    """How many commands each turn sends, until nothing is left to do."""
    found = []
    while harness.engine.is_busy:
        out = harness.engine.on_backlog(harness.now_ns)
        found.append(len(commands_of([send.message for send in out.sends])))
        harness._deliver(out)
    return found


def test_while_a_large_snapshot_is_taken_over_others_have_their_turns() -> None:
    harness, other = three_accounts()
    tracked = harness.engine.accounts[other]
    frames = snapshot(MAX_OPEN - 100, other.int)
    say_without_the_rest(harness, other, frames)
    assert tracked.taking_over is not None
    assert not tracked.synced
    assert len(commands_of(say(harness, MASTER, opening(7, harness.now_ns)))) == 1
    harness.work_off()
    assert (tracked.is_busy, tracked.ready, len(tracked.book.positions)) == (False, True, MAX_OPEN - 100)


def test_what_a_large_snapshot_replaces_is_freed_in_turns() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[SLAVE]
    say_all(harness, SLAVE, snapshot(1_000, SLAVE.int))
    harness.now_ns += 1_000 * WEIGHT_NS
    say_without_the_rest(harness, SLAVE, snapshot(1_000, SLAVE.int))
    while not tracked.synced:
        harness.engine.on_backlog(harness.now_ns)
    left = [waiting_to_be_freed(harness)]
    while left[-1]:
        harness.engine.on_backlog(harness.now_ns)
        left.append(waiting_to_be_freed(harness))
    # The positions of the book before, and the frames of the snapshot.
    assert left[0] >= 2_000 - DISCARDED * SLICE
    assert max(before - after for before, after in pairwise(left)) <= DISCARDED * SLICE


def test_the_links_of_an_mt4_slaves_orders_are_searched_in_turns() -> None:
    other, sizing = UUID(int=3), {"sizing": {"mode": "none"}}
    following = copier(sizing, slave=other, number=UUID(int=33))
    harness = EngineHarness(copier(sizing), following, kinds={other: AccountKind.MT4})
    tracked = harness.engine.accounts[other]
    for _ in range(40):
        harness.master.open(LOT)
    harness.run()
    unnamed = Trade(5, 5, 5, 77, LOT, 1.1, 0.0, 0.0, 0, harness.now_ns, 0, 0, "EURUSD", link_tag(following.id))
    say(harness, other, unnamed)
    assert (tracked.naming is not None, tracked.ready) == (True, False)
    # Others are served in between, and for this account nothing is decided from a book that may say more in a moment.
    assert len(commands_of(say(harness, MASTER, opening(7_777, harness.now_ns)))) == 1
    assert len(sends_of_turns(harness)) > 40 * MOST_PARTS // (PIECE * SLICE) - 10
    assert (tracked.naming, tracked.ready) == (None, True)
    assert link_id(following.id, 7_777) in {command.link for command in harness.terminals[other].received}


def waiting_to_be_freed(harness: EngineHarness) -> int:
    tasks = harness.engine.accounts[SLAVE].tasks
    return sum(len(task.items) for task in tasks if isinstance(task, Discard))


def test_a_guard_that_closes_very_many_copies_does_so_in_turns() -> None:
    loss = {"max_absolute_risk": "1000", "close_positions": True, "reset": "manual", "type": "lifetime"}
    harness, other = three_accounts(guards={"risk_limits": [loss]})
    slave = harness.terminals[other]
    for _ in range(6 * SLICE):
        harness.master.open(LOT)
    harness.run()
    assert len(slave.positions) == 6 * SLICE
    for equity in (10_000, 8_000):
        harness.work_off()
        frame = AccountFrame(3, 1e4, equity, 1e4, 0, 0, 100, 2, 1, 1, 5000, 5, 2, 3, 0, 0, "USD", "Test-Demo", "Test")
        sent = say(harness, other, frame)
    turns = [len(commands_of(sent)), *sends_of_turns(harness)]
    assert sum(turns) == 6 * SLICE
    assert max(turns) <= SLICE


def test_a_plan_that_changes_a_copier_with_very_many_copies_is_looked_at_in_turns() -> None:
    harness, other = three_accounts()
    for _ in range(6 * SLICE):
        harness.master.open(LOT)
    harness.run()
    sizing = {"sizing": {"mode": "none"}}
    harness.plan = plan(copier(sizing), copier(sizing, "close_only", slave=other, number=UUID(int=33)))
    harness.engine.on_plan(harness.plan, (), harness.now_ns)
    assert len(sends_of_turns(harness)) >= 6


def test_very_many_tranches_whose_stops_change_are_looked_at_in_turns() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "none"}}), kinds={MASTER: AccountKind.NETTING})
    ticket = harness.master.open(LOT)
    for _ in range(4 * SLICE):
        harness.master.add(ticket, LOT)
    harness.run()
    harness.pass_ms(3000)
    sent = say(harness, MASTER, StopsFrame(ticket, harness.now_ns, 1.0, 0.0, 0, 0, "EURUSD"))
    turns = [len(commands_of(sent)), *sends_of_turns(harness)]
    assert sum(turns) >= 4 * SLICE
    assert max(turns) <= 2 * SLICE


def test_a_netting_account_with_two_positions_of_a_symbol_is_not_believed() -> None:
    harness = EngineHarness(kinds={SLAVE: AccountKind.NETTING})
    frames = snapshot(2, SLAVE.int)
    frames[1] = AccountFrame(SLAVE.int, 1e4, 1e4, 1e4, 0, 0, 100, 0, 1, 1, 5000, 5, 2, 3, 0, 0, "USD", "Test-Demo", "Test")
    say_all(harness, SLAVE, frames)
    tracked = harness.engine.accounts[SLAVE]
    assert (tracked.synced, tracked.wants_snapshot) == (False, True)
