"""Terminals show a few symbols; the router has all of the broker's told in pages, and believes what is told last."""

from msgspec.structs import replace

from lockstep_core.wire.codec import decode
from lockstep_core.wire.enums import Capability
from lockstep_core.wire.envelope import ENVELOPE, Kind, decode_envelope
from lockstep_core.wire.frames import Frame, Symbol, SymbolPage, SymbolPageEnd
from lockstep_router.accounts.limits import MAX_SYMBOLS
from lockstep_router.engine.symbol_pages import PAGE
from tests.simulation.broker_data import ListedSymbol

from .engine_harness import SLAVE, EngineHarness, a_harness, restart
from .terminals import LOT, symbol


def told(harness: EngineHarness, listed: ListedSymbol) -> None:
    """The slave's terminal tells that a symbol changed."""
    harness.slave.broker.listed[listed.name] = listed
    harness.slave.report_encoded([listed.frame()])
    harness.run()


def symbols_of(harness: EngineHarness) -> set[str]:
    return set(harness.engine.accounts[SLAVE].specs)


def with_symbols(*names: str) -> EngineHarness:
    harness = a_harness()
    for terminal in harness.terminals.values():
        terminal.list_symbols(symbol("EURUSD"), *map(symbol, names))
    restart(harness)
    return harness


def test_a_symbol_that_no_terminal_shows_is_copied() -> None:
    harness = with_symbols("XAUUSD")
    assert harness.slave.process.market_watch == {"EURUSD"}
    harness.master.open(LOT, name="XAUUSD")
    harness.run()
    assert harness.statuses() == [("open", None)]


def test_all_symbols_of_a_broker_are_told_page_after_page() -> None:
    names = [f"S{n}" for n in range(3 * PAGE)]
    assert symbols_of(with_symbols(*names)) == {"EURUSD", *names}


def test_a_snapshot_takes_no_symbol_away_that_a_page_told() -> None:
    harness = with_symbols("XAUUSD")
    harness.to_router = lambda _, message: not has(message, SymbolPageEnd)
    harness.slave.snapshot()
    harness.run()
    assert symbols_of(harness) == {"EURUSD", "XAUUSD"}


def has(message: bytes, kind: type[Frame]) -> bool:
    envelope = decode_envelope(message)
    return envelope.kind == Kind.EVENTS and isinstance(decode(message, ENVELOPE.size)[0], kind)


def test_an_opening_waits_for_a_symbol_that_may_not_have_been_told_yet() -> None:
    harness = a_harness()
    for terminal in harness.terminals.values():
        terminal.list_symbols(symbol("EURUSD"), symbol("XAUUSD"))
    harness.to_router = lambda terminal, message: terminal is harness.master or not has(message, SymbolPageEnd)
    harness.to_terminal = lambda terminal, message: terminal is harness.master or not asks_page(message)
    restart(harness)
    harness.master.open(LOT, name="XAUUSD")
    harness.pass_ms(1_000)
    assert harness.statuses() == [], "nobody knows yet whether the broker has it"
    harness.to_router = harness.to_terminal = lambda _terminal, _message: True
    harness.pass_ms(3_000)
    assert harness.statuses() == [("open", None)]


def test_an_opening_whose_symbol_was_not_told_in_time_is_too_late_and_not_unknown() -> None:
    harness = a_harness(max_signal_age_ms=2_000)
    harness.to_terminal = lambda terminal, message: terminal is harness.master or not asks_page(message)
    harness.master.list_symbols(symbol("EURUSD"), symbol("XAUUSD"))
    restart(harness)
    harness.master.open(LOT, name="XAUUSD")
    harness.pass_ms(4_000)
    assert harness.statuses() == [("skipped", "signal_too_old")]


def test_rounds_begin_at_most_once_a_minute() -> None:
    harness = with_symbols("XAUUSD")
    pages: list[int] = []

    def count(_: object, message: bytes) -> bool:
        if decode_envelope(message).kind == Kind.COMMANDS:
            pages.extend(isinstance(decode(message, ENVELOPE.size)[0], SymbolPage) for _ in (1,))
        return True

    harness.to_terminal = count
    for _ in range(20):
        harness.slave.snapshot()
        harness.pass_ms(500)
    assert sum(pages) == 0
    harness.pass_ms(60_000, step_ms=500)
    assert sum(pages) == 1


