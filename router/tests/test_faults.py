"""Lost, late and repeated messages, refusals, restarts: nothing is lost, nothing is doubled."""

from collections.abc import Callable

import msgspec
import pytest

from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import Frame, Result, Trade

from .engine_harness import MASTER, SLAVE, EngineHarness, copier
from .terminals import LOT, InstantTerminal, symbol


def frames_of(message: bytes) -> list[Frame]:
    return list(decode_all(message, ENVELOPE.size))


def swallow(who: InstantTerminal) -> Callable[[InstantTerminal, bytes], bool]:
    return lambda terminal, message: terminal is not who or decode_envelope(message).kind != Kind.COMMANDS


def opened(terminal: InstantTerminal) -> list[int]:
    return [order.link for order in terminal.orders if order.action == Action.OPEN]


def actions(terminal: InstantTerminal) -> list[int]:
    return [order.action for order in terminal.orders]


def test_a_command_that_got_lost_is_sent_again_while_fresh() -> None:
    harness = EngineHarness()
    harness.to_terminal = swallow(harness.slave)
    harness.master.open(LOT)
    harness.run()
    harness.to_terminal = lambda _terminal, _message: True
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders
    harness.pass_ms(2500)
    assert len(harness.slave.positions) == 1
    assert harness.statuses() == [("open", None)]


def test_an_opening_is_not_sent_again_when_it_is_stale_but_asked_about() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "multiplier", "factor": 1}, "max_signal_age_ms": 1000}))
    harness.to_terminal = swallow(harness.slave)
    harness.master.open(LOT)
    harness.run()
    harness.to_terminal = lambda _terminal, _message: True
    harness.pass_ms(3000)
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders
    assert harness.statuses() == [("skipped", "out_of_sync")]


def test_answers_that_never_come_do_not_double_an_order() -> None:
    harness = EngineHarness()
    harness.slave.mute = True
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(20_000)
    harness.master.close(ticket)
    harness.run()
    assert actions(harness.slave) == [Action.OPEN, Action.CLOSE]


def test_a_slave_of_which_nothing_comes_back_is_unresolved_until_it_does() -> None:
    harness = EngineHarness()
    harness.to_router = lambda terminal, message: (
        terminal is not harness.slave or decode_envelope(message).kind in (Kind.BEAT, Kind.HELLO)
    )
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(17_000)
    assert harness.statuses() == [("unresolved", "no_answer")]
    harness.to_router = lambda _terminal, _message: True
    harness.connect(harness.slave)
    harness.pass_ms(3000)
    assert harness.statuses() == [("open", None)]
    assert len(opened(harness.slave)) == 1


def test_messages_that_come_twice_change_nothing() -> None:
    harness = EngineHarness()
    say, hear = harness.message, InstantTerminal.receive
    harness.message = lambda peer, message: (say(peer, message), say(peer, message))[0]  # type: ignore[method-assign]

    def twice(terminal: InstantTerminal, message: bytes) -> bool:
        hear(terminal, message)
        return True

    harness.to_terminal = twice
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket, LOT // 2)
    harness.run()
    assert [position.volume for position in harness.slave.positions.values()] == [LOT // 2]
    assert actions(harness.slave) == [Action.OPEN, Action.SET_VOLUME]


@pytest.mark.parametrize("retcode", [10004, 10020, 10021])
def test_an_opening_is_tried_again_after_a_passing_refusal(retcode: int) -> None:
    harness = EngineHarness()
    harness.slave.refusals = [retcode]
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(1000)
    assert harness.statuses() == [("open", None)]


def test_a_passing_refusal_that_lasts_too_long_is_a_rejection() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "multiplier", "factor": 1}, "max_signal_age_ms": 300}))
    harness.slave.refusals = [10004] * 3
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(2000)
    assert harness.statuses() == [("rejected", "broker_10004")]
    assert len(harness.slave.orders) == 2
    assert harness.slave.volume_commands == harness.slave.orders


def test_refused_stops_are_not_repeated_until_they_change() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.slave.refusals = [10016, 10016]
    harness.master.set_stops(ticket, 1.0, 0.0)
    harness.run()
    harness.pass_ms(5000)
    assert len(harness.slave.refusals) == 1
    harness.master.set_stops(ticket, 1.01, 0.0)
    harness.run()
    assert harness.slave.refusals == []
    harness.master.set_stops(ticket, 1.02, 0.0)
    harness.pass_ms(1500)
    assert [position.sl for position in harness.slave.positions.values()] == [1.02]


