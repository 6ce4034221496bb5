"""The door before the status page: people read, and alerts come by a port of their own."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.doors.door import reserved_port, running_door
from tests.doors.test_website_door import site

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Of people and of alerts."""
    with ExitStack() as stack:
        people, alerts, own = [stack.enter_context(reserved_port()) for _ in range(3)]
        stack.enter_context(site(own))
        stack.enter_context(running_door("status", tmp_path, f"127.0.0.1:{own}", people, {"ALERTS_PORT": str(alerts)}))
        yield people, alerts


def test_people_read_and_alerts_come_by_a_port_of_their_own(ports: tuple[int, int]) -> None:
    people, alerts = (f"http://127.0.0.1:{port}" for port in ports)
    assert httpx.get(f"{people}/en").status_code == 200
    assert httpx.post(f"{people}/alerts", json={}).status_code == 405
    assert httpx.get(f"{alerts}/en").status_code == httpx.post(f"{alerts}/en").status_code == 404
    # The site behind it takes no POST: its own answer shows that the door let it through.
    assert httpx.post(f"{alerts}/alerts", json={}).status_code == 501
