"""The answers to the probes of Kubernetes."""

import json
import time

from lockstep_service.probes import Answer, Routes

STUCK_S = 30.0


class Health:
    """The health of the pod. The agent's loop writes it, and the thread of the probe server reads it."""

    # No lock is needed: a field is only ever replaced as a whole, which a reader sees either before or after.

    def __init__(self) -> None:
        self.ready = False
        self.status: dict[str, str] = {}
        self._beat_s = time.monotonic()

    def beat(self) -> None:
        """Notes that the agent's loop is alive."""
        self._beat_s = time.monotonic()

    @property
    def live(self) -> bool:
        return time.monotonic() - self._beat_s < STUCK_S

    def routes(self) -> Routes:
        """`/livez` and `/readyz`, with the status as JSON."""
        return {"/livez": lambda: self._answer(self.live), "/readyz": lambda: self._answer(self.live and self.ready)}

    def _answer(self, good: bool) -> Answer:
        return Answer(json.dumps(self.status).encode(), good, "application/json")
