"""Tells Kubernetes, and by it the operator, why the agent ends: every ending has a reason."""

import json
from contextlib import suppress
from pathlib import Path

from lockstep_core.resources.reasons import Reason

LONGEST_MESSAGE = 1000
"""Kubernetes keeps 4 KiB of a container's last words."""


def report_ending(termination_log: Path, reason: Reason, message: str) -> None:
    """Writes reason and message where Kubernetes reads a container's last words."""
    # If this fails, nobody is left to report it to. The exit code still shows the failure.
    with suppress(OSError):
        termination_log.write_text(json.dumps({"reason": reason, "message": message[:LONGEST_MESSAGE]}))
