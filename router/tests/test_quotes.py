"""Quotes have an age, and an account keeps as many of them as it may have symbols."""

from typing import Any

from msgspec.structs import replace

from lockstep_core.market.money import Prices
from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Capability
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Tick
from lockstep_router.accounts.limits import MAX_SUBSCRIBED, MAX_SYMBOLS
from lockstep_router.accounts.quotes import QuoteTable

from .engine_harness import MS, SLAVE, a_harness, copier, restart
from .terminals import LOT, symbol

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
    table = QuoteTable()
    for first in range(0, MAX_SYMBOLS + 200, 100):
        told(table, *(Tick(1.0, 1.0, 0, 0, f"S{n}") for n in range(first, first + 100)))
    assert len(table.of(SLAVE)) == MAX_SYMBOLS


def test_an_opening_goes_by_no_quote_that_the_terminal_stopped_telling() -> None:
    harness = a_harness(max_spread_points=10)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1, 1.2, harness.now_ns + 5_000 * MS)
    harness.pass_ms(5_500)
    harness.slave.process.market = {"EURUSD": Prices(1.1, 1.1001)}
    harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("open", None)]


def test_without_a_quote_the_terminal_holds_the_limits_by_the_market_of_that_moment() -> None:
    harness = a_harness(max_spread_points=10, max_slippage_points=20)
    harness.slave.process.market = {"EURUSD": Prices(1.1, 1.1001)}
    harness.master.open(LOT)
    harness.run()
    (command,) = harness.slave.orders
    assert (command.limits, command.max_spread, command.max_slippage, command.reference_price) == (3, 10, 20, 1.1)
    assert harness.statuses() == [("open", None)]


def test_an_opening_that_the_terminal_holds_back_waits_with_the_reason_and_is_not_sent_again_at_that_price() -> None:
    harness = a_harness(max_spread_points=10)
    harness.slave.process.market = {"EURUSD": Prices(1.1, 1.1002)}
    harness.master.open(LOT)
    harness.run()
    (row,) = harness.rows().values()
    assert (row.status, row.reason, row.setting) == ("waiting", "spread", "max_spread_points")
    assert row.params == {"symbol": "EURUSD", "points": 20, "limit": 10}
    harness.pass_ms(2_000)
    assert len(harness.slave.volume_commands) == 1
    assert not harness.slave.orders


def test_a_market_that_comes_within_the_limits_while_the_opening_is_fresh_is_copied_once() -> None:
    harness = a_harness(max_spread_points=10)
    harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("waiting", "quote_unknown")]
    harness.slave.process.market = {"EURUSD": Prices(1.1, 1.1001)}
    harness.pass_ms(2_000)
    assert harness.statuses() == [("open", None)]
    assert len(harness.slave.orders) == len(harness.slave.positions) == 1


RISK: dict[str, Any] = {"sizing": {"mode": "fixed_risk", "risk_fraction": "0.01"}}


