"""What a process reports of itself to Kubernetes and Prometheus, on a port of its own and from a thread of its own."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, generate_latest

from lockstep_service.probes import Answer, ProbeServer

_BEAT_S = 1.0
_DEAD_AFTER_S = 15.0


class Pulse:
    """When the event loop last ran. A stuck loop stops beating, so the process counts as dead."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_s = clock()

    async def beat(self) -> None:
        """Beats until it is cancelled."""
        while True:
            self._last_s = self._clock()
            await asyncio.sleep(_BEAT_S)

    def is_alive(self) -> bool:
        """Whether the loop has run lately. May be called by any thread."""
        return self._clock() - self._last_s < _DEAD_AFTER_S


@contextmanager
def serving_vitals(
    registry: CollectorRegistry, port: int, is_alive: Callable[[], bool], is_ready: Callable[[], bool]
) -> Iterator[int]:
    """Answers `/livez`, `/readyz` and `/metrics` while the block runs. Gives the port, which is a free one for 0."""
    server = ProbeServer(
        {
            "/livez": lambda: _judged(is_alive()),
            "/readyz": lambda: _judged(is_ready()),
            "/metrics": lambda: Answer(generate_latest(registry)),
        },
        port,
    )
    try:
        yield server.port
    finally:
        server.close()


def _judged(good: bool) -> Answer:
    return Answer(b"ok\n" if good else b"not now\n", good)
