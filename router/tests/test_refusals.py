"""What a slave's broker refuses is tried again by the policy of its code, and not a thousand times a night."""

from typing import Any

import msgspec
import pytest

from lockstep_core.decision.target import Target
from lockstep_core.market.money import Prices
from lockstep_core.market.retcodes import POLICIES, Verdict, policy_of
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action, Side
from lockstep_router.execution.inflight import InFlightOrder, Market, Refusals
from tests.simulation.broker_data import TradeRequest

from .engine_harness import SLAVE, EngineHarness, a_harness, restart, volumes
from .terminals import LOT, symbol

HOUR_MS = 3_600_000
COPIES = 12
MARKET_CLOSED, INVALID_STOPS, NO_MONEY, INVALID_LOTS = 10018, 10016, 10019, 10014


def a_closing_on_a_closed_market() -> EngineHarness:
    """A harness whose master closed while the slave's market was closed already."""
    harness = a_harness()
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1, 1.1001)
    ticket = harness.master.open(LOT)
    harness.pass_ms(300)
    harness.slave.refusals = [MARKET_CLOSED] * 100_000
    harness.master.close(ticket)
    harness.run()
    return harness


def test_a_closing_does_not_use_up_the_days_messages_while_the_market_is_closed() -> None:
    harness = a_closing_on_a_closed_market()
    harness.pass_ms(12 * HOUR_MS, 5_000)
    closings = [o for o in harness.slave.orders if o.action == Action.CLOSE]
    assert 40 <= len(closings) <= 60
    assert volumes(harness) == [100]


def test_a_closing_goes_out_with_the_first_quote_of_a_market_that_opens_again() -> None:
    harness = a_closing_on_a_closed_market()
    harness.pass_ms(HOUR_MS, 5_000)
    harness.slave.refusals = []
    harness.pass_ms(2_000)
    assert volumes(harness) == [100], "no quote has come yet, and the pause is not over"
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.2, 1.2001)
    harness.pass_ms(1_100)
    assert volumes(harness) == []


def test_quotes_that_go_on_while_no_orders_are_taken_do_not_hasten_a_closing_for_ever() -> None:
    harness = a_closing_on_a_closed_market()
    for second in range(600):
        harness.quotes[SLAVE]["EURUSD"] = Prices(1.2 + second * 1e-5, 1.21 + second * 1e-5)
        harness.pass_ms(1_000, 500)
    assert len(harness.slave.orders) - 1 <= 6 + 600 // 32


def test_closings_that_a_closed_market_refuses_leave_messages_for_the_stops_of_other_copies() -> None:
    harness = a_harness()
    for terminal in harness.terminals.values():
        terminal.list_symbols(symbol("EURUSD"), symbol("BTCUSD"))
    restart(harness)
    tickets = [harness.master.open(LOT) for _ in range(5)]
    sixth = harness.master.open(LOT, name="BTCUSD")
    harness.pass_ms(300)
    harness.slave.broker.before_request = lambda request: close_the_market(harness, request)
    for ticket in tickets:
        harness.master.close(ticket)
    harness.run()
    harness.pass_ms(12 * HOUR_MS, 5_000)
    assert 50 <= len(harness.slave.orders) <= 80, "in half a day"
    harness.master.set_stops(sixth, 1.05, 0.0)
    harness.pass_ms(1_000)
    assert [p.sl for p in harness.slave.positions.values() if p.symbol == "BTCUSD"] == [1.05]


def close_the_market(harness: EngineHarness, request: TradeRequest) -> None:
    """Only BTCUSD can be traded."""
    harness.slave.refusals = [] if request.symbol == "BTCUSD" else [MARKET_CLOSED]


