"""Lost, late and repeated messages, refusals, restarts: nothing is lost, nothing is doubled."""

from collections.abc import Callable

import msgspec
import pytest

from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import Action, Frame, Result, Stage, Trade

from .terminals import LOT, Terminal, symbol
from .worlds import MASTER, SLAVE, World, copier


def frames_of(message: bytes) -> list[Frame]:
    return list(decode_all(message, ENVELOPE.size))


def swallow(who: Terminal) -> Callable[[Terminal, bytes], bool]:
    return lambda terminal, message: terminal is not who or decode_envelope(message).kind != Kind.COMMANDS


def opened(terminal: Terminal) -> list[int]:
    return [order.link for order in terminal.orders if order.action == Action.OPEN]


def actions(terminal: Terminal) -> list[int]:
    return [order.action for order in terminal.orders]


def test_a_command_that_got_lost_is_sent_again_while_fresh() -> None:
    world = World()
    world.to_terminal = swallow(world.slave)
    world.master.open(LOT)
    world.run()
    world.to_terminal = lambda _terminal, _message: True
    assert world.slave.orders == []
    world.pass_ms(2500)
    assert len(world.slave.held) == 1
    assert world.statuses() == [("open", None)]


def test_an_opening_is_not_sent_again_when_it_is_stale_but_asked_about() -> None:
    world = World(copier({"sizing": {"mode": "multiplier", "factor": 1}, "max_signal_age_ms": 1000}))
    world.to_terminal = swallow(world.slave)
    world.master.open(LOT)
    world.run()
    world.to_terminal = lambda _terminal, _message: True
    world.pass_ms(3000)
    assert world.slave.orders == []
    assert world.statuses() == [("skipped", "out_of_sync")]


def test_answers_that_never_come_do_not_double_an_order() -> None:
    world = World()
    world.slave.mute = True
    ticket = world.master.open(LOT)
    world.run()
    world.pass_ms(20_000)
    world.master.close(ticket)
    world.run()
    assert actions(world.slave) == [Action.OPEN, Action.CLOSE]


def test_a_slave_of_which_nothing_comes_back_is_unresolved_until_it_does() -> None:
    world = World()
    world.to_router = lambda terminal, message: (
        terminal is not world.slave or decode_envelope(message).kind in (Kind.BEAT, Kind.HELLO)
    )
    world.master.open(LOT)
    world.run()
    world.pass_ms(17_000)
    assert world.statuses() == [("unresolved", "no_answer")]
    world.to_router = lambda _terminal, _message: True
    world.connect(world.slave)
    world.pass_ms(3000)
    assert world.statuses() == [("open", None)]
    assert len(opened(world.slave)) == 1