def test_a_page_that_was_lost_is_requested_again() -> None:
    harness = a_harness()
    harness.slave.list_symbols(symbol("EURUSD"), symbol("XAUUSD"))
    harness.to_terminal = lambda terminal, message: not (terminal is harness.slave and asks_page(message))
    restart(harness)
    assert symbols_of(harness) == {"EURUSD"}
    harness.to_terminal = lambda _terminal, _message: True
    harness.pass_ms(6_000, step_ms=500)
    assert symbols_of(harness) == {"EURUSD", "XAUUSD"}


def asks_page(message: bytes) -> bool:
    return decode_envelope(message).kind == Kind.COMMANDS and isinstance(decode(message, ENVELOPE.size)[0], SymbolPage)


def test_a_terminal_of_an_earlier_release_is_asked_for_no_pages() -> None:
    harness = a_harness()
    harness.slave.broker.capabilities &= ~Capability.QUOTES
    harness.slave.list_symbols(symbol("EURUSD"), symbol("XAUUSD"))
    restart(harness)
    assert harness.engine.accounts[SLAVE].symbol_round.request == 0
    assert symbols_of(harness) == {"EURUSD", "XAUUSD"}


def test_a_tick_value_that_doubles_halves_the_next_size() -> None:
    harness = a_harness(sizing={"mode": "risk_amount", "amount": "100"})
    harness.master.open(LOT, sl=1.09)
    harness.run()
    assert [order.volume for order in harness.slave.orders] == [LOT // 10]
    told(harness, replace(harness.slave.broker.listed["EURUSD"], tick_value=2, contract=200_000))
    harness.master.open(LOT, sl=1.09)
    harness.run()
    assert [order.volume for order in harness.slave.orders] == [LOT // 10, LOT // 20]


def test_a_tick_value_that_doubles_though_the_contract_did_not_is_not_believed() -> None:
    harness = a_harness(sizing={"mode": "risk_amount", "amount": "100"})
    told(harness, replace(harness.slave.broker.listed["EURUSD"], tick_value=2))
    harness.master.open(LOT, sl=1.09)
    harness.pass_ms(8_000)
    assert harness.statuses() == [("skipped", "spec_doubtful")]


def test_a_smallest_volume_that_is_raised_counts_at_once() -> None:
    harness = a_harness()
    told(harness, replace(harness.slave.broker.listed["EURUSD"], volume_min=LOT // 10))
    harness.master.open(LOT // 100)
    harness.run()
    assert harness.statuses() == [("skipped", "volume_below_min")]
    assert harness.slave.orders == []


def test_close_only_ends_when_the_broker_ends_it() -> None:
    harness = a_harness()
    told(harness, replace(harness.slave.broker.listed["EURUSD"], trade_mode=3))
    harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("waiting", "symbol_not_tradable")]
    told(harness, replace(harness.slave.broker.listed["EURUSD"], trade_mode=4))
    harness.pass_ms(1_500)
    assert harness.statuses() == [("open", None)]


def test_a_symbol_that_the_broker_has_no_longer_is_not_opened() -> None:
    harness = with_symbols("XAUUSD")
    del harness.slave.broker.listed["XAUUSD"]
    harness.slave.snapshot()
    harness.pass_ms(61_000, step_ms=500)
    harness.master.open(LOT, name="XAUUSD")
    harness.run()
    assert harness.statuses() == [("waiting", "symbol_not_tradable")]


def test_a_terminal_that_tells_symbols_without_end_fills_no_memory() -> None:
    harness = a_harness()
    tracked = harness.engine.accounts[SLAVE]
    tracked.symbol_round.on_requested(77, harness.now_ns)
    one = decode(symbol("X").frame())[0]
    assert isinstance(one, Symbol)
    for first in range(0, MAX_SYMBOLS + 400, 200):
        frames = [replace(one, symbol=f"S{n}") for n in range(first, first + 200)]
        harness.slave.report(*frames, SymbolPageEnd(78, first, 200, 2**32 - 1, 0))
        harness.run()
    assert len(tracked.specs) == MAX_SYMBOLS
    assert len(tracked.symbol_round.names) <= MAX_SYMBOLS