def a_partial_close_of_wrong_lots() -> EngineHarness:
    """A harness whose slave's broker takes no lots that are to be closed."""
    harness = a_harness()
    ticket = harness.master.open(LOT)
    harness.pass_ms(300)
    harness.slave.refusals = [INVALID_LOTS] * 100_000
    harness.master.close(ticket, LOT // 2)
    harness.run()
    return harness


def test_lots_that_a_broker_never_takes_are_tried_a_few_times_a_day() -> None:
    harness = a_partial_close_of_wrong_lots()
    harness.pass_ms(24 * HOUR_MS, 10_000)
    reductions = len(harness.slave.orders) - 1
    assert 10 <= reductions <= 18
    assert harness.statuses() == [("open", f"broker_{INVALID_LOTS}")]
    harness.pass_ms(48 * HOUR_MS, 10_000)
    assert len(harness.slave.orders) - 1 - reductions <= 2, "and then about once a day"


def test_another_specification_of_the_symbol_ends_the_pause_after_wrong_lots() -> None:
    harness = a_partial_close_of_wrong_lots()
    harness.pass_ms(12 * HOUR_MS, 10_000)
    harness.slave.refusals = []
    harness.slave.list_symbols(msgspec.structs.replace(symbol("EURUSD"), volume_max=50 * LOT))
    harness.slave.snapshot()
    harness.pass_ms(65_000, 500)
    assert volumes(harness) == [50]


def test_another_order_is_not_kept_back_by_the_refusal_of_wrong_lots() -> None:
    harness = a_partial_close_of_wrong_lots()
    harness.pass_ms(12 * HOUR_MS, 10_000)
    harness.slave.refusals = []
    harness.master.close(next(iter(harness.master.positions)))
    harness.pass_ms(1_000)
    assert volumes(harness) == []


@pytest.mark.parametrize("retcode", [MARKET_CLOSED, NO_MONEY, INVALID_STOPS, 10006, 10017, 10027, 10033, 10034, 10040])
def test_an_opening_is_tried_again_while_its_signal_is_fresh(retcode: int) -> None:
    harness = a_harness(max_signal_age_ms=5_000)
    harness.slave.refusals = [retcode, retcode]
    harness.master.open(LOT)
    harness.pass_ms(4_500)
    assert volumes(harness) == [100]
    assert harness.statuses() == [("open", None)]
    assert len(harness.slave.orders) == 3


@pytest.mark.parametrize("retcode", [MARKET_CLOSED, NO_MONEY])
def test_an_opening_that_was_refused_until_it_was_too_late_is_rejected_with_the_brokers_code(retcode: int) -> None:
    harness = a_harness(max_signal_age_ms=5_000)
    harness.slave.refusals = [retcode] * 100
    harness.master.open(LOT)
    harness.pass_ms(7_000)
    assert harness.statuses() == [("rejected", f"broker_{retcode}")]
    harness.slave.refusals = []
    harness.pass_ms(60_000)
    assert volumes(harness) == []


def test_an_opening_whose_stops_were_refused_is_opened_with_its_stops_a_moment_later() -> None:
    harness = a_harness(max_signal_age_ms=5_000, stops={"too_close": "widen"})
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1, 1.1001)
    harness.slave.refusals = [INVALID_STOPS]
    harness.master.open(LOT, sl=1.09)
    harness.pass_ms(1_000)
    assert volumes(harness) == [100]
    assert next(iter(harness.slave.positions.values())).sl == 1.09


def test_a_pending_order_that_was_refused_does_not_end_its_link() -> None:
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"})
    harness.slave.refusals = [INVALID_LOTS]
    ticket = harness.master.place(2, LOT, 1.09)
    harness.run()
    assert harness.statuses() == [("rejected", f"broker_{INVALID_LOTS}")]
    harness.pass_ms(3_000)
    assert len(harness.slave.orders) == 1, "the very same order is not placed again"
    harness.master.fill(ticket)
    harness.pass_ms(1_000)
    assert volumes(harness) == [100]


def test_a_refused_pending_order_is_followed_after_a_restart_as_before_it() -> None:
    harness = a_harness(pending={"mode": "copy", "when_filled": "market"})
    harness.slave.refusals = [INVALID_LOTS]
    ticket = harness.master.place(2, LOT, 1.09)
    harness.run()
    restart(harness)
    harness.master.fill(ticket)
    harness.pass_ms(1_000)
    assert volumes(harness) == [100]


def test_an_opening_is_given_up_after_a_final_refusal() -> None:
    harness = EngineHarness()
    harness.slave.refusals = [10014]
    ticket = harness.master.open(LOT)
    harness.run()
    harness.pass_ms(10_000)
    assert harness.statuses() == [("rejected", "broker_10014")]
    assert len(harness.slave.orders) == 1
    assert harness.slave.volume_commands == harness.slave.orders
    harness.master.close(ticket)
    harness.run()
    assert [order.action for order in harness.slave.orders] == [Action.OPEN]
    assert harness.statuses() == [("rejected", "broker_10014")]


def test_a_close_is_never_given_up() -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    harness.slave.refusals = [10018] * 8
    harness.master.close(ticket)
    harness.run()
    assert len(harness.slave.positions) == 1
    harness.pass_ms(300_000, 500)
    assert harness.slave.positions == {}


def test_every_pause_grows_to_its_bound_and_no_further() -> None:
    for policy in POLICIES.values():
        pauses = [policy.pause_ns(refusals) for refusals in range(1, 60)]
        assert pauses[0] == policy.first_ns
        assert pauses == sorted(pauses)
        assert pauses[-1] == policy.longest_ns


