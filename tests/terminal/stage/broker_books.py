"""Quotes, new books and requests for tests of a broker's book."""

import itertools
from typing import Any

from broker.book import BrokerBook
from broker.market import read_symbols
from broker.model import (
    AccountMode,
    AccountTerms,
    BrokerDeal,
    BrokerEvent,
    BrokerOrder,
    BrokerQuote,
    BrokerRequest,
    DealAdded,
    OrderChanged,
    RequestAction,
    RequestAnswered,
)

LOT = 100_000_000
SYMBOLS = read_symbols()
QUOTES = {
    "EURUSD": BrokerQuote(1.1, 1.1001, 0),
    "GBPJPY": BrokerQuote(150.0, 150.02, 0),
    "GBPUSD": BrokerQuote(1.3, 1.3001, 0),
    "USDJPY": BrokerQuote(115.0, 115.01, 0),
}


def new_book(**terms: Any) -> BrokerBook:
    values: dict[str, Any] = {"login": 1, "password": "p", "balance": 10_000.0} | terms
    return BrokerBook(AccountTerms(**values), SYMBOLS, itertools.count(1))


def netting_book(**terms: Any) -> BrokerBook:
    return new_book(margin_mode=AccountMode.NETTING, **terms)


def order(**values: Any) -> BrokerRequest:
    standard: dict[str, Any] = {"id": 5, "action": RequestAction.DEAL, "symbol": "EURUSD", "volume": LOT // 10}
    return BrokerRequest(**(standard | values))


def quoted(bid: float, name: str = "EURUSD") -> dict[str, BrokerQuote]:
    """The quotes, with another quote of one symbol."""
    return QUOTES | {name: BrokerQuote(bid, round(bid + 0.0001, 5), 1)}


def answer(events: list[BrokerEvent]) -> RequestAnswered:
    assert isinstance(events[-1], RequestAnswered)
    return events[-1]


def dealt(events: list[BrokerEvent]) -> list[BrokerDeal]:
    return [event.deal for event in events if isinstance(event, DealAdded)]


def ordered(events: list[BrokerEvent]) -> list[tuple[str, BrokerOrder]]:
    return [(event.what, event.order) for event in events if isinstance(event, OrderChanged)]
