"""Brokers punish too many orders a day: after a limit stops are left alone until the broker's next day."""

from .engine_harness import MS, SLAVE, EngineHarness, copier
from .terminals import LOT, UTC_NS

MOST = 10
DAY_NS = 86_400_000 * MS
SETTINGS = {"sizing": {"mode": "none"}, "stops": {"max_messages_per_day": MOST, "modify_interval_ms": 0}}


def a_busy_harness() -> tuple[EngineHarness, int]:
    """A day's orders are used up, by an opening and then by stops."""
    harness = EngineHarness(copier(SETTINGS))
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    for number in range(1, MOST + 5):
        harness.master.set_stops(ticket, 1.05 + number / 1000, 0.0)
        harness.pass_ms(100)
    return harness, ticket


def slaves_stop(harness: EngineHarness) -> float:
    (position,) = harness.slave.positions.values()
    return position.sl


def sleep_until_tomorrow(harness: EngineHarness) -> None:
    """Nothing happens until a second before midnight at the broker, whose clock shows UTC."""
    harness.now_ns += DAY_NS - (harness.now_ns + UTC_NS) % DAY_NS - 1_000 * MS


def test_after_so_many_orders_stops_are_left_alone() -> None:
    harness, ticket = a_busy_harness()
    assert slaves_stop(harness) == 1.05 + (MOST - 1) / 1000
    harness.master.close(ticket)
    harness.run()
    assert harness.slave.positions == {}, "a closing is never position back"


def test_with_the_brokers_next_day_they_follow_by_themselves() -> None:
    harness, _ = a_busy_harness()
    sleep_until_tomorrow(harness)
    harness.pass_ms(500)
    assert slaves_stop(harness) == 1.05 + (MOST - 1) / 1000
    harness.pass_ms(2_000)
    assert slaves_stop(harness) == 1.05 + (MOST + 4) / 1000


def test_a_new_router_counts_what_an_earlier_one_sent_on_the_brokers_day() -> None:
    harness = EngineHarness(copier(SETTINGS), connect=False)
    now_ms = (harness.now_ns + UTC_NS) // MS
    yesterday_ms, this_morning_ms = now_ms - 10 * 3_600_000, now_ms - 3_600_000
    harness.start_router(sent=[(SLAVE, yesterday_ms, 50), (SLAVE, this_morning_ms, MOST - 4), (SLAVE, now_ms, 1)])
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(1_500)
    ticket = harness.master.open(LOT, sl=1.05)
    harness.run()
    for number in range(1, MOST):
        harness.master.set_stops(ticket, 1.05 + number / 1000, 0.0)
        harness.pass_ms(100)
    assert slaves_stop(harness) == 1.05 + 2 / 1000, "seven before, the opening, and two stops"
