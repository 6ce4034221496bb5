"""A trade near news is not copied and says why; once the news are over, the next one is."""

import time

import pytest

from tests.stack.calendar import Calendar
from tests.stack.copied import SYMBOL
from tests.stack.scene import FACTOR, Scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

PLAN_S = 3
# Not the usual importances, so that these news stop no other test's trades.
KEEPS_AWAY = {
    "priorities": ["low"],
    "open_position_preceding_time_gap_in_minutes": 60,
    "open_position_following_time_gap_in_minutes": 0,
}


def test_news_are_kept_away_from_until_they_are_over(scene: Scene) -> None:
    settings = {"sizing": {"mode": "multiplier", "factor": FACTOR}, "filters": {"news_filter": KEEPS_AWAY}}
    with Calendar() as calendar:
        calendar.supply(minutes=30, title="Nonfarm payrolls")
        scene.doors.ask("PATCH", f"/v1/copiers/{scene.copier}", {"settings": settings})
        time.sleep(PLAN_S)
        ticket = scene.open("1.00")
        row = wait_for("the skip's row", lambda: scene.copy_of(ticket), 15)
        assert (row["status"], row["reason"], row["setting"]) == ("skipped", "news", "filters.news_filter")
        said = {name: row["params"][name] for name in ("currency", "importance", "title", "when")}
        assert said == {"currency": "USD", "importance": "low", "title": "Nonfarm payrolls", "when": "ahead"}
        assert row["params"]["minutes"] in range(10, 31)
        assert scene.copies() == []
        scene.close(ticket)

        calendar.supply(minutes=-1, title="Nonfarm payrolls")
        time.sleep(PLAN_S)
        ticket = scene.open("1.00")
        (copied,) = scene.see("0.50 lots", lambda found: [p.volume for p in found] == ["0.50"])
        assert copied.symbol == SYMBOL
        scene.close(ticket)
        scene.flat()
