"""Live rows of accounts: only what changed, money at most once a second, and never at the expense of frames."""

import json
from collections.abc import Callable
from copy import copy
from datetime import datetime
from uuid import UUID

import msgspec

from lockstep_core.market.money import Prices
from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Permission
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Tick
from lockstep_router.accounts.quotes import FirstTick, QuoteTable
from lockstep_router.journal import ipc
from lockstep_router.journal.ipc import LiveRow, SymbolPortion
from lockstep_router.live.collector import LiveCollector
from lockstep_router.live.rows import position as position_json
from lockstep_router.live.symbols import PORTION, SymbolReporter
from lockstep_router.live.whole_symbols import WholeSymbols

from .engine_harness import MASTER, MS, SLAVE, EngineHarness
from .terminals import LOT, UTC_NS
from .test_quarantine import BrokenQuotes


def a_live(harness: EngineHarness, clock: Callable[[], int] | None = None) -> LiveCollector:
    first = Tick(1.0999, 1.1, 0, 0, "EURUSD")
    ticks = {MASTER: FirstTick(b"k", first, harness.now_ns)}

    def on_fault(account: UUID, error: Exception) -> None:
        harness.act(harness.engine.on_fault_beside(account, error, harness.now_ns))

    return LiveCollector(harness.engine.accounts, ticks.get, clock or (lambda: harness.now_ns), on_fault)


def reported(harness: EngineHarness, live: LiveCollector, pass_ms: int = 1000) -> dict[UUID, LiveRow]:
    harness.pass_ms(pass_ms)
    live.turn(harness.now_ns)
    return {row.account: row for row in live.take()}


def beat(harness: EngineHarness) -> None:
    for terminal in harness.terminals.values():
        terminal.report(terminal.figures())
    harness.run()


def test_an_account_that_cannot_be_shown_is_shut_out_and_the_others_are_shown() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    harness.master.open(LOT)
    harness.run()
    harness.engine.accounts[MASTER].quotes = BrokenQuotes()
    live.turn(harness.now_ns)
    assert {row.account for row in live.take()} == {SLAVE}
    assert harness.engine.quarantined(harness.now_ns) == 1


