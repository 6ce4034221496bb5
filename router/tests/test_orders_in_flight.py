"""docs/orders-in-flight.md says what the code does."""

from pathlib import Path

import pytest

from lockstep_core.decision.target import Target
from lockstep_core.wire.enums import Action
from lockstep_router.execution.inflight import (
    OTHER_POD_NS,
    QUERY_NS,
    RESEND_NS,
    TRANSITIONS,
    UNRESOLVED_NS,
    InFlightOrder,
    Market,
    OrderEvent,
    OrderState,
    Refusals,
    may_resend,
    may_send,
)

from .order_answers import ANSWERS, COLUMNS, NOW_NS, OPENING, REDUCTION, STOPS, an_order, outcome

PAGE = Path(__file__).resolve().parents[2] / "docs/orders-in-flight.md"
LIVE = (OrderState.SENT, OrderState.PLACED, OrderState.UNRESOLVED)


def table(first_heading: str) -> dict[str, dict[str, str]]:
    """The page's table whose first heading this is: cells by the row's first cell and the column's heading."""
    lines = PAGE.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first_heading} |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    headings = rows[0][1:]
    return {row[0]: dict(zip(headings, row[1:], strict=True)) for row in rows[2:]}


def test_the_page_has_every_transition() -> None:
    shown = table("the order is")
    assert {s.value: {e.value: TRANSITIONS[s, e].value for e in OrderEvent} for s in LIVE} == shown
    assert len(TRANSITIONS) == len(LIVE) * len(OrderEvent)


def test_the_page_has_every_answer() -> None:
    assert list(table("the terminal answers")) == list(ANSWERS)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_makes_of_an_order_what_the_page_says(answer: str, column: str) -> None:
    assert outcome(ANSWERS[answer], *COLUMNS[column]) == table("the terminal answers")[answer][column]


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("target", [OPENING, REDUCTION, STOPS], ids=lambda target: Action(target.action).name)
def test_an_opening_goes_out_again_only_while_it_is_sent(target: Target, state: OrderState) -> None:
    _, order = an_order(target, state)
    assert may_resend(order, order.due_ns) == (state is OrderState.SENT or target is not OPENING)
    assert not may_resend(order, order.due_ns - 1)


@pytest.mark.parametrize("event", [OrderEvent.ENDED, OrderEvent.REFUSED])
def test_an_order_that_is_over_is_never_sent_again_and_learns_nothing_more(event: OrderEvent) -> None:
    _, order = an_order(REDUCTION, OrderState.SENT)
    order.on(event)
    assert not may_resend(order, order.due_ns + UNRESOLVED_NS)
    with pytest.raises(KeyError):
        order.on(OrderEvent.MAY_BE_PLACED)


def test_a_command_is_due_again_after_two_seconds_and_a_query_after_five() -> None:
    order = InFlightOrder(OPENING, NOW_NS, opens=True)
    order.on_sent(1, is_query=False, now_ns=NOW_NS)
    assert order.due_ns == NOW_NS + RESEND_NS == NOW_NS + 2 * 10**9
    order.on_sent(2, is_query=True, now_ns=NOW_NS)
    assert order.due_ns == NOW_NS + QUERY_NS == NOW_NS + 5 * 10**9


def test_a_relay_that_comes_back_has_commands_repeated_at_once_but_not_again_and_again() -> None:
    order = InFlightOrder(OPENING, NOW_NS, opens=True)
    now_ns, pauses_ms = NOW_NS, []
    for number in range(1, 9):
        order.on_sent(number, is_query=number > 1, now_ns=now_ns)
        order.on_relay_back(now_ns)
        pauses_ms.append((order.due_ns - now_ns) // 10**6)
        now_ns = order.due_ns
    assert pauses_ms == [0, 100, 300, 700, 1500, 3100, 3100, 3100]


def test_after_another_pod_began_to_speak_an_opening_is_only_asked_about_and_not_too_soon() -> None:
    order = InFlightOrder(OPENING, NOW_NS, opens=True)
    order.on_other_pod(NOW_NS)
    order.on_relay_back(NOW_NS)
    assert (order.due_ns, order.state) == (NOW_NS + OTHER_POD_NS, OrderState.PLACED)
    assert not may_resend(order, order.due_ns)


def test_a_new_target_waits_for_the_order_in_flight_and_for_the_pause_after_a_refusal() -> None:
    _, order = an_order(OPENING, OrderState.SENT)
    refusals = Refusals()
    assert not may_send(order, refusals, OPENING, NOW_NS)
    assert may_send(None, refusals, OPENING, NOW_NS)
    assert not refusals.on_refused(order, 10004, Market(None), NOW_NS)
    assert not may_send(None, refusals, OPENING, refusals.retry_ns - 1)
    assert may_send(None, refusals, OPENING, refusals.retry_ns)
    assert refusals.on_refused(order, 10030, Market(None), NOW_NS)
    assert not may_send(None, refusals, OPENING, refusals.retry_ns + UNRESOLVED_NS)
    assert may_send(None, refusals, STOPS, refusals.retry_ns)
