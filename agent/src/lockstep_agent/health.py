"""What Kubernetes' probes are told of this pod."""

import json
import time

from lockstep_service.probes import Answer, Routes

STUCK_S = 30.0


class Health:
    """Written by the agent's loop, read by the probes' thread. A field is replaced whole: no thread sees half of one."""

    def __init__(self) -> None:
        self.ready = False
        self.said: dict[str, str] = {}
        self._beat_s = time.monotonic()

    def beat(self) -> None:
        """The agent's loop is alive."""
        self._beat_s = time.monotonic()

    @property
    def live(self) -> bool:
        return time.monotonic() - self._beat_s < STUCK_S

    def routes(self) -> Routes:
        """`/livez` and `/readyz`, with the status as JSON."""
        return {"/livez": lambda: self._answer(self.live), "/readyz": lambda: self._answer(self.live and self.ready)}

    def _answer(self, good: bool) -> Answer:
        return Answer(json.dumps(self.said).encode(), good, "application/json")