def test_figures_positions_and_the_first_tick_are_published() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    harness.quotes[MASTER]["EURUSD"] = Prices(1.1012, 1.1014)
    ticket = harness.master.open(LOT // 2, sl=1.09)
    harness.run()
    row = reported(harness, live)[MASTER]
    assert (row.currency, row.balance, row.equity, row.connected) == ("USD", 10_000.0, 10_000.0, True)
    assert row.first_tick is not None
    assert (row.first_tick.symbol, row.first_tick.bid) == ("EURUSD", 1.0999)
    position = position_json(row.positions[0], row, UTC_NS)
    assert (position["ticket"], position["keys"], position["side"], position["lots"]) == (
        str(ticket),
        [str(ticket)],
        "buy",
        LOT // 2,
    )
    assert (position["open_price"], position["sl"], position["tp"]) == (1.1, 1.09, None)
    assert (position["price"], position["profit"]) == (1.1012, 60.0)
    opened = datetime.fromisoformat(position["opened_at"]).timestamp() * 1e9
    assert abs(opened - UTC_NS - harness.now_ns) < 2_000 * MS


def test_a_sell_is_closed_at_the_ask_and_without_a_quote_nothing_is_guessed() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    harness.master.open(LOT, side=1)
    harness.run()
    row = reported(harness, live)[MASTER]
    position = position_json(row.positions[0], row, UTC_NS)
    assert (position["price"], position["profit"]) == (None, None)
    harness.quotes[MASTER]["EURUSD"] = Prices(1.1008, 1.1010)
    row = reported(harness, live)[MASTER]
    position = position_json(row.positions[0], row, UTC_NS)
    assert (position["side"], position["price"], position["profit"]) == ("sell", 1.1010, -100.0)


def test_the_writer_gets_what_the_loop_sends() -> None:
    harness = EngineHarness()
    harness.quotes[MASTER]["EURUSD"] = Prices(1.1012, 1.1014)
    ticket = harness.master.open(LOT)
    harness.master.add(ticket, LOT // 2)
    harness.run()
    rows = list(reported(harness, a_live(harness)).values())
    assert ipc.to_writer.decode(ipc.encode(ipc.LiveRows(UTC_NS, rows))) == ipc.LiveRows(UTC_NS, rows)


def test_only_changes_are_published_and_a_heartbeat_alone_now_and_then() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    assert set(reported(harness, live)) == {MASTER, SLAVE}
    for _ in range(5):
        beat(harness)
        assert reported(harness, live) == {}
    harness.slave.set_equity(9_990.0)
    beat(harness)
    assert [row.equity for row in reported(harness, live).values()] == [9_990.0]
    harness.pass_ms(4000)
    beat(harness)
    assert set(reported(harness, live)) == {MASTER}
    live.report_all()
    assert set(reported(harness, live)) == {MASTER, SLAVE}


def test_no_account_is_published_more_often_than_once_a_second() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    reported(harness, live)
    rows = 0
    for step in range(50):
        harness.slave.set_equity(9_000.0 + step)
        beat(harness)
        rows += len(reported(harness, live, pass_ms=100))
    assert rows == 5


def test_what_is_opened_closed_or_moved_is_published_at_the_next_turn() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    reported(harness, live)
    ticket = harness.master.open(LOT, sl=1.09)
    harness.run()
    assert {row.account: len(row.positions) for row in reported(harness, live, 20).values()} == {MASTER: 1, SLAVE: 1}
    harness.master.close(ticket, LOT // 2)
    harness.run()
    assert {row.positions[0].volume for row in reported(harness, live, 20).values()} == {LOT // 2}
    assert reported(harness, live, 20) == {}


def test_a_terminal_that_is_gone_is_published_once() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    reported(harness, live)
    harness.peers.clear()
    harness.slave.up = harness.master.up = False
    harness.pass_ms(6000)
    assert {number: row.connected for number, row in reported(harness, live).items()} == {MASTER: False, SLAVE: False}
    assert reported(harness, live) == {}


def test_which_switch_is_off_is_published_as_soon_as_the_terminal_says_it() -> None:
    harness = EngineHarness()
    live = a_live(harness)
    reported(harness, live)
    off = Permission.SAID | Permission.ACCOUNT | Permission.EXPERTS
    harness.slave.report(msgspec.structs.replace(harness.slave.figures(), permissions=off | Permission.PROGRAM))
    harness.run()
    assert {row.trading for row in reported(harness, live).values()} == {"trading_off_autotrading"}
    harness.slave.report(msgspec.structs.replace(harness.slave.figures(connected=False), permissions=Permission.SAID))
    harness.run()
    assert {row.trading for row in reported(harness, live).values()} == {"unknown"}


def test_where_time_is_short_the_rest_waits_for_the_next_turn() -> None:
    harness = EngineHarness()
    harness.pass_ms(1000)
    times = iter(range(harness.now_ns, harness.now_ns + 10**9, 150_000))
    live = a_live(harness, lambda: next(times))
    for number in range(10, 20):
        tracked = copy(harness.engine.accounts[MASTER])
        tracked.account = msgspec.structs.replace(tracked.account, id=UUID(int=number))
        harness.engine.accounts[tracked.account.id] = tracked
    live.turn(harness.now_ns)
    first = len(live.take())
    assert 0 < first < 12
    live.turn(harness.now_ns + MS)
    assert live.take()


def test_the_first_tick_of_a_session_is_kept_until_there_is_another_session() -> None:
    table = QuoteTable()

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


def symbols_told(harness: EngineHarness, reporter: SymbolReporter, turns: int = 40) -> WholeSymbols:
    whole = WholeSymbols()
    for _ in range(turns):
        harness.pass_ms(100)
        reporter.turn(harness.now_ns)
        portion = reporter.take()
        if portion is not None:
            assert len(portion.symbols) <= PORTION
            message = ipc.LiveRows(UTC_NS, [], portion)
            assert ipc.to_writer.decode(ipc.encode(message)) == message
            whole.put(portion)
    return whole


def test_symbols_are_told_once_and_again_when_there_are_others() -> None:
    harness = EngineHarness()
    reporter = SymbolReporter(harness.engine.accounts)
    told = dict(symbols_told(harness, reporter).take())
    assert told.keys() == {MASTER, SLAVE}
    assert json.loads(told[SLAVE])["EURUSD"]["contract"] == 100_000.0
    assert symbols_told(harness, reporter).take() == []
    tracked = harness.engine.accounts[SLAVE]
    for number in range(2 * PORTION):
        tracked.index.put(msgspec.structs.replace(tracked.specs["EURUSD"], name=f"S{number}"))
    ((account, symbols),) = symbols_told(harness, reporter).take()
    assert (account, len(json.loads(symbols))) == (SLAVE, len(tracked.specs))
    reporter.report_all()
    assert len(symbols_told(harness, reporter).take()) == 2


def test_a_portion_without_its_first_is_left_out() -> None:
    whole = WholeSymbols()
    whole.put(SymbolPortion(MASTER, False, True, {}))
    assert whole.take() == []
