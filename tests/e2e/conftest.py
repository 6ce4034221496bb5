"""One person per test module, two accounts that are Ready, a copier between them, all made through the public doors."""

from collections.abc import Iterator

import pytest

from tests.stack.broker import Broker
from tests.stack.doors import Doors
from tests.stack.people import doors_and_broker
from tests.stack.scene import Scene, raise_scene

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="session")
def public() -> Iterator[tuple[Doors, Broker]]:
    with doors_and_broker() as both:
        yield both


@pytest.fixture(scope="module")
def scene(public: tuple[Doors, Broker]) -> Iterator[Scene]:
    """The accounts, the copier and all their objects are removed at the end of the module."""
    with raise_scene(*public) as scene:
        yield scene
