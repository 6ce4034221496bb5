"""Pending orders in the test terminal: changes by people and the market, and faults of the broker."""

from typing import Any

import pytest
from conformance.client import LOT, BridgeClient
from conformance.relay import await_frame, drain
from stage.place import BrokerProcess, await_value

from lockstep_core.wire.enums import Action, DealEntry, Stage
from lockstep_core.wire.frames import Frame, PendingOrder, Result, Trade

pytestmark = [pytest.mark.wine, pytest.mark.timeout(300)]
ME = "/accounts/1001"
TENTH = LOT // 10
BELOW: dict[str, Any] = {"side": 2, "volume": TENTH, "price": 1.0}


@pytest.fixture(autouse=True)
def quiet(broker: BrokerProcess, client: BridgeClient) -> None:
    """Quotes are frozen at the same price, and no order of an earlier test is left."""
    broker.call("POST", "/quotes", symbol="EURUSD", bid=1.14, ask=1.1401)
    for waiting in broker.call("GET", f"{ME}/pending"):
        broker.call("POST", f"{ME}/pending/{waiting['ticket']}/delete")
    drain(client.relay.events)


def by_phone(broker: BrokerProcess, **values: Any) -> int:
    standard: dict[str, Any] = {"symbol": "EURUSD", "kind": "buy_limit", "lots": "0.1", "price": 1.0}
    return int(broker.call("POST", f"{ME}/pending", **(standard | values))["order"])


def placed(client: BridgeClient) -> tuple[int, PendingOrder]:
    """A new link's order, placed by command."""
    link = client.new_link()
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    reported = client.order(lambda o: o.magic == link)
    assert client.outcome(link).stage == Stage.DONE
    return link, reported


def frames_of(frames: list[Frame], kind: type[Frame]) -> list[Frame]:
    return [frame for frame in frames if isinstance(frame, kind)]


