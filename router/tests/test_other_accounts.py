"""A terminal that is logged in to another account, or to one of another environment, is not believed; frames of later
releases are.
"""

from uuid import UUID

import msgspec
import pytest

from lockstep_core.accounts import AccountState
from lockstep_core.resources.reasons import Reason
from lockstep_core.wire.codec import HEAD, VERSION, encode
from lockstep_core.wire.enums import AccountTradeMode, Side, TerminalState
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import AccountFrame, Frame, PositionFrame, SnapshotBegin, SnapshotEnd, State, StopsFrame
from lockstep_router.engine.receiver import BAD_MESSAGES
from lockstep_router.journal.records import AccountStateRow

from .engine_harness import MASTER, SLAVE, EngineHarness
from .terminals import LOT

READY_STATE = State(0, TerminalState.READY, 0, "Ready", "")
UNKNOWN = HEAD.pack(VERSION, 31, 0, 24) + bytes(16)


def account(login: int = MASTER.int, trade_mode: int = AccountTradeMode.DEMO, connected: int = 1) -> AccountFrame:
    figures = (1e4, 1e4, 1e4, 0, 0, 100, 2, connected, 1, 5000, 5, 2, 3)
    return AccountFrame(login, *figures, trade_mode, 0, "USD", "Test-Demo", "Test")


def position(ticket: int) -> PositionFrame:
    return PositionFrame(ticket, 0, LOT, 1.1, 0.0, 0.0, 0, 0, Side.BUY, 0, "EURUSD", "")


def snapshot(of: AccountFrame | None, *tickets: int) -> list[Frame]:
    parts: list[Frame] = [] if of is None else [of]
    return [SnapshotBegin(1, len(tickets), 0), *parts, *map(position, tickets), SnapshotEnd(2, len(tickets), 0)]


def send(harness: EngineHarness, body: bytes, number: UUID = MASTER) -> None:
    tracked = harness.engine.accounts[number]
    assert tracked.session is not None
    envelope = Envelope(Kind.EVENTS, 0, tracked.received + 1, 0, harness.now_ns)
    harness.message(tracked.session.peer, encode_envelope(envelope, body))
    harness.work_off()


def say(harness: EngineHarness, *frames: Frame) -> None:
    send(harness, b"".join(map(encode, frames)))


def states(harness: EngineHarness) -> list[tuple[str, str]]:
    rows = [row for row in harness.journal if isinstance(row, AccountStateRow)]
    return [(row.state, row.reason) for row in rows if row.account == MASTER]


WRONG = [
    (account(trade_mode=AccountTradeMode.REAL), Reason.WRONG_ENVIRONMENT),
    (account(trade_mode=7), Reason.WRONG_ENVIRONMENT),
    (account(login=SLAVE.int), Reason.WRONG_ACCOUNT),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_a_snapshot_of_another_account_is_not_taken_over_and_its_state_says_why(wrong: AccountFrame, reason: Reason) -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    before, book = len(states(harness)), tracked.book
    say(harness, *snapshot(wrong, 41))
    assert (tracked.synced, tracked.book) == (False, book)
    assert states(harness)[before:] == [(AccountState.DISCONNECTED, reason)]
    say(harness, READY_STATE, *snapshot(wrong, 41), READY_STATE)
    assert states(harness)[before:] == [(AccountState.DISCONNECTED, reason)]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_a_heartbeat_of_another_account_ends_what_was_believed(wrong: AccountFrame, reason: Reason) -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    figures = tracked.figures
    assert tracked.synced
    say(harness, msgspec.structs.replace(wrong, equity=77.0))
    assert (tracked.synced, tracked.figures) == (False, figures)
    assert states(harness)[-1] == (AccountState.DISCONNECTED, reason)


def test_the_right_account_makes_good_what_another_one_did() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    say(harness, READY_STATE, *snapshot(account(trade_mode=AccountTradeMode.REAL)))
    say(harness, *snapshot(account(trade_mode=AccountTradeMode.CONTEST), 41))
    assert tracked.synced
    assert list(tracked.book.positions) == [41]
    assert states(harness)[-1] == (AccountState.READY, Reason.READY)


def test_an_account_of_another_environment_is_sent_no_command() -> None:
    harness = EngineHarness()
    for trade_mode, wanted in ((AccountTradeMode.DEMO, 1), (AccountTradeMode.REAL, 0)):
        send(harness, encode(account(SLAVE.int, trade_mode)), SLAVE)
        harness.slave.received.clear()
        harness.master.open(LOT)
        harness.run()
        assert len(harness.slave.received) == wanted


def test_a_snapshot_that_does_not_name_its_account_is_not_taken_over() -> None:
    harness = EngineHarness()
    say(harness, *snapshot(None, 41))
    assert not harness.engine.accounts[MASTER].synced


def test_a_terminal_without_its_broker_need_not_know_its_account_but_may_not_name_another() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    say(harness, account(login=0, connected=0), account(trade_mode=AccountTradeMode.REAL, connected=0))
    assert tracked.synced
    say(harness, account(login=SLAVE.int, connected=0))
    assert not tracked.synced


def test_an_agents_word_alone_makes_no_account_ready() -> None:
    harness = EngineHarness(connect=False)
    harness.master.snapshot = lambda: None  # type: ignore[method-assign]
    harness.connect(harness.master)
    harness.master.paused = False
    say(harness, State(0, TerminalState.CONNECTED, 0, "Starting", ""), READY_STATE)
    assert [state for state, _ in states(harness)] == [AccountState.CONNECTED]
    say(harness, *snapshot(account()))
    assert [state for state, _ in states(harness)] == [AccountState.CONNECTED, AccountState.READY]


def test_frames_of_unknown_kinds_are_passed_over_with_their_numbers() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    say(harness, *snapshot(account(), 41))
    received, dropped = tracked.received, harness.engine.dropped
    send(harness, UNKNOWN + encode(StopsFrame(41, 0, 1.0, 2.0, 0, 0, "EURUSD")) + UNKNOWN)
    assert tracked.received == received + 3
    assert tracked.book.positions[41].sl == pytest.approx(1.0)
    assert (harness.engine.passed_over, harness.engine.dropped) == (2, dropped)


def test_unknown_kinds_within_a_snapshot_do_not_disturb_it() -> None:
    harness = EngineHarness()
    begin, *rest = snapshot(account(), 41, 42)
    send(harness, encode(begin) + UNKNOWN + b"".join(encode(frame) + UNKNOWN for frame in rest))
    assert list(harness.engine.accounts[MASTER].book.positions) == [41, 42]


def test_messages_of_unknown_kinds_are_passed_over_and_those_of_the_wrong_side_are_not() -> None:
    harness = EngineHarness()
    session = harness.engine.accounts[MASTER].session
    assert session is not None
    for kind, stays in ((200, True), (Kind.WELCOME, False)):
        for _ in range(BAD_MESSAGES):
            harness.message(session.peer, encode_envelope(Envelope(kind, 0, 0, 0, harness.now_ns), b"more"))
        assert (harness.engine.accounts[MASTER].session is session) == stays
    assert harness.engine.passed_over == BAD_MESSAGES
