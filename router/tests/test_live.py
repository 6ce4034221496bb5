"""What is told of accounts as they are now: only what changed, no more often than once a second, never in a frame's way."""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from uuid import UUID

import msgspec

from lockstep_core.market.money import Prices
from lockstep_core.wire.codec import encode
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Tick
from lockstep_router.accounts.quotes import FirstTick, TickTable
from lockstep_router.journal import ipc
from lockstep_router.journal.ipc import LiveRow
from lockstep_router.live.collector import Live
from lockstep_router.live.rows import position

from .terminals import LOT
from .worlds import MASTER, MS, SLAVE, UTC_NS, World


def a_live(world: World, clock: Callable[[], int] | None = None) -> Live:
    first = Tick(1.0999, 1.1, 0, 0, "EURUSD")
    ticks = {MASTER: FirstTick(b"k", first, world.now_ns)}
    return Live(world.engine.minds, ticks.get, clock or (lambda: world.now_ns))


def told(world: World, live: Live, pass_ms: int = 1000) -> dict[UUID, LiveRow]:
    world.pass_ms(pass_ms)
    live.turn(world.now_ns)
    return {row.account: row for row in live.take()}


def beat(world: World) -> None:
    for terminal in world.terminals.values():
        terminal.tell(terminal.figures())
    world.run()


def test_figures_positions_and_the_first_tick_are_told() -> None:
    world = World()
    live = a_live(world)
    world.quotes[MASTER]["EURUSD"] = Prices(1.1012, 1.1014)
    ticket = world.master.open(LOT // 2, sl=1.09)
    world.run()
    row = told(world, live)[MASTER]
    assert (row.currency, row.balance, row.equity, row.connected) == ("USD", 10_000.0, 10_000.0, True)
    assert row.first_tick is not None
    assert (row.first_tick.symbol, row.first_tick.bid) == ("EURUSD", 1.0999)
    held = position(row.positions[0], row, UTC_NS)
    assert (held["ticket"], held["keys"], held["side"], held["lots"]) == (str(ticket), [str(ticket)], "buy", LOT // 2)
    assert (held["open_price"], held["sl"], held["tp"]) == (1.1, 1.09, None)
    assert (held["price"], held["profit"]) == (1.1012, 60.0)
    opened = datetime.fromisoformat(held["opened_at"]).timestamp() * 1e9
    assert abs(opened - UTC_NS - world.now_ns) < 2_000 * MS


def test_a_sell_is_closed_at_the_ask_and_without_a_quote_nothing_is_guessed() -> None:
    world = World()
    live = a_live(world)
    world.master.open(LOT, side=1)
    world.run()
    row = told(world, live)[MASTER]
    held = position(row.positions[0], row, UTC_NS)
    assert (held["price"], held["profit"]) == (None, None)
    world.quotes[MASTER]["EURUSD"] = Prices(1.1008, 1.1010)
    row = told(world, live)[MASTER]
    held = position(row.positions[0], row, UTC_NS)
    assert (held["side"], held["price"], held["profit"]) == ("sell", 1.1010, -100.0)


def test_what_the_loop_tells_is_what_the_writer_gets() -> None:
    world = World()
    world.quotes[MASTER]["EURUSD"] = Prices(1.1012, 1.1014)
    ticket = world.master.open(LOT)
    world.master.add(ticket, LOT // 2)
    world.run()
    rows = list(told(world, a_live(world)).values())
    assert ipc.to_writer.decode(ipc.encode(ipc.Live(UTC_NS, rows))) == ipc.Live(UTC_NS, rows)


def test_only_what_changed_is_told_and_heartbeats_alone_now_and_then() -> None:
    world = World()
    live = a_live(world)
    assert set(told(world, live)) == {MASTER, SLAVE}
    for _ in range(5):
        beat(world)
        assert told(world, live) == {}
    world.slave.equity = 9_990.0
    beat(world)
    assert [row.equity for row in told(world, live).values()] == [9_990.0]
    world.pass_ms(4000)
    beat(world)
    assert set(told(world, live)) == {MASTER}
    live.tell_all()
    assert set(told(world, live)) == {MASTER, SLAVE}


def test_no_account_is_told_more_often_than_once_a_second() -> None:
    world = World()
    live = a_live(world)
    told(world, live)
    rows = 0
    for step in range(50):
        world.slave.equity = 9_000.0 + step
        beat(world)
        rows += len(told(world, live, pass_ms=100))
    assert rows == 5


def test_a_terminal_that_is_gone_is_told_once() -> None:
    world = World()
    live = a_live(world)
    told(world, live)
    world.peers.clear()
    world.slave.up = world.master.up = False
    world.pass_ms(6000)
    assert {number: row.connected for number, row in told(world, live).items()} == {MASTER: False, SLAVE: False}
    assert told(world, live) == {}


def test_where_time_is_short_the_rest_waits_for_the_next_turn() -> None:
    world = World()
    world.pass_ms(1000)
    times = iter(range(world.now_ns, world.now_ns + 10**9, 150_000))
    live = a_live(world, lambda: next(times))
    for number in range(10, 20):
        mind = copy(world.engine.minds[MASTER])
        mind.account = msgspec.structs.replace(mind.account, id=UUID(int=number))
        world.engine.minds[mind.account.id] = mind
    live.turn(world.now_ns)
    first = len(live.take())
    assert 0 < first < 12
    live.turn(world.now_ns + MS)
    assert live.take()


def test_the_first_tick_of_a_session_is_kept_until_there_is_another_session() -> None:
    table = TickTable()

    def tick(bid: float, key: bytes, at_ns: int) -> None:
        body = encode(Tick(bid, bid + 0.0002, 0, 0, "EURUSD"))
        table.on_message(MASTER, encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, 0), body), key, at_ns)

    tick(1.1, b"one", 5)
    tick(1.2, b"one", 6)
    first = table.first(MASTER)
    assert first is not None
    assert (first.tick.bid, first.at_ns) == (1.1, 5)
    tick(1.3, b"two", 7)
    first = table.first(MASTER)
    assert first is not None
    assert (first.tick.bid, first.at_ns) == (1.3, 7)
    assert table.first(SLAVE) is None