def test_an_order_from_the_phone_is_reported_when_placed_changed_and_deleted(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    ticket = by_phone(broker, sl=0.9, comment="déjà vu")
    reported = client.order(lambda o: o.ticket == ticket)
    assert (reported.order_kind, reported.volume, reported.left, reported.price, reported.sl, reported.comment) == (
        2,
        TENTH,
        TENTH,
        1.0,
        0.9,
        "déjà vu",
    )
    assert (reported.magic, reported.working) == (0, 1)
    broker.call("POST", f"{ME}/pending/{ticket}/change", price=1.01, tp=1.2)
    changed = client.order(lambda o: o.ticket == ticket)
    assert (changed.price, changed.sl, changed.tp, changed.working) == (1.01, 0.9, 1.2, 1)
    broker.call("POST", f"{ME}/pending/{ticket}/delete")
    gone = client.order(lambda o: o.ticket == ticket and o.working == 0)
    assert (gone.left, gone.volume) == (TENTH, TENTH)


def test_a_market_order_is_no_pending_order(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/trades", symbol="EURUSD", side="buy", lots="0.1")
    assert frames_of(drain(client.relay.events), PendingOrder) == []


@pytest.mark.parametrize("gone_first", [False, True])
def test_an_order_that_the_market_takes_is_reported_as_a_trade_and_as_gone(
    client: BridgeClient, broker: BrokerProcess, gone_first: bool
) -> None:
    ticket = by_phone(broker, magic=0, sl=0.9)
    client.order(lambda o: o.ticket == ticket)
    broker.call("POST", f"{ME}/pending/{ticket}/fill", gone_first=gone_first)
    frames = drain(client.relay.events)
    (trade,) = [frame for frame in frames if isinstance(frame, Trade)]
    assert (trade.order, trade.position, trade.entry, trade.volume, trade.sl) == (ticket, ticket, DealEntry.IN, TENTH, 0.9)
    ends = [frame for frame in frames if isinstance(frame, PendingOrder)]
    assert {(end.ticket, end.working, end.left) for end in ends} == {(ticket, 0, 0)}


def test_parts_are_reported_with_what_is_left(client: BridgeClient, broker: BrokerProcess) -> None:
    ticket = by_phone(broker)
    client.order(lambda o: o.ticket == ticket)
    broker.call("POST", f"{ME}/pending/{ticket}/fill", lots="0.04")
    part = client.order(lambda o: o.ticket == ticket and o.left < TENTH)
    assert (part.working, part.left, part.volume) == (1, 6 * LOT // 100, TENTH)
    broker.call("POST", f"{ME}/pending/{ticket}/delete")
    gone = client.order(lambda o: o.ticket == ticket and o.working == 0)
    assert (gone.left, gone.volume) == (6 * LOT // 100, TENTH)


def test_a_quote_fills_a_links_order_and_its_position_is_the_links(client: BridgeClient, broker: BrokerProcess) -> None:
    link, reported = placed(client)
    broker.call("POST", "/quotes", symbol="EURUSD", bid=0.9999, ask=1.0)
    trade, _ = await_frame(client.relay.events, Trade, lambda t: t.magic == link)
    assert (trade.order, trade.position, trade.price, trade.comment) == (reported.ticket, reported.ticket, 1.0, "ls:check")
    found = client.command(Action.QUERY, link)
    assert (found.stage, found.position, found.volume) == (Stage.ALREADY_OPEN, reported.ticket, TENTH)
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert client.command(Action.OPEN, link, volume=TENTH).stage == Stage.ALREADY_OPEN
    assert client.command(Action.DELETE, link).stage == Stage.ALREADY_CLOSED
    drain(client.relay.events)
    assert client.command(Action.CLOSE, link).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_CLOSED


def test_an_order_that_expires_is_reported_as_gone(client: BridgeClient, broker: BrokerProcess) -> None:
    beat = await_value(lambda: broker.call("GET", "/symbols")[0]["time_msc"], "a quote's time")
    ticket = by_phone(broker, expires_msc=beat + 3_000)
    assert client.order(lambda o: o.ticket == ticket).expires_msc == (beat + 3_000) // 1000 * 1000
    assert client.order(lambda o: o.ticket == ticket and o.working == 0).left == TENTH


def test_the_broker_gets_one_request_however_often_an_order_is_placed(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    link = client.new_link()
    stages = [client.command(Action.PLACE, link, **BELOW).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert client.outcome(link).stage == Stage.DONE
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert broker.call("GET", ME)["orders_received"] == before + 1
    assert [o["magic"] for o in broker.call("GET", f"{ME}/pending")] == [link]


@pytest.mark.parametrize("action", [Action.SET_ORDER, Action.DELETE])
def test_the_broker_gets_one_request_however_often_an_order_is_changed_or_deleted(
    client: BridgeClient, broker: BrokerProcess, action: Action
) -> None:
    link, _ = placed(client)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=300)
    before = broker.call("GET", ME)["orders_received"]
    stages = [client.command(action, link, **(BELOW | {"price": 1.01})).stage for _ in range(4)]
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0)
    assert stages == [Stage.PLACED, Stage.IN_FLIGHT, Stage.IN_FLIGHT, Stage.IN_FLIGHT]
    assert client.outcome(link).action == action
    wanted = Stage.DONE if action == Action.SET_ORDER else Stage.ALREADY_CLOSED
    assert client.command(action, link, **(BELOW | {"price": 1.01})).stage == wanted
    assert broker.call("GET", ME)["orders_received"] == before + 1


def test_an_order_that_was_placed_but_never_answered_is_not_placed_again(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    broker.call("POST", f"{ME}/faults", swallow_next=1)
    link = client.new_link()
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    client.order(lambda o: o.magic == link)
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert client.command(Action.QUERY, link).stage == Stage.ALREADY_OPEN


def test_an_order_that_vanished_stays_under_way_and_is_never_placed_twice(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    broker.call("POST", f"{ME}/faults", ignore_next=1)
    link = client.new_link()
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.IN_FLIGHT
    blocked = client.command(Action.OPEN, link, volume=TENTH)
    assert (blocked.stage, blocked.action) == (Stage.IN_FLIGHT, Action.PLACE)


@pytest.mark.parametrize("retcode", [10011, 10012, 10031])
def test_an_answer_that_leaves_open_what_happened_is_no_rejection(
    client: BridgeClient, broker: BrokerProcess, retcode: int
) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=retcode)
    link = client.new_link()
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    assert frames_of(drain(client.relay.events), Result) == []
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.IN_FLIGHT


def test_an_answer_that_says_placed_is_the_last_word_on_a_pending_order(client: BridgeClient, broker: BrokerProcess) -> None:
    broker.call("POST", f"{ME}/faults", reject_next=1, reject_retcode=10008)
    link = client.new_link()
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.PLACED
    done = client.outcome(link)
    assert (done.stage, done.action, done.retcode) == (Stage.DONE, Action.PLACE, 10008)


def test_a_link_whose_order_was_deleted_unfilled_may_be_opened_at_market(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, reported = placed(client)
    broker.call("POST", f"{ME}/pending/{reported.ticket}/delete")
    client.order(lambda o: o.ticket == reported.ticket and o.working == 0)
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_CLOSED
    assert client.command(Action.OPEN, link, volume=TENTH).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_a_link_whose_order_was_deleted_may_be_opened_though_nobody_answered_the_deletion(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, reported = placed(client)
    broker.call("POST", f"{ME}/faults", swallow_next=1)
    assert client.command(Action.DELETE, link).stage == Stage.PLACED
    client.order(lambda o: o.ticket == reported.ticket and o.working == 0)
    assert client.command(Action.OPEN, link, volume=TENTH).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE


def test_a_late_refusal_of_an_orders_deletion_does_not_let_its_link_be_opened_twice(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, reported = placed(client)
    broker.call("POST", f"{ME}/faults", execution_delay_ms=1000)
    assert client.command(Action.DELETE, link).stage == Stage.PLACED
    broker.call("POST", f"{ME}/faults", execution_delay_ms=0, ignore_next=1)
    broker.call("POST", f"{ME}/pending/{reported.ticket}/delete")
    client.order(lambda o: o.ticket == reported.ticket and o.working == 0)
    assert client.command(Action.OPEN, link, volume=TENTH).stage == Stage.PLACED
    refused = client.outcome(link)
    assert (refused.stage, refused.action) == (Stage.REJECTED, Action.DELETE)
    blocked = client.command(Action.OPEN, link, volume=TENTH)
    assert (blocked.stage, blocked.action) == (Stage.IN_FLIGHT, Action.OPEN)


def test_a_link_whose_order_was_filled_in_part_is_not_opened_again(client: BridgeClient, broker: BrokerProcess) -> None:
    link, reported = placed(client)
    broker.call("POST", f"{ME}/pending/{reported.ticket}/fill", lots="0.04")
    broker.call("POST", f"{ME}/pending/{reported.ticket}/delete")
    client.order(lambda o: o.ticket == reported.ticket and o.working == 0)
    held = client.command(Action.OPEN, link, volume=TENTH)
    assert (held.stage, held.volume) == (Stage.ALREADY_OPEN, 4 * LOT // 100)
    assert client.command(Action.CLOSE, link).stage == Stage.PLACED
    assert client.outcome(link).stage == Stage.DONE
    assert client.command(Action.OPEN, link, volume=TENTH).stage in (Stage.ALREADY_CLOSED, Stage.IN_FLIGHT)


def test_after_the_broker_was_away_orders_are_reported_again_and_still_answer_for_their_links(
    client: BridgeClient, broker: BrokerProcess
) -> None:
    link, reported = placed(client)
    ended, other = placed(client)
    broker.call("POST", f"{ME}/pending/{other.ticket}/delete")
    client.order(lambda o: o.ticket == other.ticket and o.working == 0)
    broker.call("POST", f"{ME}/disconnect")
    again = client.order(lambda o: o.ticket == reported.ticket)
    assert (again.magic, again.working, again.price) == (link, 1, 1.0)
    await_value(lambda: client.command(Action.QUERY, link).stage == Stage.ALREADY_OPEN, "ready again")
    assert client.command(Action.PLACE, link, **BELOW).stage == Stage.ALREADY_OPEN
    assert client.command(Action.PLACE, ended, **BELOW).stage == Stage.ALREADY_CLOSED


def test_a_terminal_that_begins_anew_places_nothing_a_second_time(
    client: BridgeClient, broker: BrokerProcess, request: pytest.FixtureRequest
) -> None:
    waiting, _ = placed(client)
    deleted, other = placed(client)
    broker.call("POST", f"{ME}/pending/{other.ticket}/delete")
    filled, third = placed(client)
    broker.call("POST", f"{ME}/pending/{third.ticket}/fill")
    before = broker.call("GET", ME)["orders_received"]
    another: BridgeClient = request.getfixturevalue("another")
    wanted = {waiting: Stage.ALREADY_OPEN, deleted: Stage.ALREADY_CLOSED, filled: Stage.ALREADY_OPEN}
    assert {link: another.command(Action.PLACE, link, **BELOW).stage for link in wanted} == wanted
    assert broker.call("GET", ME)["orders_received"] == before
    assert another.command(Action.DELETE, waiting).stage == Stage.PLACED
    assert another.outcome(waiting).stage == Stage.DONE
