"""What tests of a broker's book share: quotes, new books, requests."""

import itertools
from typing import Any

from broker.book import Book
from broker.market import read_symbols
from broker.model import Action, Answered, Deal, Dealt, Event, MarginMode, Order, Ordered, Quote, Request, Terms

LOT = 100_000_000
SYMBOLS = read_symbols()
QUOTES = {
    "EURUSD": Quote(1.1, 1.1001, 0),
    "GBPJPY": Quote(150.0, 150.02, 0),
    "GBPUSD": Quote(1.3, 1.3001, 0),
    "USDJPY": Quote(115.0, 115.01, 0),
}


def new_book(**terms: Any) -> Book:
    values: dict[str, Any] = {"login": 1, "password": "p", "balance": 10_000.0} | terms
    return Book(Terms(**values), SYMBOLS, itertools.count(1))


def netting_book(**terms: Any) -> Book:
    return new_book(margin_mode=MarginMode.NETTING, **terms)


def order(**values: Any) -> Request:
    standard: dict[str, Any] = {"id": 5, "action": Action.DEAL, "symbol": "EURUSD", "volume": LOT // 10}
    return Request(**(standard | values))


def quoted(bid: float, name: str = "EURUSD") -> dict[str, Quote]:
    """The quotes with another one of a symbol."""
    return QUOTES | {name: Quote(bid, round(bid + 0.0001, 5), 1)}


def answer(events: list[Event]) -> Answered:
    assert isinstance(events[-1], Answered)
    return events[-1]


def dealt(events: list[Event]) -> list[Deal]:
    return [event.deal for event in events if isinstance(event, Dealt)]


def ordered(events: list[Event]) -> list[tuple[str, Order]]:
    return [(event.what, event.order) for event in events if isinstance(event, Ordered)]
