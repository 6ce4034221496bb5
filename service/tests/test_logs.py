"""Logs as a process writes them."""

import json
import subprocess
import sys

PROGRAM = """
import structlog
from lockstep_service.logs import configure_logs

def open_with(password):
    raise ValueError("cannot open")

configure_logs()
log = structlog.get_logger(account="a-1")
log.debug("too much")
log.info("started", port=1)
try:
    open_with("hunter2")
except ValueError:
    log.exception("failed")
"""


def test_a_line_is_json_on_standard_output_and_a_traceback_shows_no_local_variable() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=30)
    started, failed = map(json.loads, done.stdout.splitlines())
    assert done.stderr == ""
    assert {**started, "timestamp": ""} == {
        "account": "a-1",
        "port": 1,
        "event": "started",
        "level": "info",
        "timestamp": "",
    }
    assert failed["exception"][0]["exc_value"] == "cannot open"
    assert "hunter2" not in done.stdout
