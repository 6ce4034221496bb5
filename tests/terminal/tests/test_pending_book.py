"""Pending orders in a broker's book: placed, changed, deleted, expired, and filled when their price is reached."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from broker.book import BrokerBook
from broker.model import (
    AccountTerms,
    BrokerOrder,
    BrokerOrderState,
    BrokerQuote,
    BrokerRequest,
    DealAdded,
    OrderChanged,
    OrderType,
    PositionChanged,
    RequestAction,
    RequestAnswered,
    Retcode,
)
from broker.pending import is_reached
from stage.broker_books import LOT, QUOTES, SYMBOLS, answer, dealt, netting_book, new_book, order, ordered, quoted


def placing(kind: OrderType = OrderType.BUY_LIMIT, price: float = 1.09, **values: Any) -> BrokerRequest:
    standard: dict[str, Any] = {"action": RequestAction.PENDING, "kind": kind, "side": kind % 2, "price": price}
    return order(**(standard | values))


def placed(book: BrokerBook, **values: Any) -> int:
    done = answer(book.execute(placing(**values), QUOTES, 0))
    assert done.retcode == Retcode.DONE
    return done.order


@pytest.mark.parametrize(
    ("kind", "price", "limit", "retcode"),
    [
        (OrderType.BUY_LIMIT, 1.09, 0.0, Retcode.DONE),
        (OrderType.BUY_LIMIT, 1.11, 0.0, Retcode.INVALID_PRICE),
        (OrderType.SELL_LIMIT, 1.11, 0.0, Retcode.DONE),
        (OrderType.SELL_LIMIT, 1.09, 0.0, Retcode.INVALID_PRICE),
        (OrderType.BUY_STOP, 1.11, 0.0, Retcode.DONE),
        (OrderType.BUY_STOP, 1.09, 0.0, Retcode.INVALID_PRICE),
        (OrderType.SELL_STOP, 1.09, 0.0, Retcode.DONE),
        (OrderType.SELL_STOP, 1.11, 0.0, Retcode.INVALID_PRICE),
        (OrderType.BUY_STOP_LIMIT, 1.12, 1.11, Retcode.DONE),
        (OrderType.BUY_STOP_LIMIT, 1.12, 1.13, Retcode.INVALID_PRICE),
        (OrderType.BUY_STOP_LIMIT, 1.12, 0.0, Retcode.INVALID_PRICE),
        (OrderType.SELL_STOP_LIMIT, 1.08, 1.09, Retcode.DONE),
        (OrderType.SELL_STOP_LIMIT, 1.08, 1.07, Retcode.INVALID_PRICE),
        (OrderType.BUY_LIMIT, 1.09, 1.08, Retcode.INVALID_PRICE),
        (OrderType.BUY, 1.09, 0.0, Retcode.INVALID),
        (8, 1.09, 0.0, Retcode.INVALID),
    ],
)
def test_a_price_must_be_on_the_kinds_side_of_the_market(
    kind: OrderType, price: float, limit: float, retcode: Retcode
) -> None:
    assert answer(new_book().execute(placing(kind, price, limit=limit), QUOTES, 0)).retcode == retcode


@pytest.mark.parametrize(
    ("change", "retcode"),
    [
        ({"volume": LOT // 1000}, Retcode.INVALID_VOLUME),
        ({"sl": 1.095}, Retcode.INVALID_STOPS),
        ({"tp": 1.085}, Retcode.INVALID_STOPS),
        ({"sl": 1.08, "tp": 1.095}, Retcode.DONE),
        ({"expires_msc": 5}, Retcode.INVALID_EXPIRATION),
        ({"expires_msc": 11}, Retcode.DONE),
        ({"symbol": "GBPJPY", "price": 149.99}, Retcode.INVALID_PRICE),
        ({"symbol": "GBPJPY", "price": 149.9}, Retcode.DONE),
        ({"action": RequestAction.MODIFY, "order": 99}, Retcode.INVALID_ORDER),
        ({"action": RequestAction.REMOVE, "order": 99}, Retcode.INVALID_ORDER),
    ],
)
def test_a_broken_rule_has_its_own_code(change: dict[str, Any], retcode: Retcode) -> None:
    assert answer(new_book().execute(placing(**change), QUOTES, 10)).retcode == retcode


def test_stops_are_measured_from_where_it_would_be_filled() -> None:
    stop_limit = placing(OrderType.BUY_STOP_LIMIT, 1.12, limit=1.11, sl=1.115)
    assert answer(new_book().execute(stop_limit, QUOTES, 0)).retcode == Retcode.INVALID_STOPS


def test_placing_is_reported_as_an_order_and_takes_no_money() -> None:
    book = new_book(balance=1.0)
    events = book.execute(placing(magic=7, comment="x"), QUOTES, 3)
    assert [type(e) for e in events] == [OrderChanged, RequestAnswered]
    ((what, found),) = ordered(events)
    assert what == "added"
    assert (found.kind, found.volume, found.left, found.magic, found.comment) == (2, LOT // 10, LOT // 10, 7, "x")
    assert (found.placed_msc, found.state) == (3, BrokerOrderState.PLACED)
    assert book.positions == {}


def test_a_changed_order_keeps_its_ticket_and_its_volume() -> None:
    book = new_book()
    ticket = placed(book)
    events = book.execute(order(action=RequestAction.MODIFY, order=ticket, price=1.08, sl=1.07, volume=0), QUOTES, 0)
    assert [(what, o.ticket, o.price, o.sl, o.volume) for what, o in ordered(events)] == [
        ("updated", ticket, 1.08, 1.07, LOT // 10)
    ]
    again = book.execute(order(action=RequestAction.MODIFY, order=ticket, price=1.08, sl=1.07), QUOTES, 0)
    assert answer(again).retcode == Retcode.NO_CHANGES
    wrong = book.execute(order(action=RequestAction.MODIFY, order=ticket, price=1.2), QUOTES, 0)
    assert answer(wrong).retcode == Retcode.INVALID_PRICE


def test_a_deleted_order_is_history_and_cannot_be_deleted_again() -> None:
    book = new_book()
    ticket = placed(book)
    remove = order(action=RequestAction.REMOVE, order=ticket, symbol="")
    ((what, gone),) = ordered(book.execute(remove, QUOTES, 0))
    assert (what, gone.state, gone.left) == ("deleted", BrokerOrderState.CANCELED, LOT // 10)
    assert (book.orders, book.ended) == ({}, [gone])
    assert answer(book.execute(remove, QUOTES, 0)).retcode == Retcode.INVALID_ORDER


def test_an_order_expires_at_its_time() -> None:
    book = new_book()
    ticket = placed(book, expires_msc=100)
    assert book.on_time(99) == []
    ((_, gone),) = ordered(book.on_time(100))
    assert (gone.ticket, gone.state) == (ticket, BrokerOrderState.EXPIRED)


@pytest.mark.parametrize(
    ("kind", "price", "bid", "reached"),
    [
        (OrderType.BUY_LIMIT, 1.09, 1.0899, True),
        (OrderType.BUY_LIMIT, 1.09, 1.09, False),
        (OrderType.SELL_LIMIT, 1.11, 1.11, True),
        (OrderType.SELL_LIMIT, 1.11, 1.1099, False),
        (OrderType.BUY_STOP, 1.11, 1.1099, True),
        (OrderType.BUY_STOP, 1.11, 1.1098, False),
        (OrderType.SELL_STOP, 1.09, 1.09, True),
        (OrderType.SELL_STOP, 1.09, 1.0901, False),
    ],
)
def test_buys_are_reached_by_the_ask_and_sells_by_the_bid(kind: OrderType, price: float, bid: float, reached: bool) -> None:
    waiting = BrokerOrder(1, "EURUSD", kind, LOT, LOT, price, 0.0, 0.0, 0.0, 0, "", 0)
    assert is_reached(waiting, BrokerQuote(bid, round(bid + 0.0001, 5), 0)) is reached


def test_a_fill_is_reported_as_position_deal_and_the_orders_end() -> None:
    book = new_book()
    ticket = placed(book, sl=1.05, magic=9, comment="c")
    events = book.on_quote("EURUSD", quoted(1.0899), 5)
    assert [type(e) for e in events] == [PositionChanged, DealAdded, OrderChanged]
    (deal,) = dealt(events)
    assert (deal.order, deal.position, deal.entry, deal.price, deal.magic, deal.comment) == (ticket, ticket, 0, 1.09, 9, "c")
    ((what, gone),) = ordered(events)
    assert (what, gone.left, gone.state) == ("deleted", 0, BrokerOrderState.FILLED)
    assert [(p.id, p.sl) for p in book.positions.values()] == [(ticket, 1.05)]


def test_parts_that_fill_become_one_position() -> None:
    book = new_book()
    ticket = placed(book)
    first = book.fill(ticket, LOT // 25, QUOTES, 0)
    assert [(what, o.left, o.state) for what, o in ordered(first)] == [("updated", LOT * 6 // 100, BrokerOrderState.PARTIAL)]
    second = book.fill(ticket, LOT, QUOTES, 0)
    assert [(what, o.left) for what, o in ordered(second)] == [("deleted", 0)]
    assert [deal.volume for deal in dealt(first + second)] == [LOT // 25, LOT * 6 // 100]
    assert [(p.id, p.volume) for p in book.positions.values()] == [(ticket, LOT // 10)]


def test_what_is_left_of_a_partly_filled_order_may_be_deleted() -> None:
    book = new_book()
    ticket = placed(book)
    book.fill(ticket, LOT // 25, QUOTES, 0)
    ((_, gone),) = ordered(book.execute(order(action=RequestAction.REMOVE, order=ticket), QUOTES, 0))
    assert (gone.left, gone.volume) == (LOT * 6 // 100, LOT // 10)
    assert [p.volume for p in book.positions.values()] == [LOT // 25]


def test_without_the_money_for_it_an_order_ends_unfilled() -> None:
    book = new_book(balance=1.0)
    placed(book)
    events = book.on_quote("EURUSD", quoted(1.08), 0)
    assert [(what, o.state) for what, o in ordered(events)] == [("deleted", BrokerOrderState.CANCELED)]
    assert dealt(events) == []


def test_a_stop_limit_order_becomes_a_limit_order_first() -> None:
    book = new_book()
    ticket = placed(book, kind=OrderType.BUY_STOP_LIMIT, price=1.12, limit=1.11)
    ((what, waiting),) = ordered(book.on_quote("EURUSD", quoted(1.12), 0))
    assert (what, waiting.ticket, waiting.kind, waiting.price, waiting.limit) == ("updated", ticket, 2, 1.11, 0.0)
    assert [d.order for d in dealt(book.on_quote("EURUSD", quoted(1.1099), 0))] == [ticket]


def test_on_a_netting_account_a_fill_adds_to_the_position_there_is() -> None:
    book = netting_book()
    opened = answer(book.execute(order(magic=1), QUOTES, 0))
    placed(book, magic=2)
    (deal,) = dealt(book.on_quote("EURUSD", quoted(1.0899), 0))
    assert (deal.position, deal.magic, deal.entry) == (opened.order, 2, 0)
    assert [p.volume for p in book.positions.values()] == [LOT // 5]


def test_other_symbols_orders_wait() -> None:
    book = new_book()
    placed(book, symbol="GBPUSD", price=1.29)
    assert book.on_quote("EURUSD", quoted(1.0), 0) == []


def test_a_closed_market_and_a_read_only_account_take_no_orders() -> None:
    assert answer(new_book().execute(placing(), QUOTES, 0, closed=True)).retcode == Retcode.MARKET_CLOSED
    assert answer(new_book(trade_allowed=False).execute(placing(), QUOTES, 0)).retcode == Retcode.TRADE_DISABLED


def test_positions_and_pending_orders_of_one_direction_share_the_volume_limit() -> None:
    limited = replace(SYMBOLS["EURUSD"], volume_limit=LOT // 2)
    book = BrokerBook(AccountTerms(1, "p", 10_000.0), SYMBOLS | {"EURUSD": limited}, itertools.count(1))
    opened = answer(book.execute(order(volume=LOT // 5), QUOTES, 0))
    assert answer(book.execute(placing(volume=LOT // 5), QUOTES, 0)).retcode == Retcode.DONE
    for asked in (order(volume=LOT // 5), placing(volume=LOT // 5)):
        assert answer(book.execute(asked, QUOTES, 0)).retcode == Retcode.LIMIT_VOLUME
    assert answer(book.execute(order(volume=LOT // 10), QUOTES, 0)).retcode == Retcode.DONE
    assert answer(book.execute(order(side=1, kind=1, volume=LOT // 2), QUOTES, 0)).retcode == Retcode.DONE
    closing = order(side=1, position=opened.order, volume=LOT // 5)
    assert answer(book.execute(closing, QUOTES, 0)).retcode == Retcode.DONE
    assert answer(book.execute(order(volume=LOT // 5), QUOTES, 0)).retcode == Retcode.DONE