def test_everything_said_twice_changes_nothing() -> None:
    world = World()
    say, hear = world.message, Terminal.receive
    world.message = lambda peer, message: (say(peer, message), say(peer, message))[0]  # type: ignore[method-assign]

    def twice(terminal: Terminal, message: bytes) -> bool:
        hear(terminal, message)
        return True

    world.to_terminal = twice
    ticket = world.master.open(LOT)
    world.run()
    world.master.close(ticket, LOT // 2)
    world.run()
    assert [held.volume for held in world.slave.held.values()] == [LOT // 2]
    assert actions(world.slave) == [Action.OPEN, Action.SET_VOLUME]


@pytest.mark.parametrize("retcode", [10004, 10020, 10021])
def test_an_opening_is_tried_again_after_a_passing_refusal(retcode: int) -> None:
    world = World()
    world.slave.reject = [retcode]
    world.master.open(LOT)
    world.run()
    world.pass_ms(1000)
    assert world.statuses() == [("open", None)]


def test_an_opening_is_given_up_after_a_final_refusal() -> None:
    world = World()
    world.slave.reject = [10019]
    ticket = world.master.open(LOT)
    world.run()
    world.pass_ms(10_000)
    assert world.statuses() == [("rejected", "broker_10019")]
    assert len(world.slave.orders) == 1
    world.master.close(ticket)
    world.run()
    assert actions(world.slave) == [Action.OPEN]
    assert world.statuses() == [("rejected", "broker_10019")]


def test_a_passing_refusal_that_lasts_too_long_is_a_rejection() -> None:
    world = World(copier({"sizing": {"mode": "multiplier", "factor": 1}, "max_signal_age_ms": 300}))
    world.slave.reject = [10004] * 3
    world.master.open(LOT)
    world.run()
    world.pass_ms(2000)
    assert world.statuses() == [("rejected", "broker_10004")]
    assert len(world.slave.orders) == 2


def test_a_close_is_never_given_up() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.slave.reject = [10018] * 8
    world.master.close(ticket)
    world.run()
    assert len(world.slave.held) == 1
    world.pass_ms(120_000, 500)
    assert world.slave.held == {}


def test_refused_stops_are_not_repeated_until_they_change() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.slave.reject = [10016, 10016]
    world.master.set_stops(ticket, 1.0, 0.0)
    world.run()
    world.pass_ms(5000)
    assert len(world.slave.reject) == 1
    world.master.set_stops(ticket, 1.01, 0.0)
    world.run()
    assert world.slave.reject == []
    world.master.set_stops(ticket, 1.02, 0.0)
    world.pass_ms(1500)
    assert [held.sl for held in world.slave.held.values()] == [1.02]


def test_a_close_waits_for_the_opening_that_is_under_way() -> None:
    world = World()
    world.slave.mute = True
    world.to_router = lambda terminal, message: (
        terminal is not world.slave or decode_envelope(message).kind in (Kind.BEAT, Kind.HELLO)
    )
    ticket = world.master.open(LOT)
    world.run()
    world.master.close(ticket)
    world.run()
    assert actions(world.slave) == [Action.OPEN]
    world.to_router = lambda _terminal, _message: True
    world.slave.repeat()
    world.run()
    assert actions(world.slave) == [Action.OPEN, Action.CLOSE]


@pytest.mark.parametrize("order", [(MASTER, SLAVE), (SLAVE, MASTER)])
@pytest.mark.parametrize("remembers", [True, False])
def test_what_was_missed_while_the_router_was_away_is_made_up_for(order: tuple[object, ...], remembers: bool) -> None:
    world = World()
    closed, halved, kept = (world.master.open(LOT) for _ in range(3))
    world.run()
    known = world.known() if remembers else []
    world.engine.sessions.clear()
    world.peers.clear()
    for terminal in world.terminals.values():
        terminal.up = False
    world.master.close(closed)
    world.master.close(halved, LOT // 2)
    world.master.set_stops(kept, 1.0, 0.0)
    fresh = world.master.open(2 * LOT)
    world.start_router(*known)
    for account in order:
        world.connect(world.terminals[account])  # type: ignore[index]
    world.pass_ms(100)
    volumes = sorted(held.volume for held in world.slave.held.values())
    # Without a memory, what a half-closed position began with is in the comment of its copy.
    assert volumes == [LOT // 2, LOT, 2 * LOT]
    assert len(opened(world.slave)) == len(set(opened(world.slave))) == 4
    assert fresh in world.master.held


def test_a_router_that_died_between_order_and_answer_asks_instead_of_ordering_again() -> None:
    world = World()
    world.to_router = lambda terminal, _message: terminal is not world.slave
    world.master.open(LOT)
    world.run()
    known = world.known()
    assert [link.status for link in known] == ["sent"]
    world.to_router = lambda _terminal, _message: True
    held, world.slave.held = world.slave.held, {}
    world.start_router(*known)
    for terminal in world.terminals.values():
        world.connect(terminal)
    # The broker takes its time: the position shows only after the terminal's snapshot.
    world.slave.held = held
    world.connect(world.slave)
    world.pass_ms(3000)
    assert Action.OPEN not in world.slave.heard[1:]
    assert len(opened(world.slave)) == 1
    assert world.statuses() == [("open", None)]


def test_an_order_that_never_arrived_ends_as_skipped_after_a_restart() -> None:
    world = World()
    world.to_terminal = swallow(world.slave)
    ticket = world.master.open(LOT)
    world.run()
    known = world.known()
    world.to_terminal = lambda _terminal, _message: True
    world.master.close(ticket)
    world.start_router(*known)
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(3000)
    assert world.slave.orders == []
    assert world.statuses() == [("skipped", "out_of_sync")]


def test_what_was_closed_on_the_slave_is_not_reopened_by_a_restart() -> None:
    world = World()
    world.master.open(LOT)
    world.run()
    world.slave.close(next(iter(world.slave.held)))
    world.run()
    world.start_router(*world.known())
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(1000)
    assert len(opened(world.slave)) == 1


def test_old_positions_are_out_of_sync_and_left_to_the_user() -> None:
    world = World(connect=False)
    world.master.open(LOT)
    world.now_ns += 60 * 10**9
    for terminal in world.terminals.values():
        terminal.now_ns = world.now_ns
        world.connect(terminal)
    world.pass_ms(1000)
    assert world.slave.orders == []
    assert world.statuses() == [("skipped", "out_of_sync")]


def test_a_deal_that_may_be_in_the_snapshot_already_is_settled_by_another_one() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.pass_ms(2000)
    # The terminal's list of positions is ahead of the events it has queued.
    held = world.master.held[ticket]
    held.volume = LOT // 2
    world.master.snapshot()
    late = world.master._deal(held, 1, LOT // 2)  # type: ignore[arg-type]
    world.master.tell(late)
    world.run()
    world.pass_ms(3000)
    assert [h.volume for h in world.slave.held.values()] == [LOT // 2]


def test_a_snapshot_that_lacks_a_part_replaces_nothing() -> None:
    world = World()
    world.master.open(LOT)
    world.run()
    world.pass_ms(2000)
    whole = world.master.kept
    world.master.kept = []
    world.to_router = lambda _terminal, _message: False
    world.master.snapshot()
    world.master.outbox.clear()
    world.to_router = lambda _terminal, _message: True
    parts = [data for i, data in enumerate(world.master.kept) if i != 3]
    world.master.kept = [*whole, *parts]
    peer = next(p for p, t in world.peers.items() if t is world.master)
    envelope = Envelope(Kind.EVENTS, 0, world.master.acked + len(whole) + 1, 0, world.now_ns)
    world.message(peer, encode_envelope(envelope, b"".join(parts)))
    assert not world.engine.accounts[MASTER].synced
    assert len(world.slave.held) == 1
    world.pass_ms(2000)
    assert world.engine.accounts[MASTER].synced
    assert len(world.slave.held) == 1


def test_an_answer_from_the_wrong_account_means_nothing() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    link = next(iter(world.slave.held.values())).magic
    result = Result(0, link, 0, 0, 0, 0, -1, 0.0, 0, 0, 0, Stage.ALREADY_CLOSED, Action.OPEN, 0, 0, "")
    world.master.tell(result)
    world.run()
    world.master.close(ticket)
    world.run()
    assert world.slave.held == {}


def test_a_late_answer_to_an_earlier_command_ends_nothing() -> None:
    world = World()
    world.slave.mute = True
    world.to_terminal = swallow(world.slave)
    ticket = world.master.open(LOT)
    world.run()
    link = next(iter(world.rows()))
    world.slave.tell(Result(4711, link, 0, 0, 0, 0, -1, 0.0, 0, 0, 0, Stage.REJECTED, Action.OPEN, 10019, 0, ""))
    world.run()
    world.to_terminal = lambda _terminal, _message: True
    world.pass_ms(3000)
    assert world.statuses() == [("open", None)]
    assert ticket in world.master.held


def test_a_step_that_differs_is_met_by_rounding_down() -> None:
    world = World(copier({"sizing": {"mode": "multiplier", "factor": "0.37"}}), connect=False)
    world.slave.symbols = [symbol(step=LOT // 10, smallest=LOT // 10)]
    for terminal in world.terminals.values():
        world.connect(terminal)
    ticket = world.master.open(2 * LOT)
    world.run()
    assert [h.volume for h in world.slave.held.values()] == [7 * LOT // 10]
    world.master.close(ticket, LOT)
    world.run()
    assert [h.volume for h in world.slave.held.values()] == [3 * LOT // 10]


def test_frames_keep_their_order() -> None:
    trades = [Trade(i, i, i, 0, LOT, 1.0, 0.0, 0.0, 0, 0, 0, 0, "A", "") for i in range(1, 5)]
    body = b"".join(encode(trade) for trade in trades)
    assert list(decode_all(body)) == trades
    assert msgspec.structs.asdict(trades[0])["deal"] == 1


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (lambda comment: comment, (LOT // 2, LOT // 4)),
        # Where the broker cut the comment, the copy is held for a whole one, and no more is closed than follows from that.
        (lambda comment: comment[:-1], (LOT, LOT // 2)),
        (lambda _comment: "", (LOT, LOT // 2)),
    ],
)
def test_the_share_of_a_copy_without_a_row_is_in_its_comment(cut: Callable[[str], str], left: tuple[int, int]) -> None:
    world = World(copier({"sizing": {"mode": "multiplier", "factor": "0.5"}}))
    ticket = world.master.open(2 * LOT)
    world.run()
    for held in world.slave.held.values():
        held.comment = cut(held.comment)
    world.peers.clear()
    for terminal in world.terminals.values():
        terminal.up = False
    world.master.close(ticket, LOT)
    world.start_router()
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(3000)
    assert [held.volume for held in world.slave.held.values()] == [left[0]]
    world.master.close(ticket, LOT // 2)
    world.run()
    assert [held.volume for held in world.slave.held.values()] == [left[1]]
    world.master.close(ticket)
    world.run()
    assert not world.slave.held


def test_what_follows_a_deal_that_was_left_to_a_snapshot_is_left_to_it_too() -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    world.start_router(*world.known())
    world.connect(world.slave)
    world.connect(world.master)
    told, world.master.snapshot = world.master.snapshot, lambda: None  # type: ignore[method-assign]
    world.master.add(ticket, LOT)
    world.run()
    world.now_ns += 1_100_000_000
    world.master.now_ns = world.now_ns
    world.master.close(ticket, LOT)
    world.run()
    assert len(world.slave.held) == 1
    world.master.snapshot = told  # type: ignore[method-assign]
    world.pass_ms(3000)
    assert [held.volume for held in world.slave.held.values()] == [next(iter(world.rows().values())).target_lots]
