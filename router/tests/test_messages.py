"""Brokers punish too many orders a day: stops are left alone after so many, until the broker's next day."""

from .terminals import LOT
from .worlds import MS, SLAVE, UTC_NS, World, copier

MOST = 10
DAY_NS = 86_400_000 * MS
SETTINGS = {"sizing": {"mode": "none"}, "stops": {"max_messages_per_day": MOST, "modify_interval_ms": 0}}


def a_busy_world() -> tuple[World, int]:
    """All of a day's orders were sent: an opening, and then stops."""
    world = World(copier(SETTINGS))
    ticket = world.master.open(LOT, sl=1.05)
    world.run()
    for number in range(1, MOST + 5):
        world.master.set_stops(ticket, 1.05 + number / 1000, 0.0)
        world.pass_ms(100)
    return world, ticket


def slaves_stop(world: World) -> float:
    (held,) = world.slave.held.values()
    return held.sl


def sleep_until_tomorrow(world: World) -> None:
    """Nothing happens until a second before midnight at the broker, whose clock is that of UTC."""
    world.now_ns += DAY_NS - (world.now_ns + UTC_NS) % DAY_NS - 1_000 * MS


def test_after_so_many_orders_stops_are_left_alone() -> None:
    world, ticket = a_busy_world()
    assert slaves_stop(world) == 1.05 + (MOST - 1) / 1000
    world.master.close(ticket)
    world.run()
    assert world.slave.held == {}, "a closing is never held back"


def test_with_the_brokers_next_day_they_follow_by_themselves() -> None:
    world, _ = a_busy_world()
    sleep_until_tomorrow(world)
    world.pass_ms(500)
    assert slaves_stop(world) == 1.05 + (MOST - 1) / 1000
    world.pass_ms(2_000)
    assert slaves_stop(world) == 1.05 + (MOST + 4) / 1000


def test_a_new_router_counts_what_an_earlier_one_sent_on_the_brokers_day() -> None:
    world = World(copier(SETTINGS), connect=False)
    now_ms = (world.now_ns + UTC_NS) // MS
    yesterday_ms, this_morning_ms = now_ms - 10 * 3_600_000, now_ms - 3_600_000
    world.start_router(sent=[(SLAVE, yesterday_ms, 50), (SLAVE, this_morning_ms, MOST - 4), (SLAVE, now_ms, 1)])
    for terminal in world.terminals.values():
        world.connect(terminal)
    world.pass_ms(1_500)
    ticket = world.master.open(LOT, sl=1.05)
    world.run()
    for number in range(1, MOST):
        world.master.set_stops(ticket, 1.05 + number / 1000, 0.0)
        world.pass_ms(100)
    assert slaves_stop(world) == 1.05 + 2 / 1000, "seven before, the opening, and two stops"
