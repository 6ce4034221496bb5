"""The news calendar in a running router: what is kept away from it, and what is closed before it, live."""

from typing import Any

from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.economic_news import items_of

from .terminals import LOT
from .worlds import MS, UTC_NS, World, copier

MINUTE_MS = 60_000


def a_world(**news_filter: Any) -> World:
    return World(copier({"sizing": {"mode": "none"}, "filters": {"news_filter": news_filter}}))


def in_minutes(world: World, minutes: float, *currencies: str, priority: str = "high") -> tuple[NewsItem, ...]:
    now_ms = (world.now_ns + UTC_NS) // MS
    return items_of([(now_ms + round(minutes * MINUTE_MS), currencies or ("USD",), priority, "payrolls")])


def tell(world: World, news: tuple[NewsItem, ...]) -> None:
    """A calendar comes from the database."""
    world.act(world.engine.on_calendar(news, world.now_ns))
    world.run()


def open_one(world: World) -> int:
    """The master opens; how many positions the slave then has."""
    world.master.open(LOT)
    world.run()
    return len(world.slave.held)


def skips(world: World) -> list[tuple[str | None, str | None]]:
    return [(row.reason, row.setting) for row in world.rows().values() if row.status == "skipped"]


def test_in_a_window_around_news_nothing_is_opened_and_after_it_copies_go_on() -> None:
    world = a_world(open_position_preceding_time_gap_in_minutes=2, open_position_following_time_gap_in_minutes=1)
    tell(world, in_minutes(world, 1))
    assert open_one(world) == 0
    assert skips(world) == [("news", "filters.news_filter")]
    (row,) = world.rows().values()
    assert row.params == {"currency": "USD", "importance": "high", "title": "payrolls", "when": "ahead", "minutes": 1}
    world.pass_ms(2 * MINUTE_MS + 1_000, step_ms=1_000)
    assert not world.slave.held, "what was skipped is not caught up with"
    assert open_one(world) == 1


def test_a_calendar_that_changes_counts_from_then_on() -> None:
    world = a_world()
    assert open_one(world) == 1
    tell(world, in_minutes(world, 1))
    assert open_one(world) == 1
    tell(world, in_minutes(world, 1, "JPY"))
    assert open_one(world) == 2
    tell(world, ())
    assert open_one(world) == 3


def test_what_is_open_is_closed_at_the_moment_the_rule_says_though_nothing_else_happens() -> None:
    world = a_world(close_position_time_gap_in_minutes=5, open_position_preceding_time_gap_in_minutes=5)
    assert open_one(world) == 1
    tell(world, in_minutes(world, 6))
    world.pass_ms(59_000, step_ms=1_000)
    assert len(world.slave.held) == 1
    world.pass_ms(2_000, step_ms=1_000)
    assert not world.slave.held
    (row,) = world.rows().values()
    assert (row.status, row.reason) == ("closed", "news")


def test_news_that_turn_up_late_close_at_once_and_those_of_others_close_nothing() -> None:
    world = a_world(close_position_time_gap_in_minutes=5, open_position_preceding_time_gap_in_minutes=5)
    assert open_one(world) == 1
    tell(world, in_minutes(world, 4, "JPY") + in_minutes(world, 4, priority="low"))
    assert len(world.slave.held) == 1
    tell(world, in_minutes(world, 4))
    assert not world.slave.held


def test_a_copier_that_gets_the_rule_later_closes_by_the_calendar_there_is() -> None:
    world = a_world()
    assert open_one(world) == 1
    tell(world, in_minutes(world, 400))
    rule = {"close_position_time_gap_in_minutes": 399, "open_position_preceding_time_gap_in_minutes": 399}
    world.change_plan(copier({"sizing": {"mode": "none"}, "filters": {"news_filter": rule}}))
    assert len(world.slave.held) == 1
    world.pass_ms(61_000, step_ms=1_000)
    assert not world.slave.held


def test_one_news_after_the_other_closes_each_time() -> None:
    world = a_world(
        close_position_time_gap_in_minutes=1,
        open_position_preceding_time_gap_in_minutes=1,
        open_position_following_time_gap_in_minutes=0,
    )
    tell(world, in_minutes(world, 2) + in_minutes(world, 5))
    for _ in range(2):
        assert open_one(world) == 1
        world.pass_ms(MINUTE_MS + 1_000, step_ms=1_000)
        assert not world.slave.held
        world.pass_ms(2 * MINUTE_MS, step_ms=1_000)
    assert [(row.status, row.reason) for row in world.rows().values()] == [("closed", "news")] * 2
