"""One direction of a connection."""

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Generic, TypeVar

from tests.simulation.scheduler import Scheduler

T = TypeVar("T")


class Pipe(Generic[T]):
    """Delivers in order, each message after a random latency. When the pipe is cut, messages under way may be lost."""

    def __init__(self, scheduler: Scheduler, rng: Random, latency_ns: tuple[int, int], deliver: Callable[[T], None]) -> None:
        self._scheduler = scheduler
        self._rng = rng
        self._latency_ns = latency_ns
        self._deliver = deliver
        self._on_the_way: deque[T] = deque()
        self._last_ns = 0
        self.open = True

    def send(self, message: T) -> None:
        """Sends a message, which is lost if the pipe is cut."""
        if not self.open:
            return
        due_ns = self._scheduler.now_ns + self._rng.randint(*self._latency_ns)
        self._last_ns = max(self._last_ns, due_ns)
        self._on_the_way.append(message)
        self._scheduler.at(self._last_ns, self._arrive)

    def stall(self, until_ns: int) -> None:
        """Delivers nothing that is sent from now on before that time."""
        self._last_ns = max(self._last_ns, until_ns)

    def cut(self) -> None:
        """Closes the pipe. A random first part of the messages under way still arrives."""
        self.open = False
        for _ in range(self._rng.randint(0, len(self._on_the_way))):
            self._on_the_way.pop()

    def shut(self) -> None:
        """Closes the pipe and drops all messages under way."""
        self.open = False
        self._on_the_way.clear()

    def _arrive(self) -> None:
        if self._on_the_way:
            self._deliver(self._on_the_way.popleft())