def test_a_close_waits_for_the_opening_that_is_under_way() -> None:
    harness = EngineHarness()
    harness.slave.mute = True
    harness.to_router = lambda terminal, message: (
        terminal is not harness.slave or decode_envelope(message).kind in (Kind.BEAT, Kind.HELLO)
    )
    ticket = harness.master.open(LOT)
    harness.run()
    harness.master.close(ticket)
    harness.run()
    assert actions(harness.slave) == [Action.OPEN]
    harness.to_router = lambda _terminal, _message: True
    harness.slave.repeat()
    harness.run()
    assert actions(harness.slave) == [Action.OPEN, Action.CLOSE]


@pytest.mark.parametrize("order", [(MASTER, SLAVE), (SLAVE, MASTER)])
@pytest.mark.parametrize("remembers", [True, False])
def test_what_was_missed_while_the_router_was_away_is_made_up_for(order: tuple[object, ...], remembers: bool) -> None:
    harness = EngineHarness()
    closed, halved, kept = (harness.master.open(LOT) for _ in range(3))
    harness.run()
    known = harness.known() if remembers else []
    harness.peers.clear()
    for terminal in harness.terminals.values():
        terminal.up = False
    harness.master.close(closed)
    harness.master.close(halved, LOT // 2)
    harness.master.set_stops(kept, 1.0, 0.0)
    fresh = harness.master.open(2 * LOT)
    harness.start_router(*known)
    for account in order:
        harness.connect(harness.terminals[account])  # type: ignore[index]
    harness.pass_ms(100)
    volumes = sorted(position.volume for position in harness.slave.positions.values())
    # Without a memory, what a half-closed position began with is in the comment of its copy.
    assert volumes == [LOT // 2, LOT, 2 * LOT]
    assert len(opened(harness.slave)) == len(set(opened(harness.slave))) == 4
    assert fresh in harness.master.positions


def test_a_router_that_died_between_order_and_answer_asks_instead_of_ordering_again() -> None:
    harness = EngineHarness()
    harness.to_router = lambda terminal, _message: terminal is not harness.slave
    harness.master.open(LOT)
    harness.run()
    known = harness.known()
    assert [link.status for link in known] == ["sent"]
    harness.to_router = lambda _terminal, _message: True
    hidden = harness.slave.hide_positions()
    harness.start_router(*known)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    # The broker takes its time: the position shows only after the terminal's snapshot.
    harness.slave.show_positions(hidden)
    harness.connect(harness.slave)
    harness.pass_ms(3000)
    assert Action.OPEN not in harness.slave.heard[1:]
    assert len(opened(harness.slave)) == 1
    assert harness.statuses() == [("open", None)]


def test_an_order_that_never_arrived_ends_as_skipped_after_a_restart() -> None:
    harness = EngineHarness()
    harness.to_terminal = swallow(harness.slave)
    ticket = harness.master.open(LOT)
    harness.run()
    known = harness.known()
    harness.to_terminal = lambda _terminal, _message: True
    harness.master.close(ticket)
    harness.start_router(*known)
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(3000)
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders
    assert harness.statuses() == [("skipped", "out_of_sync")]


def test_what_was_closed_on_the_slave_is_not_reopened_by_a_restart() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    harness.slave.close(next(iter(harness.slave.positions)))
    harness.run()
    harness.start_router(*harness.known())
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1000)
    assert len(opened(harness.slave)) == 1


def test_old_positions_are_out_of_sync_and_left_to_the_user() -> None:
    harness = EngineHarness(connect=False)
    harness.master.open(LOT)
    harness.now_ns += 60 * 10**9
    for terminal in harness.terminals.values():
        terminal.now_ns = harness.now_ns
        harness.connect(terminal)
    harness.pass_ms(1000)
    assert harness.slave.orders == []
    assert harness.slave.volume_commands == harness.slave.orders
    assert harness.statuses() == [("skipped", "out_of_sync")]


def test_a_deal_that_may_be_in_the_snapshot_already_is_settled_by_another_one() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(2000)
    # The terminal's list of positions is ahead of the events it has queued.
    with harness.master.withheld() as late:
        harness.master.close(ticket, LOT // 2)
    harness.master.snapshot()
    harness.master.report(*late)
    harness.run()
    harness.pass_ms(3000)
    assert [h.volume for h in harness.slave.positions.values()] == [LOT // 2]


def test_a_snapshot_that_lacks_a_part_replaces_nothing() -> None:
    harness = EngineHarness()
    harness.master.open(LOT)
    harness.run()
    harness.pass_ms(2000)
    whole = harness.master.kept
    harness.master.kept = []
    harness.to_router = lambda _terminal, _message: False
    harness.master.snapshot()
    harness.master.outbox.clear()
    harness.to_router = lambda _terminal, _message: True
    parts = [data for i, data in enumerate(harness.master.kept) if i != 3]
    harness.master.kept = [*whole, *parts]
    peer = next(p for p, t in harness.peers.items() if t is harness.master)
    envelope = Envelope(Kind.EVENTS, 0, harness.master.acked + len(whole) + 1, 0, harness.now_ns)
    harness.message(peer, encode_envelope(envelope, b"".join(parts)))
    assert not harness.engine.accounts[MASTER].synced
    assert len(harness.slave.positions) == 1
    harness.pass_ms(2000)
    assert harness.engine.accounts[MASTER].synced
    assert len(harness.slave.positions) == 1


def test_an_answer_from_the_wrong_account_means_nothing() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    link = next(iter(harness.slave.positions.values())).magic
    result = Result(0, link, 0, 0, 0, 0, -1, 0.0, 0, 0, 0, Stage.ALREADY_CLOSED, Action.OPEN, 0, 0, "")
    harness.master.report(result)
    harness.run()
    harness.master.close(ticket)
    harness.run()
    assert harness.slave.positions == {}


def test_a_late_answer_to_an_earlier_command_ends_nothing() -> None:
    harness = EngineHarness()
    harness.slave.mute = True
    harness.to_terminal = swallow(harness.slave)
    ticket = harness.master.open(LOT)
    harness.run()
    link = next(iter(harness.rows()))
    harness.slave.report(Result(4711, link, 0, 0, 0, 0, -1, 0.0, 0, 0, 0, Stage.REJECTED, Action.OPEN, 10019, 0, ""))
    harness.run()
    harness.to_terminal = lambda _terminal, _message: True
    harness.pass_ms(3000)
    assert harness.statuses() == [("open", None)]
    assert ticket in harness.master.positions


def test_lots_are_rounded_down_to_another_volume_step() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "multiplier", "factor": "0.37"}}), connect=False)
    harness.slave.list_symbols(symbol(step=LOT // 10, smallest=LOT // 10))
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    ticket = harness.master.open(2 * LOT)
    harness.run()
    assert [h.volume for h in harness.slave.positions.values()] == [7 * LOT // 10]
    harness.master.close(ticket, LOT)
    harness.run()
    assert [h.volume for h in harness.slave.positions.values()] == [3 * LOT // 10]


def test_frames_keep_their_order() -> None:
    trades = [Trade(i, i, i, 0, LOT, 1.0, 0.0, 0.0, 0, 0, 0, 0, "A", "") for i in range(1, 5)]
    body = b"".join(encode(trade) for trade in trades)
    assert list(decode_all(body)) == trades
    assert msgspec.structs.asdict(trades[0])["deal"] == 1


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (lambda comment: comment, (LOT // 2, LOT // 4)),
        # Where the broker cut the comment, the copy is taken for a whole one, and no more is closed than follows from that.
        (lambda comment: comment[:-1], (LOT, LOT // 2)),
        (lambda _comment: "", (LOT, LOT // 2)),
    ],
)
def test_the_copy_ratio_of_a_copy_without_a_row_is_in_its_comment(cut: Callable[[str], str], left: tuple[int, int]) -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "multiplier", "factor": "0.5"}}))
    ticket = harness.master.open(2 * LOT)
    harness.run()
    for slave_ticket, position in list(harness.slave.positions.items()):
        harness.slave.relabel(slave_ticket, cut(position.comment))
    harness.peers.clear()
    for terminal in harness.terminals.values():
        terminal.up = False
    harness.master.close(ticket, LOT)
    harness.start_router()
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(3000)
    assert [position.volume for position in harness.slave.positions.values()] == [left[0]]
    harness.master.close(ticket, LOT // 2)
    harness.run()
    assert [position.volume for position in harness.slave.positions.values()] == [left[1]]
    harness.master.close(ticket)
    harness.run()
    assert not harness.slave.positions


def test_what_follows_a_deal_that_was_left_to_a_snapshot_is_left_to_it_too() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.start_router(*harness.known())
    harness.connect(harness.slave)
    harness.connect(harness.master)
    reported, harness.master.snapshot = harness.master.snapshot, lambda: None  # type: ignore[method-assign]
    harness.master.add(ticket, LOT)
    harness.run()
    harness.now_ns += 1_100_000_000
    harness.master.now_ns = harness.now_ns
    harness.master.close(ticket, LOT)
    harness.run()
    assert len(harness.slave.positions) == 1
    harness.master.snapshot = reported  # type: ignore[method-assign]
    harness.pass_ms(3000)
    assert [position.volume for position in harness.slave.positions.values()] == [
        next(iter(harness.rows().values())).target_lots
    ]
