"""Five hundred terminals start at once; the test broker itself counts their logins."""

import heapq
import random

import pytest
from broker.brokerage import Brokerage
from broker.market import read_symbols, read_ticks
from broker.model import AccountTerms

from lockstep_core.brokers.turns import FIRST_STOP_S, LAPSE_S, Pace, TurnRequest, Turns, accepted, refused, request_turn

NOW = 1_800_000_000.0
TERMINALS = 500
PACE = Pace(per_minute=30, burst=5, refusals=5)
MINUTE_S = 60


@pytest.fixture
def broker() -> Brokerage:
    made = Brokerage(read_symbols(), read_ticks(), int(NOW * 1000))
    for login in range(1, TERMINALS + 1):
        made.open_account(AccountTerms(login=login, password="right", balance=1000.0))
    return made


def play(broker: Brokerage, password: str, minutes: int) -> list[int]:
    """How many logins the broker had counted after each minute, accepted or refused. Each person has one account."""
    turns, chance, counts = Turns(), random.Random(3), []  # noqa: S311 - a seed to play again
    waiting: list[tuple[float, int, float | None]] = [(NOW, login, None) for login in range(1, TERMINALS + 1)]
    for minute in range(1, minutes + 1):
        while waiting and waiting[0][0] < NOW + minute * MINUTE_S:
            now_s, login, booked_s = heapq.heappop(waiting)
            turns, answer = request_turn(turns, PACE, TurnRequest(now_s, chance.random(), booked_s), None)
            if answer.wait is not None:
                heapq.heappush(waiting, (max(answer.at_s, now_s + 1), login, answer.at_s if answer.booked else None))
            elif broker.join(login, password, lambda _: None) is None:
                turns = refused(turns, PACE, str(login), now_s)
            else:
                turns = accepted(turns)
        counts.append(sum(customer.logins + customer.failed_logins for customer in broker.customers.values()))
    return counts


def test_the_broker_counts_no_more_logins_in_a_minute_than_the_pace_and_every_terminal_once(broker: Brokerage) -> None:
    counts = play(broker, "right", 20)
    most = PACE.burst + (MINUTE_S + LAPSE_S) / PACE.every_s
    assert max(later - earlier for earlier, later in zip([0, *counts], counts, strict=False)) <= most
    assert {customer.logins for customer in broker.customers.values()} == {1}


def test_a_broker_that_refuses_everybody_counts_few_logins_in_an_hour(broker: Brokerage) -> None:
    counts = play(broker, "wrong", 60)
    assert counts[0] == PACE.refusals
    # After that one terminal tries after each stop, and stops get longer.
    tries_in_an_hour = sum(1 for n in range(1, 20) if FIRST_STOP_S * (2**n - 1) <= 60 * MINUTE_S)
    assert counts[-1] <= PACE.refusals + tries_in_an_hour + 1
