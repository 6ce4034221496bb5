"""A master with one position per symbol on a hedging slave: each opening and addition is a position of its own."""

from collections.abc import Iterator

import pytest

from tests.stack.broker import HEDGING, NETTING, Broker
from tests.stack.doors import Doors
from tests.stack.scene import Scene, raise_scene

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def scene(public: tuple[Doors, Broker]) -> Iterator[Scene]:
    """The scene of this module: its master nets."""
    with raise_scene(*public, modes=(NETTING, HEDGING)) as scene:
        yield scene


def test_opened_added_to_reduced_turned_around_and_closed(scene: Scene) -> None:
    position = scene.open("1.00")
    (first,) = scene.see_all("the opening", ("buy", "0.50"))
    assert scene.open("0.40") == position
    both = scene.see_all("the addition", ("buy", "0.50"), ("buy", "0.20"))
    assert len({p.magic for p in both}) == 2

    scene.open("0.60", side="sell")
    (left,) = scene.see_all("the newest gone and less of the first", ("buy", "0.40"))
    assert left.ticket == first.ticket

    assert scene.open("1.80", side="sell") == position
    (turned,) = scene.see_all("the other side", ("sell", "0.50"))
    assert turned.ticket != first.ticket

    scene.close(position)
    scene.flat()


def test_what_was_closed_begins_anew(scene: Scene) -> None:
    former = scene.open("0.40")
    scene.see_all("the opening", ("buy", "0.20"))
    scene.close(former)
    scene.flat()
    again = scene.open("0.60", side="sell")
    assert again != former
    scene.see_all("another one", ("sell", "0.30"))
    scene.close(again)
    scene.flat()
