"""Trades of a hedging master on a slave with one position per symbol: each copy is an allocation of that position."""

from collections.abc import Iterator

import pytest

from lockstep_core.json_object import Json
from tests.stack.broker import HEDGING, NETTING, Broker
from tests.stack.doors import Doors
from tests.stack.routers import kill_router
from tests.stack.scene import Scene, raise_scene
from tests.stack.shell import wait_for

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def scene(public: tuple[Doors, Broker]) -> Iterator[Scene]:
    """The scene of this module: its slave nets."""
    with raise_scene(*public, modes=(HEDGING, NETTING)) as scene:
        yield scene


def closed(scene: Scene, ticket: int) -> Json | None:
    row = scene.copy_of(ticket)
    return row if row and row["status"] == "closed" else None


def test_opened_partly_closed_turned_around_and_closed(scene: Scene) -> None:
    first = scene.open("1.00")
    scene.see_all("the first trade's share", ("buy", "0.50"))
    second = scene.open("0.40")
    (both,) = scene.see_all("both shares", ("buy", "0.70"))

    scene.close(first, "0.40")
    scene.see_all("less of the first", ("buy", "0.50"))

    third = scene.open("2.00", side="sell")
    (turned,) = scene.see_all("turned around", ("sell", "0.50"))
    assert turned.ticket == both.ticket

    scene.close(first)
    scene.see_all("without the first", ("sell", "0.80"))
    scene.close(second)
    scene.see_all("the last one alone", ("sell", "1.00"))
    scene.close(third)
    scene.flat()
    wait_for("all rows closed", lambda: all(closed(scene, ticket) for ticket in (first, second, third)), 15)


def test_stops_of_a_share_that_is_alone_are_the_positions(scene: Scene) -> None:
    ticket = scene.open("0.40")
    scene.see_all("its share", ("buy", "0.20"))
    quote = scene.broker.quote("EURUSD")
    sl, tp = round(quote.bid * 0.97, 5), round(quote.bid * 1.03, 5)
    scene.broker.stops(scene.master.login.login, ticket, sl, tp)
    scene.see("the master's stops", lambda found: [(p.sl, p.tp) for p in found] == [(sl, tp)])
    scene.close(ticket)
    scene.flat()


def test_a_router_that_was_killed_knows_the_shares_again(scene: Scene) -> None:
    first, second = scene.open("0.40"), scene.open("0.60", side="sell")
    scene.see_all("both shares", ("sell", "0.10"))
    sent = scene.broker.orders_received(scene.slave.login.login)
    kill_router()
    scene.close(first)
    scene.see_all("the second alone", ("sell", "0.30"), seconds=60)
    scene.close(second)
    scene.flat(60)
    assert scene.broker.orders_received(scene.slave.login.login) == sent + 2
