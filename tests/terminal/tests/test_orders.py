"""Pending orders of the test terminal: what people and the market do with them, and what a broker may do wrong."""

from typing import Any

import pytest
from conformance.bench import LOT, Bench
from conformance.relay import await_frame, drain
from stage.place import Broker, await_value

from lockstep_core.wire.frames import Action, DealEntry, Frame, PendingOrder, Result, Stage, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
TENTH = LOT // 10
BELOW: dict[str, Any] = {"side": 2, "volume": TENTH, "price": 1.0}


@pytest.fixture(autouse=True)
def quiet(broker: Broker, bench: Bench) -> None:
    """The market stands still at the same place, and nothing of an earlier test is left."""
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.14, ask=1.1401)
    for waiting in broker.call("GET", f"{ME}/pending"):
        broker.call("POST", f"{ME}/pending/{waiting['ticket']}/delete")
    drain(bench.relay.events)


def by_phone(broker: Broker, **values: Any) -> int:
    standard: dict[str, Any] = {"symbol": "EURUSD", "kind": "buy_limit", "lots": "0.1", "price": 1.0}
    return int(broker.call("POST", f"{ME}/pending", **(standard | values))["order"])


def placed(bench: Bench) -> tuple[int, PendingOrder]:
    """A new link's order, placed by command."""
    link = bench.new_link()
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    told = bench.order(lambda o: o.magic == link)
    assert bench.outcome(link).stage == Stage.DONE
    return link, told


def after(frames: list[Frame], kind: type[Frame]) -> list[Frame]:
    return [frame for frame in frames if isinstance(frame, kind)]


def test_an_order_from_the_phone_is_told_when_placed_changed_and_deleted(bench: Bench, broker: Broker) -> None:
    ticket = by_phone(broker, sl=0.9, comment="déjà vu")
    told = bench.order(lambda o: o.ticket == ticket)
    assert (told.order_kind, told.volume, told.left, told.price, told.sl, told.comment) == (
        2,
        TENTH,
        TENTH,
        1.0,
        0.9,
        "déjà vu",
    )
    assert (told.magic, told.working) == (0, 1)
    broker.call("POST", f"{ME}/pending/{ticket}/change", price=1.01, tp=1.2)
    changed = bench.order(lambda o: o.ticket == ticket)
    assert (changed.price, changed.sl, changed.tp, changed.working) == (1.01, 0.9, 1.2, 1)
    broker.call("POST", f"{ME}/pending/{ticket}/delete")
    gone = bench.order(lambda o: o.ticket == ticket and o.working == 0)
    assert (gone.left, gone.volume) == (TENTH, TENTH)


def test_a_market_order_is_no_pending_order(bench: Bench, broker: Broker) -> None:
    broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.1")
    assert after(drain(bench.relay.events), PendingOrder) == []


@pytest.mark.parametrize("gone_first", [False, True])
def test_an_order_that_the_market_takes_is_told_as_a_trade_and_as_gone(
    bench: Bench, broker: Broker, gone_first: bool
) -> None:
    ticket = by_phone(broker, magic=0, sl=0.9)
    bench.order(lambda o: o.ticket == ticket)
    broker.call("POST", f"{ME}/pending/{ticket}/fill", gone_first=gone_first)
    frames = drain(bench.relay.events)
    (trade,) = [frame for frame in frames if isinstance(frame, Trade)]
    assert (trade.order, trade.position, trade.entry, trade.volume, trade.sl) == (ticket, ticket, DealEntry.IN, TENTH, 0.9)
    ends = [frame for frame in frames if isinstance(frame, PendingOrder)]
    assert {(end.ticket, end.working, end.left) for end in ends} == {(ticket, 0, 0)}


