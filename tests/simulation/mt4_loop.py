"""The one loop of MT4's program (ADR 29): it sees changes at its next turn only, and stands still while an order is sent."""

from collections.abc import Callable
from random import Random

from tests.simulation.broker_data import PLACED, BrokerEvent, OrderChanged, StopsMoved, TradeResult
from tests.simulation.scheduler import Scheduler

OnEvent = Callable[[BrokerEvent], None]
Gate = Callable[[Callable[[], None]], None]


class Mt4Loop:
    """`happened` tells what the terminal's lists show by now, `report` what the program makes of it at a turn. While `busy`,
    `OrderSend` has not returned: nothing is reported, no command is read, no timer runs. A turn takes one command, so
    between two orders the program does once what it does on its timer (`look_after`).
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
        """`OrderSend` is called and returns with the answer to this request."""
        self._request = request

    def happened(self, event: BrokerEvent) -> None:
        """The terminal's lists changed. A turn sees it."""
        self._unseen.append(event)
        if not self._turn_comes:
            self._turn_comes = True
            self._scheduler.after(self._rng.randint(*self._turn_ns), lambda: self._gate(self._turn))

    def hears(self, result: TradeResult) -> bool:
        """Whether `OrderSend` returns with this answer. It waits for more than the word that the order is there, and what
        comes after it has returned is heard by nobody.
        """
        return result.request.number == self._request and result.retcode != PLACED

    def answered(self, result: TradeResult) -> None:
        """`OrderSend` returns: what it changed is reported, and then the answer."""
        self._request = 0
        self._look()
        self._report(result)
        self._next_turn()

    def lost(self) -> None:
        """The broker is gone: `OrderSend` returns, and says that nobody knows."""
        self._request = 0
        self._gate(self._next_turn)

    def command(self, carry_out: Callable[[], None]) -> None:
        """A command arrived. It is read when the loop comes to it."""
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
        """Of what changed more than once since the last turn only the newest is there to be seen."""
        events, self._unseen = self._unseen, []
        newest = {_subject(event): number for number, event in enumerate(events)}
        for event in (event for number, event in enumerate(events) if newest[_subject(event)] == number):
            self._report(event)

    def _read(self) -> None:
        while self._unread and not self.busy:
            self._unread.pop(0)()
            self._look()


def _subject(event: BrokerEvent) -> tuple[str, int]:
    """What an event is about: a position's stops and a pending order are seen as they are, each deal is in the history."""
    match event:
        case StopsMoved():
            return "stops", event.position.ticket
        case OrderChanged():
            return "order", event.order.ticket
        case _:
            return "", id(event)
