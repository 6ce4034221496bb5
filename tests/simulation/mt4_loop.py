"""The one loop of MT4's program (ADR 29): it sees changes only at its next turn, and is blocked while an order is sent."""

from collections.abc import Callable
from random import Random

from tests.simulation.broker_data import PLACED, BrokerEvent, OrderChanged, StopsMoved, TradeResult
from tests.simulation.scheduler import Scheduler

OnEvent = Callable[[BrokerEvent], None]
Gate = Callable[[Callable[[], None]], None]


class Mt4Loop:
    """`happened` queues changes of the terminal's lists; at a turn `report` sends what the program sees of them. While
    `busy`, `OrderSend` has not returned: nothing is reported, no command is read, no timer runs. A turn takes one command,
    and between two orders the program runs its timer once (`look_after`).
    """

    def __init__(
        self,
        scheduler: Scheduler,
        rng: Random,
        turn_ns: tuple[int, int],
        gate: Gate,
        report: OnEvent,
        look_after: Callable[[], None],
    ) -> None:
        self._scheduler, self._rng, self._turn_ns, self._gate, self._report = scheduler, rng, turn_ns, gate, report
        self._look_after = look_after
        self._request = 0
        self._unseen: list[BrokerEvent] = []
        self._unread: list[Callable[[], None]] = []
        self._turn_comes = self._ended = False

    @property
    def busy(self) -> bool:
        """Whether an order is being sent."""
        return self._request != 0

    def sends(self, request: int) -> None:
        """The program calls `OrderSend`, which returns with the answer to this request."""
        self._request = request

    def happened(self, event: BrokerEvent) -> None:
        """The terminal's lists changed. The next turn sees it."""
        self._unseen.append(event)
        if not self._turn_comes:
            self._turn_comes = True
            self._scheduler.after(self._rng.randint(*self._turn_ns), lambda: self._gate(self._turn))

    def hears(self, result: TradeResult) -> bool:
        """Whether `OrderSend` returns with this answer. PLACED does not end the wait, and answers after its return are
        lost.
        """
        return result.request.number == self._request and result.retcode != PLACED

    def answered(self, result: TradeResult) -> None:
        """`OrderSend` returns: the program reports its changes, and then the answer."""
        self._request = 0
        self._look()
        self._report(result)
        self._next_turn()

    def lost(self) -> None:
        """The broker is gone: `OrderSend` returns without knowing the outcome."""
        self._request = 0
        self._gate(self._next_turn)

    def command(self, carry_out: Callable[[], None]) -> None:
        """A command arrived. The loop reads it at a turn."""
        self._unread.append(carry_out)
        self._read()

    def end(self) -> None:
        """The process ends."""
        self._ended = True
        self._unseen.clear()
        self._unread.clear()

    def _turn(self) -> None:
        self._turn_comes = False
        if not self.busy and not self._ended:
            self._look()

    def _next_turn(self) -> None:
        if not self.busy and not self._ended:
            self._look_after()
            self._read()

    def _look(self) -> None:
        """Sees only the newest of several changes since the last turn."""
        events, self._unseen = self._unseen, []
        newest = {_subject(event): number for number, event in enumerate(events)}
        for event in (event for number, event in enumerate(events) if newest[_subject(event)] == number):
            self._report(event)

    def _read(self) -> None:
        while self._unread and not self.busy:
            self._unread.pop(0)()
            self._look()


def _subject(event: BrokerEvent) -> tuple[str, int]:
    """What an event concerns. Only the newest stops and pending orders are seen; each deal stays in the history."""
    match event:
        case StopsMoved():
            return "stops", event.position.ticket
        case OrderChanged():
            return "order", event.order.ticket
        case _:
            return "", id(event)