def test_parts_are_told_with_what_is_left(bench: Bench, broker: Broker) -> None:
    ticket = by_phone(broker)
    bench.order(lambda o: o.ticket == ticket)
    broker.call("POST", f"{ME}/pending/{ticket}/fill", lots="0.04")
    part = bench.order(lambda o: o.ticket == ticket and o.left < TENTH)
    assert (part.working, part.left, part.volume) == (1, 6 * LOT // 100, TENTH)
    broker.call("POST", f"{ME}/pending/{ticket}/delete")
    gone = bench.order(lambda o: o.ticket == ticket and o.working == 0)
    assert (gone.left, gone.volume) == (6 * LOT // 100, TENTH)


def test_a_quote_fills_a_links_order_and_its_position_is_the_links(bench: Bench, broker: Broker) -> None:
    link, told = placed(bench)
    broker.call("POST", "/quotes", symbol="EURUSD", bid=0.9999, ask=1.0)
    trade, _ = await_frame(bench.relay.events, Trade, lambda t: t.magic == link)
    assert (trade.order, trade.position, trade.price, trade.comment) == (told.ticket, told.ticket, 1.0, "ls:check")
    found = bench.tell(Action.QUERY, link)
    assert (found.stage, found.position, found.volume) == (Stage.ALREADY_OPEN, told.ticket, TENTH)
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert bench.tell(Action.OPEN, link, volume=TENTH).stage == Stage.ALREADY_OPEN
    assert bench.tell(Action.DELETE, link).stage == Stage.ALREADY_CLOSED
    drain(bench.relay.events)
    assert bench.tell(Action.CLOSE, link).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_CLOSED


def test_an_order_that_expires_is_told_as_gone(bench: Bench, broker: Broker) -> None:
    beat = await_value(lambda: broker.call("GET", "/symbols")[0]["time_msc"], "a quote's time")
    ticket = by_phone(broker, expires_msc=beat + 3_000)
    assert bench.order(lambda o: o.ticket == ticket).expires_msc == (beat + 3_000) // 1000 * 1000
    assert bench.order(lambda o: o.ticket == ticket and o.working == 0).left == TENTH


def test_the_broker_gets_one_request_however_often_an_order_is_placed(bench: Bench, broker: Broker) -> None:
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    link = bench.new_link()
    stages = [bench.tell(Action.PLACE, link, **BELOW).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert bench.outcome(link).stage == Stage.DONE
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert broker.call("GET", ME)["orders_received"] == before + 1
    assert [o["magic"] for o in broker.call("GET", f"{ME}/pending")] == [link]


@pytest.mark.parametrize("action", [Action.SET_ORDER, Action.DELETE])
def test_the_broker_gets_one_request_however_often_an_order_is_changed_or_deleted(
    bench: Bench, broker: Broker, action: Action
) -> None:
    link, _ = placed(bench)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    stages = [bench.tell(action, link, **(BELOW | {"price": 1.01})).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert bench.outcome(link).action == action
    wanted = Stage.DONE if action == Action.SET_ORDER else Stage.ALREADY_CLOSED
    assert bench.tell(action, link, **(BELOW | {"price": 1.01})).stage == wanted
    assert broker.call("GET", ME)["orders_received"] == before + 1


def test_an_order_that_was_placed_but_never_answered_is_not_placed_again(bench: Bench, broker: Broker) -> None:
    broker.call("POST", f"{ME}/faults", swallow_next=1)
    link = bench.new_link()
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    bench.order(lambda o: o.magic == link)
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert bench.tell(Action.QUERY, link).stage == Stage.ALREADY_OPEN


def test_an_order_that_vanished_stays_under_way_and_is_never_placed_twice(bench: Bench, broker: Broker) -> None:
    broker.call("POST", f"{ME}/faults", ignore_next=1)
    link = bench.new_link()
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.IN_FLIGHT
    blocked = bench.tell(Action.OPEN, link, volume=TENTH)
    assert (blocked.stage, blocked.action) == (Stage.IN_FLIGHT, Action.PLACE)


@pytest.mark.parametrize("retcode", [10011, 10012, 10031])
def test_an_answer_that_leaves_open_what_happened_is_no_rejection(bench: Bench, broker: Broker, retcode: int) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=retcode)
    link = bench.new_link()
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    assert after(drain(bench.relay.events), Result) == []
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.IN_FLIGHT


def test_an_answer_that_says_placed_is_the_last_word_on_a_pending_order(bench: Bench, broker: Broker) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=10008)
    link = bench.new_link()
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    done = bench.outcome(link)
    assert (done.stage, done.action, done.retcode) == (Stage.DONE, Action.PLACE, 10008)


def test_a_link_whose_order_was_deleted_unfilled_may_be_opened_at_market(bench: Bench, broker: Broker) -> None:
    link, told = placed(bench)
    broker.call("POST", f"{ME}/pending/{told.ticket}/delete")
    bench.order(lambda o: o.ticket == told.ticket and o.working == 0)
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_CLOSED
    assert bench.tell(Action.OPEN, link, volume=TENTH).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def test_a_link_whose_order_was_deleted_may_be_opened_though_nobody_answered_the_deletion(
    bench: Bench, broker: Broker
) -> None:
    link, told = placed(bench)
    broker.call("POST", f"{ME}/faults", swallow_next=1)
    assert bench.tell(Action.DELETE, link).stage == Stage.PLACED
    bench.order(lambda o: o.ticket == told.ticket and o.working == 0)
    assert bench.tell(Action.OPEN, link, volume=TENTH).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE


def test_a_late_refusal_of_an_orders_deletion_does_not_let_its_link_be_opened_twice(bench: Bench, broker: Broker) -> None:
    link, told = placed(bench)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=1000)
    assert bench.tell(Action.DELETE, link).stage == Stage.PLACED
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0, ignore_next=1)
    broker.call("POST", f"{ME}/pending/{told.ticket}/delete")
    bench.order(lambda o: o.ticket == told.ticket and o.working == 0)
    assert bench.tell(Action.OPEN, link, volume=TENTH).stage == Stage.PLACED
    refused = bench.outcome(link)
    assert (refused.stage, refused.action) == (Stage.REJECTED, Action.DELETE)
    blocked = bench.tell(Action.OPEN, link, volume=TENTH)
    assert (blocked.stage, blocked.action) == (Stage.IN_FLIGHT, Action.OPEN)


