"""The loop of MT4's program in the simulation: it polls, and it is blocked while an order is sent."""

from random import Random

from tests.simulation.broker_data import (
    DONE,
    PLACED,
    BrokerEvent,
    BrokerOrder,
    OrderChanged,
    RequestKind,
    TradeRequest,
    TradeResult,
)
from tests.simulation.mt4_loop import Mt4Loop
from tests.simulation.scheduler import MS, Scheduler

REQUEST = 7


class Played:
    def __init__(self) -> None:
        self.scheduler = Scheduler()
        self.said: list[object] = []
        rng = Random(1)  # noqa: S311 - a seed must make the same run again
        self.loop = Mt4Loop(
            self.scheduler, rng, (MS, MS), lambda call: call(), self._report, lambda: self.said.append("timer")
        )

    def _report(self, event: BrokerEvent) -> None:
        self.said.append(event.order.remaining if isinstance(event, OrderChanged) else type(event).__name__)

    def changes(self, ticket: int, remaining: int) -> None:
        order = BrokerOrder(ticket, "EURUSD", 2, 100, remaining, 1.0, 0.0, 0.0, 0, 0, "")
        self.loop.happened(OrderChanged(order, active=True))

    def answers(self, retcode: int, request: int = REQUEST) -> bool:
        result = TradeResult(TradeRequest(request, RequestKind.OPEN, "EURUSD", 0, 1, 0, 1, 0.0, 0.0, ""), retcode, 1, 1)
        heard = self.loop.hears(result)
        if heard:
            self.loop.answered(result)
        return heard

    def pass_time(self) -> None:
        self.scheduler.run_until(self.scheduler.now_ns + 10 * MS)


def test_of_what_changed_twice_between_two_turns_the_newest_is_seen() -> None:
    played = Played()
    played.changes(1, 10)
    played.changes(2, 20)
    played.changes(1, 5)
    assert played.said == []
    played.pass_time()
    assert played.said == [20, 5]


def test_while_an_order_is_sent_nothing_is_seen_and_no_command_is_read() -> None:
    played = Played()
    played.loop.sends(REQUEST)
    played.changes(1, 10)
    played.loop.command(lambda: played.said.append("command"))
    played.pass_time()
    assert played.loop.busy
    assert played.said == []
    assert played.answers(DONE)
    assert played.said == [10, "TradeResult", "timer", "command"]


def test_the_order_is_sent_until_its_last_word_and_a_later_one_is_heard_by_nobody() -> None:
    played = Played()
    played.loop.sends(REQUEST)
    assert not played.answers(PLACED)
    assert not played.answers(DONE, request=3)
    assert played.loop.busy
    assert played.answers(DONE)
    assert not played.answers(DONE)


def test_a_command_that_sends_an_order_keeps_the_next_one_waiting() -> None:
    played = Played()
    played.loop.command(lambda: played.loop.sends(REQUEST))
    played.loop.command(lambda: played.said.append("second"))
    assert played.said == []
    played.loop.lost()
    assert played.said == ["timer", "second"]


def test_between_two_orders_the_program_does_what_it_does_on_its_timer() -> None:
    played = Played()
    for _ in range(2):
        played.loop.command(lambda: played.loop.sends(REQUEST))
    assert played.answers(DONE)
    assert played.loop.busy
    assert played.said == ["TradeResult", "timer"]
