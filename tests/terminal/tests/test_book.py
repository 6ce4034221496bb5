"""The broker's book: its rules, the events of a request, and that money and volume are never lost."""

import itertools
from typing import Any

import pytest
from broker.book import triggered
from broker.market import read_ticks, replay
from broker.model import BrokerPosition, BrokerQuote, DealAdded, PositionChanged, RequestAction, RequestAnswered, Retcode
from hypothesis import given
from hypothesis import strategies as st
from stage.broker_books import LOT, QUOTES, answer, new_book, order


def test_an_order_is_reported_as_order_position_deal_history_answer() -> None:
    names = [type(e).__name__ for e in new_book().execute(order(), QUOTES, 0)]
    assert names == ["OrderChanged", "PositionChanged", "DealAdded", "OrderChanged", "RequestAnswered"]


def test_a_buy_fills_at_ask_and_closes_at_bid() -> None:
    book = new_book()
    opened = answer(book.execute(order(), QUOTES, 0))
    closed = answer(book.execute(order(side=1, position=opened.order), QUOTES, 0))
    assert (opened.price, closed.price) == (1.1001, 1.1)
    assert book.balance == 9_999.0
    assert not book.positions


@pytest.mark.parametrize(
    ("change", "retcode"),
    [
        ({"symbol": "NONSUCH"}, Retcode.INVALID),
        ({"symbol": "XAUUSD"}, Retcode.PRICE_OFF),
        ({"volume": LOT // 1000}, Retcode.INVALID_VOLUME),
        ({"volume": LOT // 10 + 1}, Retcode.INVALID_VOLUME),
        ({"volume": 101 * LOT}, Retcode.INVALID_VOLUME),
        ({"volume": 50 * LOT}, Retcode.NO_MONEY),
        ({"sl": 1.2}, Retcode.INVALID_STOPS),
        ({"tp": 1.0}, Retcode.INVALID_STOPS),
        ({"symbol": "GBPJPY", "sl": 149.97}, Retcode.INVALID_STOPS),
        ({"symbol": "GBPJPY", "sl": 149.95}, Retcode.DONE),
        ({"side": 1, "sl": 1.2, "tp": 1.0}, Retcode.DONE),
        ({"position": 99}, Retcode.POSITION_CLOSED),
        ({"action": 9}, Retcode.INVALID),
    ],
)
def test_a_broken_rule_has_its_own_code(change: dict[str, Any], retcode: Retcode) -> None:
    assert answer(new_book().execute(order(**change), QUOTES, 0)).retcode == retcode


def test_a_closed_market_and_a_read_only_account_refuse() -> None:
    assert answer(new_book().execute(order(), QUOTES, 0, closed=True)).retcode == Retcode.MARKET_CLOSED
    assert answer(new_book(trade_allowed=False).execute(order(), QUOTES, 0)).retcode == Retcode.TRADE_DISABLED


def test_more_than_a_position_has_cannot_be_closed() -> None:
    book = new_book()
    opened = answer(book.execute(order(), QUOTES, 0))
    too_much = order(side=1, position=opened.order, volume=LOT // 5)
    assert answer(book.execute(too_much, QUOTES, 0)).retcode == Retcode.INVALID_CLOSE_VOLUME
    wrong_side = order(side=0, position=opened.order)
    assert answer(book.execute(wrong_side, QUOTES, 0)).retcode == Retcode.INVALID


def test_the_same_stops_again_are_no_change() -> None:
    book = new_book()
    opened = answer(book.execute(order(), QUOTES, 0))
    stops = order(action=RequestAction.SLTP, position=opened.order, sl=1.0)
    first = book.execute(stops, QUOTES, 0)
    assert [type(e) for e in first] == [PositionChanged, RequestAnswered]
    assert answer(book.execute(stops, QUOTES, 0)).retcode == Retcode.NO_CHANGES


@pytest.mark.parametrize(
    ("side", "sl", "tp", "bid", "why"),
    [(0, 1.0, 0.0, 1.0, "[sl 1]"), (0, 0.0, 1.2, 1.2, "[tp 1.2]"), (1, 1.2, 0.0, 1.2, "[sl 1.2]"), (0, 1.0, 1.2, 1.1, "")],
)
def test_stops_are_triggered_at_the_closing_price(side: int, sl: float, tp: float, bid: float, why: str) -> None:
    position = BrokerPosition(1, 1, "EURUSD", side, LOT, 1.1, sl, tp, 0, "", 0)
    assert triggered(position, BrokerQuote(bid, bid, 0)) == why


def test_a_triggered_stop_closes_with_the_positions_magic() -> None:
    book = new_book()
    book.execute(order(sl=1.05, magic=42), QUOTES, 0)
    fallen = QUOTES | {"EURUSD": BrokerQuote(1.04, 1.0401, 1)}
    deals = [e.deal for e in book.on_quote("EURUSD", fallen, 1) if isinstance(e, DealAdded)]
    assert [(d.magic, d.entry, d.price, d.comment) for d in deals] == [(42, 1, 1.04, "[sl 1.05]")]
    assert book.on_quote("EURUSD", fallen, 2) == []


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 30), st.integers(0, 40)), max_size=30))
def test_open_volume_is_what_went_in_less_what_came_out(steps: list[tuple[int, int, int]]) -> None:
    book = new_book(balance=10_000_000.0)
    for side, hundredths, pick in steps:
        tickets = sorted(book.positions)
        closing = tickets[pick % len(tickets)] if tickets and pick % 2 else 0
        side_sent = 1 - book.positions[closing].side if closing else side
        book.execute(order(side=side_sent, volume=hundredths * LOT // 100, position=closing), QUOTES, 0)
    moved = sum(d.volume if d.entry == 0 else -d.volume for d in book.deals)
    assert moved == sum(p.volume for p in book.positions.values())
    assert book.balance == pytest.approx(10_000_000.0 + sum(d.profit for d in book.deals))
    assert all(p.volume > 0 for p in book.positions.values())


def test_a_password_is_in_no_text_of_an_account() -> None:
    assert "hunter2" not in repr(new_book(password="hunter2").terms)


def test_recorded_ticks_come_in_order_and_loop() -> None:
    ticks = {"EURUSD": read_ticks()["EURUSD"][:5]}
    times = [at for at, *_ in itertools.islice(replay(ticks), 12)]
    assert times == sorted(times)
    assert len(set(times)) == 12
