"""Quotes have an age, and an account keeps as many of them as it may have symbols."""

from lockstep_core.wire.codec import encode
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Tick
from lockstep_router.accounts import limits, quotes
from lockstep_router.accounts.quotes import QuoteTable

from .engine_harness import MASTER, MS, SLAVE, a_harness

TOLD_NS = 10**15
HOUR_MS = 3_600_000


def told(table: QuoteTable, *ticks: Tick) -> None:
    table.on_message(SLAVE, encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, 0), b"".join(map(encode, ticks))), b"k", TOLD_NS)


def good_ms(tick: Tick) -> int:
    """For how long a quote is good after it was told."""
    table = QuoteTable()
    told(table, tick)
    return (table.of(SLAVE)["EURUSD"].good_until_ns - TOLD_NS) // MS


def test_a_quote_is_good_for_five_seconds_after_it_was_told() -> None:
    assert good_ms(Tick(1.1, 1.2, HOUR_MS, 0, "EURUSD", HOUR_MS)) == 5_000
    assert good_ms(Tick(1.1, 1.2, HOUR_MS, 0, "EURUSD")) == 5_000
    assert good_ms(Tick(1.1, 1.2, HOUR_MS, 0, "EURUSD", HOUR_MS - 900)) == 5_000


def test_a_quote_that_came_from_the_broker_a_minute_ago_is_old_when_it_is_told() -> None:
    assert good_ms(Tick(1.1, 1.2, HOUR_MS, 0, "EURUSD", HOUR_MS + 58_000)) == 2_000
    assert good_ms(Tick(1.1, 1.2, HOUR_MS, 0, "EURUSD", HOUR_MS + 60_001)) == -1
    assert good_ms(Tick(1.1, 1.2, 1, 0, "EURUSD", 2**63 - 1)) < 0


def test_as_many_quotes_are_kept_as_an_account_may_have_symbols() -> None:
    assert quotes.MAX_SYMBOLS is limits.MAX_SYMBOLS
    table = QuoteTable()
    for first in range(0, limits.MAX_SYMBOLS + 200, 100):
        told(table, *(Tick(1.0, 1.0, 0, 0, f"S{n}") for n in range(first, first + 100)))
    assert len(table.of(SLAVE)) == limits.MAX_SYMBOLS


def test_an_opening_goes_by_no_quote_that_the_terminal_stopped_telling() -> None:
    harness = a_harness(max_spread_points=10)
    table = QuoteTable()
    table.on_message(
        SLAVE,
        encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, 0), encode(Tick(1.1, 1.1001, 0, 0, "EURUSD"))),
        b"k",
        harness.now_ns,
    )
    harness.quotes[SLAVE].update(table.of(SLAVE))
    harness.pass_ms(5_500)
    assert harness.terminals[MASTER].open(10**8)
    harness.run()
    assert harness.statuses() == [("skipped", "quote_unknown")]