def test_a_code_that_nobody_knows_ends_an_opening() -> None:
    assert policy_of(99_999).verdict is Verdict.FINAL


@pytest.mark.parametrize(
    ("side", "lots", "forbidden"), [(Side.BUY, LOT, True), (Side.SELL, LOT, False), (Side.BUY, 1, False)]
)
@pytest.mark.parametrize("levels", [(0.0, 0.0), (0.0, 1.2), (1.0, 0.0)])
def test_stops_that_a_broker_never_takes_may_be_right_for_other_lots_or_the_other_side(
    levels: tuple[float, float], side: Side, lots: int, forbidden: bool
) -> None:
    refused = Target(Action.SET_STOPS, "EURUSD", Lots(LOT), *levels, Side.BUY)
    refusals, order = Refusals(), InFlightOrder(refused, 0, opens=False)
    assert refusals.on_refused(order, INVALID_STOPS, Market(None), 0)
    assert refusals.forbids(Target(Action.SET_STOPS, "EURUSD", Lots(lots), *levels, side)) is forbidden


@pytest.mark.parametrize("retcode", [MARKET_CLOSED, 10017, 10021, 10024, 10026, 10027])
def test_a_night_of_refused_closings_costs_each_copy_one_message_and_all_of_them_some_tens(retcode: int) -> None:
    """Nobody told when the market opens."""
    harness = closings_of_many(COPIES, retcode)
    quote_for(harness, hours=12, each_s=0)
    refused = len(harness.slave.orders)
    assert COPIES + 20 <= refused <= COPIES + 160
    open_the_market(harness)
    harness.pass_ms(905_000, 1_000)
    assert volumes(harness) == []
    assert len(harness.slave.orders) - refused == COPIES


def test_a_market_that_quotes_all_night_and_takes_no_order_costs_as_much() -> None:
    harness = closings_of_many(COPIES, MARKET_CLOSED)
    quote_for(harness, hours=12, each_s=30)
    assert len(harness.slave.orders) <= COPIES + 80


def test_all_closings_go_out_with_the_first_quote_of_a_market_that_opens_again() -> None:
    harness = closings_of_many(COPIES, MARKET_CLOSED)
    quote_for(harness, hours=2, each_s=0)
    open_the_market(harness)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.2, 1.2001)
    harness.pass_ms(4_000)
    assert volumes(harness) == []


def test_stops_are_still_set_after_a_night_of_refused_closings() -> None:
    harness = closings_of_many(COPIES, MARKET_CLOSED, stops={"max_messages_per_day": 100})
    ticket = harness.master.open(LOT, name="BTCUSD")
    harness.pass_ms(300)
    quote_for(harness, hours=12, each_s=0)
    harness.master.set_stops(ticket, 1.05, 0.0)
    harness.pass_ms(1_000)
    assert [p.sl for p in harness.slave.positions.values() if p.symbol == "BTCUSD"] == [1.05]


def closings_of_many(copies: int, retcode: int, **settings: Any) -> EngineHarness:
    """The master has closed so many EURUSD, whose closings the slave's broker refuses; BTCUSD can be traded."""
    harness = a_harness(**settings)
    for terminal in harness.terminals.values():
        terminal.list_symbols(symbol("EURUSD"), symbol("BTCUSD"))
    restart(harness)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1, 1.1001)
    tickets = [harness.master.open(LOT) for _ in range(copies)]
    harness.pass_ms(1_000)
    harness.slave.orders.clear()
    harness.slave.broker.before_request = lambda request: refuse_all_but_bitcoin(harness, request, retcode)
    for ticket in tickets:
        harness.master.close(ticket)
    harness.run()
    return harness


def refuse_all_but_bitcoin(harness: EngineHarness, request: TradeRequest, retcode: int) -> None:
    harness.slave.refusals = [] if request.symbol == "BTCUSD" else [retcode]


def open_the_market(harness: EngineHarness) -> None:
    harness.slave.broker.before_request = lambda _: None
    harness.slave.refusals = []


def quote_for(harness: EngineHarness, hours: int, each_s: int) -> None:
    """So many hours pass, with another quote each so many seconds; 0: with none."""
    step_s = each_s or 10
    for number in range(hours * 3_600 // step_s):
        if each_s:
            harness.quotes[SLAVE]["EURUSD"] = Prices(1.1 + number * 1e-5, 1.101 + number * 1e-5)
        harness.pass_ms(step_s * 1_000, 10_000)
