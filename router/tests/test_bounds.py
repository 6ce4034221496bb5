"""However much one account claims, orders or leaves unanswered, the router remembers a bounded part of it."""

import msgspec
import pytest

from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.enums import Action, DealEntry
from lockstep_core.wire.envelope import Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import Frame, PositionFrame, Trade
from lockstep_router.accounts.limits import MAX_AWAITED, MAX_OPEN, MAX_OPENING_ON_MT4
from lockstep_router.execution.copy_index import FEW_TIMERS, TIMERS_OF_ONE
from tests.simulation.broker_data import AccountKind

from .engine_harness import MASTER, MS, SLAVE, EngineHarness, copier, curve_key
from .terminals import LOT
from .test_turns import opening, peer_of, say, say_all, snapshot


def closing(position: int, seen_ns: int) -> Trade:
    return msgspec.structs.replace(opening(position, seen_ns), entry=int(DealEntry.OUT), side=1)


def scalp(harness: EngineHarness, first: int, count: int) -> None:
    """The master opens and closes so many positions, one after the other."""
    for ticket in range(first, first + count):
        say(harness, MASTER, opening(ticket, harness.now_ns), closing(ticket, harness.now_ns))
        while harness.engine.is_busy:
            harness.engine.on_backlog(harness.now_ns)
        harness.now_ns += MS


def snapshot_of(first: int, count: int, volume: int | None = None) -> list[Frame]:
    """A snapshot of the master with so many positions from this ticket on, all of this volume."""
    changes: dict[str, object] = {} if volume is None else {"volume": volume}
    return [
        msgspec.structs.replace(frame, ticket=first + frame.ticket, **changes) if isinstance(frame, PositionFrame) else frame
        for frame in snapshot(count, MASTER.int)
    ]


def without_slave() -> EngineHarness:
    """The slave's terminal was never there."""
    harness = EngineHarness(connect=False)
    harness.connect(harness.master)
    harness.pass_ms(1_500)
    return harness


def test_positions_beyond_any_bound_count_as_open_ones() -> None:
    harness = EngineHarness()
    tracked = harness.engine.accounts[MASTER]
    say_all(harness, MASTER, snapshot_of(0, MAX_OPEN + 100, Lots(2 * MAX_LOTS))[:-1])
    assert tracked.assembly is not None
    assert (tracked.assembly.overfull, tracked.assembly.left_out) == (True, [])


def test_what_is_over_is_forgotten_though_its_slave_was_never_there() -> None:
    harness = without_slave()
    scalp(harness, 1, 300)
    assert harness.engine.followed == 0


def test_what_the_next_snapshot_lacks_is_forgotten_though_its_slave_was_never_there() -> None:
    harness = without_slave()
    for number in range(6):
        volume = Lots(2 * MAX_LOTS) if number % 2 else None
        say_all(harness, MASTER, snapshot_of(number * 1_000, 100, volume))
        assert harness.engine.accounts[MASTER].synced
        assert harness.engine.followed <= 100


def test_a_slave_that_answers_nothing_gets_so_many_orders_and_no_more() -> None:
    harness = EngineHarness()
    scalp(harness, 1, MAX_AWAITED + 200)
    assert harness.engine.followed <= MAX_AWAITED


def test_once_orders_have_their_end_openings_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lockstep_router.execution.pursuit.MAX_AWAITED", 5)
    harness = EngineHarness()
    harness.to_terminal = lambda terminal, message: (
        terminal is not harness.slave or decode_envelope(message).kind != Kind.COMMANDS
    )
    for _ in range(10):
        harness.master.close(harness.master.open(LOT))
        harness.run()
    assert (harness.engine.followed, harness.slave.received) == (5, [])
    harness.to_terminal = lambda _terminal, _message: True
    harness.pass_ms(30_000)
    assert harness.engine.followed == 0
    harness.master.open(LOT)
    harness.pass_ms(500)
    assert len(harness.slave.positions) == 1


def test_timers_of_copies_that_are_over_are_let_go() -> None:
    harness = EngineHarness()
    peer = peer_of(harness, SLAVE)
    bye = encode_envelope(Envelope(Kind.BYE, 0, 0, 0, harness.now_ns))
    harness.engine.on_message(peer, bye, curve_key(SLAVE), harness.now_ns)
    index = harness.engine._copy_manager.index
    scalp(harness, 1, 2 * FEW_TIMERS)
    assert index.timers <= FEW_TIMERS + TIMERS_OF_ONE * len(index.copies)


def test_nothing_is_opened_that_would_make_a_slave_too_large_to_be_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lockstep_router.execution.settler.MOST_COPIES", 5)
    harness = EngineHarness(copier({"sizing": {"mode": "none"}}))
    tickets = [harness.master.open(LOT) for _ in range(7)]
    harness.run()
    assert len(harness.slave.positions) == 5, "openings that are on their way count"
    assert harness.statuses().count(("waiting", "account_full")) == 2
    harness.master.close(tickets[0])
    harness.pass_ms(500)
    assert len(harness.slave.positions) == 5
    harness.pass_ms(8_000)
    assert harness.statuses().count(("skipped", "account_full")) == 1
    for ticket in tickets[1:]:
        harness.master.close(ticket)
    harness.pass_ms(500)
    assert not harness.slave.positions


def test_pending_orders_count_and_an_account_that_is_full_is_followed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lockstep_router.execution.settler.MOST_COPIES", 2)
    harness = EngineHarness(copier({"sizing": {"mode": "none"}, "pending": {"mode": "copy"}}))
    harness.master.place(2, LOT, 1.09)
    first = harness.master.open(LOT)
    harness.run()
    harness.master.open(LOT)
    harness.run()
    assert (len(harness.slave.positions), len(harness.slave.broker.pending_orders.waiting)) == (1, 1)
    harness.master.set_stops(first, 1.05, 0.0)
    harness.master.close(first, LOT // 2)
    harness.pass_ms(500)
    assert [(p.volume, p.sl) for p in harness.slave.positions.values()] == [(LOT // 2, 1.05)]


def test_an_mt4_program_is_sent_few_openings_at_a_time_and_every_closing() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "none"}}), kinds={SLAVE: AccountKind.MT4})
    held = harness.master.open(LOT)
    harness.pass_ms(300)
    harness.to_router = lambda terminal, _message: terminal is not harness.slave
    harness.slave.broker.holds = True
    tickets = [harness.master.open(LOT) for _ in range(MAX_OPENING_ON_MT4 + 10)]
    harness.run()
    assert len(harness.slave.heard) == 1 + MAX_OPENING_ON_MT4
    harness.master.close(held)
    harness.run()
    assert harness.slave.heard[-1] == Action.CLOSE
    assert len(tickets) > MAX_OPENING_ON_MT4


def test_an_opening_of_an_mt4_slave_that_has_an_end_makes_room_for_the_next_at_once() -> None:
    harness = EngineHarness(copier({"sizing": {"mode": "none"}}), kinds={SLAVE: AccountKind.MT4})
    tickets = [harness.master.open(LOT) for _ in range(3 * MAX_OPENING_ON_MT4)]
    harness.run()
    assert len(harness.slave.positions) == len(tickets)
    assert [order.action for order in harness.slave.orders] == [Action.OPEN] * len(tickets)
