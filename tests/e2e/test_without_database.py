"""The router loses its database, is killed, and copies on from its volume; the history is complete afterwards."""

import pytest

from lockstep_core.json_object import Json
from tests.stack.routers import kill_router, without_database
from tests.stack.scene import Scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
AFTER_A_DEATH_S = 60


def statuses(scene: Scene, *tickets: int) -> list[str | None]:
    rows: list[Json | None] = [scene.copy_of(ticket) for ticket in tickets]
    return [None if row is None else str(row["status"]) for row in rows]


def test_a_router_that_dies_while_its_database_is_away_copies_on_and_loses_no_history(scene: Scene) -> None:
    first = scene.open("0.20")
    scene.see("the copy", lambda found: len(found) == 1)
    wait_for("its row", lambda: statuses(scene, first) == ["open"] or None, 15)
    with without_database():
        second = scene.open("0.40")
        scene.see_all("two copies", ("buy", "0.10"), ("buy", "0.20"))
        kill_router()
        third = scene.open("0.60")
        scene.see_all("three copies", ("buy", "0.10"), ("buy", "0.20"), ("buy", "0.30"), seconds=AFTER_A_DEATH_S)
        scene.close(first)
        scene.see_all("two copies", ("buy", "0.20"), ("buy", "0.30"))
        assert statuses(scene, first, second, third) == ["open", None, None]
    wait_for("every row", lambda: statuses(scene, first, second, third) == ["closed", "open", "open"] or None, 60)
    for ticket in (second, third):
        scene.close(ticket)
    scene.see_all("nothing open")
