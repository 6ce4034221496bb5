"""One direction of a connection: in order, late, cut short at its end."""

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Generic, TypeVar

from tests.simulation.agenda import Agenda

T = TypeVar("T")


class Pipe(Generic[T]):
    """Delivers in order after `latency`; `cut` loses a random tail of what is under way and all that comes later."""

    def __init__(self, agenda: Agenda, dice: Random, latency_ns: tuple[int, int], deliver: Callable[[T], None]) -> None:
        self._agenda = agenda
        self._dice = dice
        self._latency_ns = latency_ns
        self._deliver = deliver
        self._under_way: deque[T] = deque()
        self._last_ns = 0
        self.open = True

    def send(self, message: T) -> None:
        """Puts a message on its way; it vanishes where the pipe is cut."""
        if not self.open:
            return
        due_ns = self._agenda.now_ns + self._dice.randint(*self._latency_ns)
        self._last_ns = max(self._last_ns, due_ns)
        self._under_way.append(message)
        self._agenda.at(self._last_ns, self._arrive)

    def stall(self, until_ns: int) -> None:
        """Nothing that is sent from now on arrives before then."""
        self._last_ns = max(self._last_ns, until_ns)

    def cut(self) -> None:
        """The end of it: of what is under way, a random beginning still arrives."""
        self.open = False
        for _ in range(self._dice.randint(0, len(self._under_way))):
            self._under_way.pop()

    def shut(self) -> None:
        """The end of it, at once: nobody is there to take what is under way."""
        self.open = False
        self._under_way.clear()

    def _arrive(self) -> None:
        if self._under_way:
            self._deliver(self._under_way.popleft())
