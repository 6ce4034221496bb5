"""What the agent is told of the account that its terminal is logged in to."""

from lockstep_agent.relay.account_watch import AccountWatch
from lockstep_agent.relay.lines import AccountSeen, Line, SeenAccount, SnapshotSeen
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import AccountTradeMode
from lockstep_core.wire.frames import Frame

from .samples import account, snapshot, trade

OURS = SeenAccount(1001, "Broker-Demo", AccountTradeMode.DEMO)
OTHER = SeenAccount(1002, "Broker-Demo", AccountTradeMode.REAL)


def told(watch: AccountWatch, *frames: Frame) -> list[Line]:
    return watch.lines([RawFrame(frame.KIND, encode(frame)) for frame in frames])


def test_an_account_is_told_once_and_again_when_it_changes() -> None:
    watch = AccountWatch()
    assert told(watch, trade(1), account(), account()) == [AccountSeen(OURS)]
    assert told(watch, account()) == []
    assert told(watch, account(1002, AccountTradeMode.REAL), account()) == [AccountSeen(OTHER), AccountSeen(OURS)]


def test_a_terminal_that_is_not_logged_in_names_no_account() -> None:
    assert told(AccountWatch(), account(0)) == []


def test_a_whole_snapshot_is_told_with_its_account_however_it_comes_in() -> None:
    watch, (begin, position, end) = AccountWatch(), snapshot(7)
    assert told(watch, begin) == []
    assert told(watch, account()) == [AccountSeen(OURS)]
    assert told(watch, position, end) == [SnapshotSeen(OURS)]
    assert told(watch, begin, account(), position, end) == [SnapshotSeen(OURS)]


def test_a_snapshot_without_its_account_or_without_a_broker_is_none() -> None:
    watch, (begin, position, end) = AccountWatch(), snapshot(7)
    assert told(watch, account(), begin, position, end) == [AccountSeen(OURS)]
    assert told(watch, begin, account(connected=0), position, end) == []
    assert told(watch, end) == []


def test_a_new_connection_begins_anew() -> None:
    watch, (begin, position, end) = AccountWatch(), snapshot(7)
    told(watch, begin, account())
    watch.restart()
    assert told(watch, position, end) == []
    assert told(watch, account()) == [AccountSeen(OURS)]