def test_a_link_whose_order_was_filled_in_part_is_not_opened_again(bench: Bench, broker: Broker) -> None:
    link, told = placed(bench)
    broker.call("POST", f"{ME}/pending/{told.ticket}/fill", lots="0.04")
    broker.call("POST", f"{ME}/pending/{told.ticket}/delete")
    bench.order(lambda o: o.ticket == told.ticket and o.working == 0)
    held = bench.tell(Action.OPEN, link, volume=TENTH)
    assert (held.stage, held.volume) == (Stage.ALREADY_OPEN, 4 * LOT // 100)
    assert bench.tell(Action.CLOSE, link).stage == Stage.PLACED
    assert bench.outcome(link).stage == Stage.DONE
    assert bench.tell(Action.OPEN, link, volume=TENTH).stage in (Stage.ALREADY_CLOSED, Stage.IN_FLIGHT)


def test_after_the_broker_was_away_orders_are_told_again_and_still_answer_for_their_links(
    bench: Bench, broker: Broker
) -> None:
    link, told = placed(bench)
    ended, other = placed(bench)
    broker.call("POST", f"{ME}/pending/{other.ticket}/delete")
    bench.order(lambda o: o.ticket == other.ticket and o.working == 0)
    broker.call("POST", f"{ME}/disconnect")
    again = bench.order(lambda o: o.ticket == told.ticket)
    assert (again.magic, again.working, again.price) == (link, 1, 1.0)
    await_value(lambda: bench.tell(Action.QUERY, link).stage == Stage.ALREADY_OPEN, "ready again")
    assert bench.tell(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert bench.tell(Action.PLACE, ended, **BELOW).stage == Stage.ALREADY_CLOSED


def test_a_terminal_that_begins_anew_places_nothing_a_second_time(
    bench: Bench, broker: Broker, request: pytest.FixtureRequest
) -> None:
    waiting, _ = placed(bench)
    deleted, other = placed(bench)
    broker.call("POST", f"{ME}/pending/{other.ticket}/delete")
    filled, third = placed(bench)
    broker.call("POST", f"{ME}/pending/{third.ticket}/fill")
    before = broker.call("GET", ME)["orders_received"]
    another: Bench = request.getfixturevalue("another")
    wanted = {waiting: Stage.ALREADY_OPEN, deleted: Stage.ALREADY_CLOSED, filled: Stage.ALREADY_OPEN}
    assert {link: another.tell(Action.PLACE, link, **BELOW).stage for link in wanted} == wanted
    assert broker.call("GET", ME)["orders_received"] == before
    assert another.tell(Action.DELETE, waiting).stage == Stage.PLACED
    assert another.outcome(waiting).stage == Stage.DONE
