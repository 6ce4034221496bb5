"""From a router's number to what people read: real Prometheus, real Alertmanager, and the status page without a database."""

import time
from pathlib import Path

import httpx
import msgspec
import pytest

from lockstep_router.journal.ipc import WriterNumbers
from lockstep_router.process.health import Vitals, routes
from lockstep_service.probes import ProbeServer
from tests.alerts.config import Pace, fixed
from tests.alerts.running import monitoring
from tests.alerts.test_heard import HEALTHY
from tests.stack.shell import wait_for
from webapp_api.tests.status_page.running import status_page

NOBODY = "postgresql://lockstep_status:x@127.0.0.1:9/none"


@pytest.mark.timeout(180)
def test_an_alert_that_says_what_it_affects_is_an_incident_for_everybody(tmp_path: Path) -> None:
    vitals, numbers = Vitals(time.monotonic), WriterNumbers(True, 0, {})
    vitals.on_numbers(HEALTHY)
    vitals.on_numbers(numbers)
    server = ProbeServer(routes(vitals), 0, "127.0.0.1")
    (tmp_path / "page").mkdir()
    try:
        with (
            status_page(tmp_path / "page", NOBODY) as page,
            monitoring(tmp_path, [fixed(f"127.0.0.1:{server.port}")], f"{page}/alerts", Pace(1, 1)) as running,
        ):
            wait_for("figures of the router", lambda: running.value("lockstep_copies_doubled_total") == 0, 60)
            # Faults of one account are told to its owner alone.
            vitals.on_numbers(msgspec.structs.replace(HEALTHY, faults=1))
            vitals.on_numbers(msgspec.structs.replace(numbers, doubled=1))
            wait_for("the incident", lambda: _affected(page) >= {"copying"}, 60)
            assert _affected(page) <= {"copying", "accounts"}
            assert "Something does not work." in httpx.get(f"{page}/en").text
    finally:
        server.close()


def _affected(page: str) -> set[str]:
    return {each["affects"] for each in httpx.get(f"{page}/status.json").json()["incidents"]}
