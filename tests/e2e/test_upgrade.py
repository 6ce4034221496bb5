"""An upgrade of the chart with live accounts: every part of the product is replaced, no terminal is, and copying goes on."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stack.install import helm, lockstep_values
from tests.stack.kube import SYSTEM, TERMINALS, items
from tests.stack.meanwhile import Meanwhile
from tests.stack.scene import Scene
from tests.stack.settings import images
from tests.stack.shell import ROOT, wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

PARTS = ("operator", "router", "keyring", "webapp-api", "notifier")
NEVER_OPENED = ("skipped", "rejected")
PAUSE_S = 2
"""The pause between two trades of the master. An opening while its router starts is copied late, or skipped as too late."""
VISIT_S = 0.5
"""The pause between two requests of one person: more requests would exceed the rate limit."""


@pytest.fixture
def installed() -> Iterator[None]:
    """Restores the release that `make install` makes, whatever the test did to it."""
    yield
    helm("lockstep", SYSTEM, ROOT / "charts" / "lockstep", lockstep_values(images()))


def upgraded() -> None:
    """Upgrades with values that change the pods of every part, but not the terminals' pods."""
    values = {**lockstep_values(images()), "prometheusAnnotations": False}
    helm("lockstep", SYSTEM, ROOT / "charts" / "lockstep", values)


def pods_of(part: str) -> set[str]:
    """The uids of a part's pods that are not being deleted."""
    found = items("pods", SYSTEM, f"app.kubernetes.io/component={part}")
    return {pod["metadata"]["uid"] for pod in found if "deletionTimestamp" not in pod["metadata"]}


def terminals() -> dict[str, str]:
    """The uid of each terminal's pod by its name."""
    found = items("pods", TERMINALS, "app.kubernetes.io/component=terminal")
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in found}


class Trading(Meanwhile):
    """A master that opens and closes a position every two seconds while the block runs."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.tickets: list[int] = []
        self._scene = scene

    def work(self) -> None:
        while not self.stopping.is_set():
            ticket = self._scene.open("0.20")
            self.tickets.append(ticket)
            self.stopping.wait(PAUSE_S)
            self._scene.close(ticket)


class Visitor(Meanwhile):
    """A client of the API that sends requests all the time while the block runs, each on a new connection."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.answers: Counter[str] = Counter()
        self._doors = scene.doors

    def work(self) -> None:
        while not self.stopping.wait(VISIT_S):
            self.answers[self._doors.visit("/v1/accounts?limit=1")] += 1


@pytest.mark.usefixtures("installed")
def test_an_upgrade_replaces_every_part_but_no_terminal_and_what_is_open_stays_copied(scene: Scene) -> None:
    held = scene.open("1.00")
    scene.see("the copy that stays open", lambda found: [p.volume for p in found] == ["0.50"])
    before, epochs = terminals(), [scene.epoch(account) for account in (scene.master, scene.slave)]
    parts = {part: pods_of(part) for part in PARTS}

    with Trading(scene) as trading, Visitor(scene) as visitor:
        upgraded()
        replaced = {part: pods_of(part) for part in PARTS}

    assert [part for part in PARTS if parts[part] & replaced[part]] == []
    assert set(visitor.answers) == {"200"}, visitor.answers
    assert terminals() == before
    assert [scene.epoch(account) for account in (scene.master, scene.slave)] == epochs
    # Each trade of that time had one copy or none, and all of them are closed again.
    scene.see_all("the copy that stayed open", ("buy", "0.50"), seconds=60)
    assert len(trading.tickets) > 1
    scene.close(held)
    scene.flat(60)
    scene.warm_up()


@pytest.mark.usefixtures("installed")
def test_no_trade_during_an_upgrade_is_copied_twice_or_stays_open(scene: Scene) -> None:
    before = len(scene.broker.requests(scene.slave.login.login))
    with Trading(scene) as trading:
        upgraded()
    scene.flat(60)
    orders = scene.broker.requests(scene.slave.login.login)[before:]
    openings = Counter(order.magic for order in orders if not order.position)
    closings = Counter(order.magic for order in orders if order.position)
    assert openings
    assert set(openings.values()) == {1}, openings
    assert closings == openings
    # A router copies by the plan on its volume before it has reached the database, and writes the rows afterwards.
    wait_for("a row of every copy", lambda: closed_copies(scene, trading.tickets) == set(openings) or None, 60)


def closed_copies(scene: Scene, tickets: list[int]) -> set[int] | None:
    """The links of the copies that were opened for these trades, once each copy is closed or was never opened."""
    rows = [row for row in scene.doors.copies() if int(row["master_position"]) in tickets]
    if not all(row["status"] in ("closed", *NEVER_OPENED) for row in rows):
        return None
    return {int(row["link_id"]) for row in rows if row["status"] == "closed"}
