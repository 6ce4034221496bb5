"""Tells Kubernetes, and by it the operator, why the agent ends: every ending has a reason."""

import json
from contextlib import suppress
from pathlib import Path

from lockstep_core.resources.reasons import Reason

LONGEST_MESSAGE = 1000
"""Kubernetes keeps 4 KiB of a container's last words."""


def report_ending(termination_log: Path, reason: Reason, message: str) -> None:
    """Writes reason and message where Kubernetes reads a container's last words."""
    # Nobody is left to tell where this fails; the exit code says that it was no success.
    with suppress(OSError):
        termination_log.write_text(json.dumps({"reason": reason, "message": message[:LONGEST_MESSAGE]}))