def test_where_the_size_needs_a_price_the_terminal_is_asked_for_it_first() -> None:
    harness = a_harness(**RISK)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.0950, 1.0952, harness.now_ns)
    harness.pass_ms(1_000)
    harness.slave.process.market = {"EURUSD": Prices(1.1098, 1.11)}
    harness.master.open(LOT, sl=1.09)
    harness.run()
    assert harness.slave.asked == ["EURUSD"]
    assert [order.volume for order in harness.slave.orders] == [LOT // 20], "100 at a stop that is 2,000 points away"
    assert harness.statuses() == [("open", None)]


def test_without_an_answer_the_size_is_reckoned_from_the_masters_price_and_sent_once() -> None:
    harness = a_harness(**RISK)
    harness.slave.process.market = {"EURUSD": Prices(1.1098, 1.11)}
    harness.slave.mute = True
    harness.master.open(LOT, sl=1.09)
    harness.run()
    assert (harness.slave.asked, harness.slave.orders) == (["EURUSD"], [])
    harness.pass_ms(200)
    assert harness.slave.orders == []
    harness.slave.mute = False
    harness.pass_ms(1_000)
    assert [order.volume for order in harness.slave.orders] == [LOT // 10], "100 at a stop that is 1,000 points away"
    assert len(harness.slave.positions) == 1
    assert harness.slave.asked == ["EURUSD"]


def test_with_a_fresh_quote_or_lots_that_need_no_price_nobody_is_asked() -> None:
    for settings in ({}, RISK):
        harness = a_harness(**settings)
        if settings:
            harness.quotes[SLAVE]["EURUSD"] = Prices(1.0998, 1.1)
        harness.master.open(LOT, sl=1.09)
        harness.run()
        assert harness.slave.asked == []
        assert len(harness.slave.orders) == 1


def test_an_answer_to_nobodys_question_changes_nothing() -> None:
    harness = a_harness(**RISK)
    harness.master.open(LOT, sl=1.09)
    harness.run()
    before = len(harness.slave.received)
    (link,) = harness.engine._copy_manager.index.copies
    for request in (0, 1, link, 2**64 - 1):
        harness.slave.report(Tick(1.1, 1.1001, 0, 0, "EURUSD", 0, request), Tick(0.0, 0.0, 0, 0, "", 0, request))
    harness.run()
    assert len(harness.slave.received) == before


def test_a_terminal_that_cannot_hold_limits_is_sent_nothing_without_a_quote() -> None:
    harness = a_harness(max_spread_points=10)
    harness.slave.broker.capabilities &= ~Capability.QUOTES
    harness.pass_ms(2_000)
    restart(harness)
    harness.master.open(LOT)
    harness.run()
    assert harness.statuses() == [("waiting", "quote_unknown")]
    harness.pass_ms(8_000)
    assert harness.statuses() == [("skipped", "quote_unknown")]
    assert not harness.slave.received


def test_a_terminal_tells_the_quotes_of_what_its_master_holds_and_trades() -> None:
    harness = a_harness()
    assert harness.slave.subscribed == set()
    harness.master.open(LOT)
    harness.pass_ms(200)
    assert harness.slave.subscribed == {"EURUSD"}
    assert harness.master.subscribed == set()


def test_a_terminal_tells_the_quotes_of_what_its_user_mapped_and_no_longer_when_that_ends() -> None:
    harness = a_harness()
    harness.slave.list_symbols(symbol("EURUSD"), symbol("GOLD"))
    restart(harness)
    harness.change_plan(
        copier({"sizing": {"mode": "none"}, "symbols": {"symbol_mapping": [{"from": "XAUUSD", "to": "GOLD"}]}})
    )
    harness.pass_ms(200)
    assert harness.slave.subscribed == {"GOLD"}
    harness.change_plan(copier({"sizing": {"mode": "none"}}))
    harness.pass_ms(200)
    assert harness.slave.subscribed == set()


def test_a_terminal_tells_the_pairs_that_say_what_money_is_worth() -> None:
    harness = a_harness()
    harness.master.broker.spec = replace(harness.master.broker.spec, currency="EUR")
    restart(harness)
    assert harness.slave.subscribed == {"EURUSD"}


def test_a_terminal_that_began_anew_is_asked_again() -> None:
    harness = a_harness()
    harness.master.open(LOT)
    harness.pass_ms(200)
    harness.slave.subscribed.clear()
    harness.slave.snapshot()
    harness.run()
    harness.pass_ms(200)
    assert harness.slave.subscribed == {"EURUSD"}


def test_a_terminal_is_asked_for_a_bounded_number_of_symbols() -> None:
    harness = a_harness()
    names = [f"S{n}" for n in range(MAX_SUBSCRIBED + 20)]
    for terminal in harness.terminals.values():
        terminal.list_symbols(*map(symbol, names))
    restart(harness)
    for name in names:
        harness.master.open(LOT, name=name)
        harness.run()
    harness.pass_ms(500)
    assert len(harness.slave.subscribed) <= MAX_SUBSCRIBED
    assert names[-1] in harness.slave.subscribed
