"""An order that a broker refuses because the market is closed waits until the market opens by the hours that the broker
reported.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action
from lockstep_core.wire.frames import SymbolSession
from lockstep_router.accounts.hours_table import HoursTable
from lockstep_router.accounts.limits import MAX_HOURS, MAX_SESSIONS
from tests.simulation.broker_data import AccountKind, ListedSymbol

from .engine_harness import SLAVE, EngineHarness, a_harness, restart, volumes
from .terminals import LOT, symbol

MS = 1_000_000
MINUTE_MS = 60_000
DAY_S = 86_400
BREAK_MS = 30 * MINUTE_MS


def week_of(harness: EngineHarness, closed_from_ms: int, closed_to_ms: int) -> tuple[tuple[int, int, int], ...]:
    """Sessions of the whole week without one break, which begins so many ms from now on the clock of the slave's broker."""
    broker = harness.slave.broker
    now_ms = broker.server_ms(harness.slave.scheduler.now_ns // MS)
    day, second = divmod((now_ms + closed_from_ms) // 1000, DAY_S)
    ends = (now_ms + closed_to_ms) // 1000 - day * DAY_S
    assert 0 < second < ends < DAY_S, "the break is within one day"
    weekday = (day + 4) % 7
    others = tuple((other, 0, DAY_S) for other in range(7) if other != weekday)
    return (*others, (weekday, 0, second), (weekday, ends, DAY_S))


def list_hours(harness: EngineHarness, sessions: tuple[tuple[int, int, int], ...], *, tells: bool = True) -> None:
    """The slave's broker has these hours from now on, and its terminal has told them."""
    listed = symbol()
    harness.slave.list_symbols(
        ListedSymbol(
            listed.name, 5, listed.volume_min, listed.volume_step, listed.volume_max, sessions=sessions, tells_hours=tells
        )
    )
    harness.run()


def a_break(tells: bool = True, ends_ms: int = BREAK_MS, **settings: Any) -> EngineHarness:
    """A harness with one copy, whose slave's market closes in five seconds."""
    harness = a_harness(**settings)
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.1, 1.1001)
    harness.master.open(LOT)
    harness.pass_ms(300)
    assert volumes(harness) == [100]
    list_hours(harness, week_of(harness, 5_000, ends_ms), tells=tells)
    return harness


def closings(harness: EngineHarness) -> int:
    return len([o for o in harness.slave.orders if o.action == Action.CLOSE])


def pass_slowly(harness: EngineHarness, ms: int) -> None:
    """Lets so much time pass, in steps of a second."""
    harness.pass_ms(ms, 1_000)


def test_a_closing_on_a_closed_market_goes_out_once_and_then_when_it_opens() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    pass_slowly(harness, BREAK_MS - 13_000)
    assert (closings(harness), volumes(harness)) == (1, [100])
    harness.pass_ms(4_000)
    assert (closings(harness), volumes(harness)) == (2, [])


def test_the_row_says_until_when_the_market_is_closed_by_the_brokers_clock() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    opens_ms = harness.slave.broker.server_ms(harness.now_ns // MS) + BREAK_MS - 10_000
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    row = next(iter(harness.rows().values()))
    assert (row.status, row.reason, row.params["code"]) == ("open", "broker_10018", "closed_until")
    shown = datetime.fromtimestamp(opens_ms / 1000, UTC)
    assert abs(datetime.strptime(f"{row.params['until']} +0000", "%Y-%m-%d %H:%M %z") - shown).total_seconds() < 60


def test_without_told_hours_a_refusal_is_tried_again_as_before() -> None:
    harness = a_break(tells=False)
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    row = next(iter(harness.rows().values()))
    assert (row.params["code"], row.params["until"]) == ("10018", "")
    pass_slowly(harness, 10 * MINUTE_MS)
    assert closings(harness) >= 5


def test_an_opening_that_is_still_fresh_then_goes_out_after_the_closings() -> None:
    harness = a_break(ends_ms=5 * MINUTE_MS, max_signal_age_ms=600_000)
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.master.open(LOT * 2)
    harness.run()
    pass_slowly(harness, 5 * MINUTE_MS - 13_000)
    harness.slave.orders.clear()
    harness.pass_ms(4_000, 50)
    assert [order.action for order in harness.slave.orders] == [Action.CLOSE, Action.OPEN]
    assert volumes(harness) == [200]


def test_an_opening_that_is_too_old_before_the_market_opens_is_rejected_with_the_opening_time() -> None:
    harness = a_break(max_signal_age_ms=5_000)
    pass_slowly(harness, 10_000)
    harness.master.open(LOT * 2)
    harness.pass_ms(7_000)
    row = list(harness.rows().values())[-1]
    assert (row.status, row.reason, row.params["code"]) == ("rejected", "broker_10018", "closed_until")
    pass_slowly(harness, BREAK_MS)
    assert volumes(harness) == [100]


def test_stops_are_set_when_the_market_opens() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    ticket = next(iter(harness.master.positions))
    harness.master.set_stops(ticket, 1.05, 0.0)
    harness.run()
    pass_slowly(harness, BREAK_MS - 13_000)
    assert next(iter(harness.slave.positions.values())).sl == 0.0
    harness.pass_ms(4_000)
    assert next(iter(harness.slave.positions.values())).sl == 1.05


def test_hours_that_change_while_an_order_waits_count_at_once() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    list_hours(harness, tuple((day, 0, DAY_S) for day in range(7)))
    harness.pass_ms(2_500)
    assert volumes(harness) == []


def test_hours_that_are_wrong_hold_a_closing_back_for_five_minutes_where_quotes_go_on() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    harness.slave.broker.listed["EURUSD"] = symbol()
    harness.slave.process.watcher.tell_hours = lambda: None  # type: ignore[method-assign]
    for second in range(290):
        harness.quotes[SLAVE]["EURUSD"] = Prices(1.2 + second * 1e-5, 1.21 + second * 1e-5)
        harness.pass_ms(1_000, 1_000)
    assert volumes(harness) == [100]
    harness.quotes[SLAVE]["EURUSD"] = Prices(1.3, 1.31)
    harness.pass_ms(12_000, 1_000)
    assert volumes(harness) == []


def test_a_market_that_stays_closed_after_its_opening_is_tried_with_the_shortest_pauses_first() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    pass_slowly(harness, BREAK_MS - 13_000)
    harness.slave.refusals = [10018] * 3
    harness.slave.orders.clear()
    harness.pass_ms(12_000)
    assert (closings(harness), volumes(harness)) == (4, [])


def test_a_router_that_begins_anew_is_told_the_hours_again() -> None:
    harness = a_break()
    restart(harness)
    pass_slowly(harness, 7_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    assert next(iter(harness.rows().values())).params["code"] == "closed_until"


def test_no_opening_time_is_reckoned_while_the_brokers_clock_is_not_known() -> None:
    harness = a_break()
    pass_slowly(harness, 10_000)
    tracked = harness.engine.accounts[SLAVE]
    assert tracked.figures is not None
    tracked.figures = msgspec.structs.replace(tracked.figures, utc_offset_ms=None)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    assert next(iter(harness.rows().values())).params["code"] == "10018"


def told(*frames: SymbolSession) -> HoursTable:
    table = HoursTable()
    for frame in frames:
        table.take(frame)
    return table


WHOLE_DAY = SymbolSession(0, 0, 1, 0, DAY_S, 0, "EURUSD")


def week(name: str = "EURUSD", wednesday: Mapping[str, int] = MappingProxyType({})) -> list[SymbolSession]:
    """A week of whole days; `wednesday` is what is different on that day."""
    days = [msgspec.structs.replace(WHOLE_DAY, day=day, symbol=name) for day in range(7)]
    days[3] = msgspec.structs.replace(days[3], **wednesday)
    return days


def test_hours_are_known_after_the_last_session_of_the_week() -> None:
    assert told(*week()[:6]).of("EURUSD") is None
    assert told(*week()).of("EURUSD") is not None
    assert told(*week(), *week()[:3]).of("EURUSD") is not None


@pytest.mark.parametrize(
    "changes", [{"sessions": MAX_SESSIONS + 1}, {"from_s": 2**32 - 1}, {"to_s": 2 * DAY_S + 1}, {"session": 1}]
)
def test_a_week_that_no_terminal_tells_is_not_believed(changes: dict[str, int]) -> None:
    assert told(*week(wednesday=changes)).of("EURUSD") is None


def test_a_symbol_with_too_many_sessions_is_as_if_none_were_told() -> None:
    assert told(*week(), *week(wednesday={"sessions": MAX_SESSIONS + 1})).of("EURUSD") is None


def test_a_week_without_sessions_forgets_the_hours() -> None:
    none = [SymbolSession(day, 0, 0, 0, 0, 0, "EURUSD") for day in range(7)]
    assert told(*week(), *none).of("EURUSD") is None


def test_sessions_of_quotes_are_passed_over() -> None:
    quotes = [SymbolSession(day, 0, 1, 0, 60, 1, "EURUSD") for day in range(7)]
    mixed = [frame for pair in zip(week(), quotes, strict=True) for frame in pair]
    assert told(*mixed).of("EURUSD") == told(*week()).of("EURUSD")


def test_a_week_with_a_gap_is_not_believed() -> None:
    assert told(*week()[:2], *week()[3:]).of("EURUSD") is None
    assert told(*week()[:2], *week("GBPUSD")[2:]).of("GBPUSD") is None


def test_of_too_many_symbols_those_that_were_told_last_are_known() -> None:
    table = told(*(frame for n in range(MAX_HOURS + 1) for frame in week(f"S{n}")))
    assert table.of("S0") is None
    assert table.of(f"S{MAX_HOURS}") is not None


def test_hours_count_on_accounts_that_net() -> None:
    harness = EngineHarness(kinds={SLAVE: AccountKind.NETTING})
    harness.master.open(LOT)
    harness.pass_ms(300)
    list_hours(harness, week_of(harness, 5_000, BREAK_MS))
    pass_slowly(harness, 10_000)
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    sent = len(harness.slave.orders)
    pass_slowly(harness, BREAK_MS - 13_000)
    assert (len(harness.slave.orders), volumes(harness)) == (sent, [100])
    harness.pass_ms(4_000)
    assert volumes(harness) == []
