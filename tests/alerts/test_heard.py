"""An alert is heard: metrics of the router's own health page, the chart's rules, the real Prometheus and Alertmanager."""

import time
from pathlib import Path

import msgspec
import pytest

from lockstep_router.journal.ipc import LoopNumbers, WriterNumbers
from lockstep_router.process.health import Vitals, routes
from lockstep_service.probes import ProbeServer
from tests.alerts.config import Pace, fixed
from tests.alerts.receiver import Receiver
from tests.alerts.running import monitoring
from tests.stack.shell import wait_for

HEALTHY = LoopNumbers(True, 2, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, [])


@pytest.mark.timeout(180)
def test_a_fault_of_a_router_is_heard_with_the_page_that_says_what_to_do(tmp_path: Path) -> None:
    vitals, receiver = Vitals(time.monotonic), Receiver()
    vitals.on_numbers(HEALTHY)
    vitals.on_numbers(WriterNumbers(True, 0, {}))
    server = ProbeServer(routes(vitals), 0, "127.0.0.1")
    try:
        with monitoring(tmp_path, [fixed(f"127.0.0.1:{server.port}")], receiver.url, Pace(1, 1)) as running:
            wait_for("figures of the router", lambda: running.value("lockstep_router_faults_total") == 0, 60)
            assert running.value('count(ALERTS{alertname="RouterFaults"})') is None
            vitals.on_numbers(msgspec.structs.replace(HEALTHY, faults=1))
            wait_for("the alert", lambda: receiver.was_told("RouterFaults", firing=True), 60)
    finally:
        server.close()
        receiver.close()
    told = next(told for told in receiver.heard if told.name == "RouterFaults")
    assert (told.labels["severity"], told.runbook) == ("page", "docs/runbooks/router-faults.md")
    assert {told.name for told in receiver.heard if told.firing} <= {"RouterFaults", "OperatorSilent"}
