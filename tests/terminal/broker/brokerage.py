"""All accounts, the quotes, and the terminals that listen. No sockets here: a listener is a function that takes bytes."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from broker.book import BrokerBook
from broker.faults import Faults
from broker.lines import deal_line, event_line, line, order_line, position_line, symbol_line, tick_line, ticket_line
from broker.market import Ticks, first_quotes
from broker.model import (
    AccountTerms,
    AccountTradeMode,
    BrokerDeal,
    BrokerEvent,
    BrokerQuote,
    BrokerRequest,
    BrokerSymbol,
    DealAdded,
    OperationType,
    RequestAnswered,
)
from broker.mt4 import Mt4Book
from broker.sessions import is_in_session

COMPANY = "Lockstep Test Broker Ltd."

Listener = Callable[[bytes], None]


@dataclass
class Customer:
    """An account, its faults, and its connected terminals. `addresses`: where logins came from."""

    book: BrokerBook
    faults: Faults = field(default_factory=Faults)
    listeners: dict[int, Listener] = field(default_factory=dict)
    logins: int = 0
    failed_logins: int = 0
    addresses: set[str] = field(default_factory=set)


class Brokerage:
    """The broker as a whole. Tickets start at the time of day in ms, so that they grow over restarts, too, and need 64
    bits. Those of MT4 have 31 bits, so they start at the time in seconds.
    """

    def __init__(self, symbols: dict[str, BrokerSymbol], ticks: Ticks, now_msc: int) -> None:
        self.symbols = symbols
        self.quotes: dict[str, BrokerQuote] = {n: q for n, q in first_quotes(ticks, now_msc).items() if n in symbols}
        self.customers: dict[int, Customer] = {}
        self.frozen: set[str] = set()
        self.closed: set[str] = set()
        self._late: list[tuple[Customer, DealAdded]] = []
        self._tickets = itertools.count(now_msc)
        self._mt4_tickets = itertools.count(now_msc // 1000)
        self._keys = itertools.count(1)

    def open_account(self, terms: AccountTerms) -> Customer:
        """Opens an account. Raises `ValueError` if the login is taken."""
        if terms.login in self.customers:
            raise ValueError(f"login {terms.login} exists")
        mt4 = terms.platform == 4
        book = Mt4Book(terms, self.symbols, self._mt4_tickets) if mt4 else BrokerBook(terms, self.symbols, self._tickets)
        customer = Customer(book)
        self.customers[terms.login] = customer
        return customer

    def join(self, login: int, password: str, listener: Listener) -> int | None:
        """Logs a terminal in and sends it the whole account. Returns its key, or None if login or password is wrong."""
        customer = self.customers.get(login)
        if customer is None:
            return None
        if customer.faults.refuse_logins or customer.book.terms.password != password:
            customer.failed_logins += 1
            return None
        customer.logins += 1
        for sent in self._welcome(customer):
            listener(sent)
        key = next(self._keys)
        customer.listeners[key] = listener
        return key

    def leave(self, login: int, key: int) -> None:
        """Forgets a disconnected terminal."""
        customer = self.customers.get(login)
        if customer:
            customer.listeners.pop(key, None)

    def trade(self, customer: Customer, request: BrokerRequest, now_msc: int) -> list[BrokerEvent]:
        """Carries out a request. All terminals of the account get the events. Only the sender gets the answer."""
        closed = request.symbol in self.closed or not self._is_in_session(customer, request.symbol, now_msc)
        events = customer.book.execute(request, self.quotes, now_msc, closed)
        self._send_events(customer, [e for e in events if not isinstance(e, RequestAnswered)], now_msc)
        return events

    def _is_in_session(self, customer: Customer, name: str, now_msc: int) -> bool:
        symbol = self.symbols.get(name)
        return symbol is None or is_in_session(symbol.sessions, now_msc + customer.book.terms.zone_s * 1000)

    def fill(self, customer: Customer, ticket: int, volume: int, gone_first: bool, now_msc: int) -> list[BrokerEvent]:
        """Fills that much of a pending order. `gone_first` reports its end before its deal, as MetaTrader may."""
        events = customer.book.fill(ticket, volume, self.quotes, now_msc)
        self._send_events(customer, [events[-1], *events[:-1]] if gone_first else events, now_msc)
        return events

    def operate(
        self, customer: Customer, kind: OperationType, amount: float, comment: str, figures_first: bool, now_msc: int
    ) -> BrokerDeal:
        """Moves money without a trade. `figures_first`: terminals see the new balance a beat before its deal."""
        event = customer.book.operate(kind, amount, comment, now_msc)
        if figures_first:
            self._late.append((customer, event))
            self._send(customer, [self.account_line(customer)])
        else:
            self._send_events(customer, [event], now_msc)
        return event.deal

    def charge(
        self, customer: Customer, ticket: int, commission: float, swap: float, fee: float, now_msc: int
    ) -> BrokerDeal:
        """Books costs to a past deal."""
        event = customer.book.charge(ticket, commission, swap, fee)
        self._send_events(customer, [event], now_msc)
        return event.deal

    def take_order(self, customer: Customer, request: BrokerRequest) -> RequestAnswered | None:
        """Records a terminal's order. Returns the rejection that a fault asks for, or None."""
        customer.book.requests.append(request)
        faults = customer.faults
        if not faults.reject_next:
            return None
        customer.faults = replace(faults, reject_next=faults.reject_next - 1)
        return RequestAnswered(request.id, faults.reject_retcode, comment="Rejected by fault")

    def take_swallow(self, customer: Customer) -> bool:
        """Whether a fault suppresses this answer. Uses up one such fault."""
        left = customer.faults.swallow_next
        if left:
            customer.faults = replace(customer.faults, swallow_next=left - 1)
        return left > 0

    def take_ignore(self, customer: Customer) -> bool:
        """Whether a fault drops this order without an answer. Uses up one such fault."""
        left = customer.faults.ignore_next
        if left:
            customer.faults = replace(customer.faults, ignore_next=left - 1)
        return left > 0

    def set_quote(self, name: str, bid: float, ask: float, now_msc: int) -> None:
        """Sets a quote and sends it to every terminal. The quote may trigger stops and fill orders."""
        self.quotes[name] = BrokerQuote(bid, ask, now_msc)
        ticks = {zone_s: tick_line(name, self._quote_at(name, zone_s)) for zone_s in self._zones()}
        for customer in self.customers.values():
            for listener in list(customer.listeners.values()):
                listener(ticks[customer.book.terms.zone_s])
            self._send_events(customer, customer.book.on_quote(name, self.quotes, now_msc), now_msc)

    def change_symbol(self, name: str, changes: dict[str, Any]) -> None:
        """Changes trading conditions of a symbol and sends them to every terminal."""
        self.symbols[name] = replace(self.symbols[name], **changes)
        for customer in self.customers.values():
            self._send(customer, [symbol_line(self.symbols[name], self.quotes, customer.book.terms.currency)])

    def beat(self, now_msc: int) -> None:
        """Once a second: expires orders, and sends time and account figures."""
        late, self._late = self._late, []
        for customer, event in late:
            self._send_events(customer, [event], now_msc)
        for customer in self.customers.values():
            self._send_events(customer, customer.book.on_time(now_msc), now_msc)
            shift = customer.book.terms.zone_s * 1000
            self._send(customer, [line("TIME", time_msc=now_msc + shift), self.account_line(customer)])

    def account_line(self, customer: Customer) -> bytes:
        """The account's figures."""
        terms, equity = customer.book.terms, customer.book.equity(self.quotes)
        return line(
            "ACCOUNT",
            login=terms.login,
            currency=terms.currency,
            digits=2,
            leverage=terms.leverage,
            margin_mode=terms.margin_mode,
            trade_mode=terms.trade_mode,
            balance=customer.book.balance,
            equity=equity,
            credit=customer.book.credit,
            fifo=terms.fifo,
            margin_free=round(equity - customer.book.margin(self.quotes), 2),
            trade_allowed=terms.trade_allowed,
            company=COMPANY,
        )

    def _welcome(self, customer: Customer) -> Iterable[bytes]:
        terms, book = customer.book.terms, customer.book
        mode, demo = "netting" if book.nets else "hedging", terms.trade_mode != AccountTradeMode.REAL
        yield line("WELCOME", company=COMPANY, access="Access Server 1", mode=mode, demo=demo)
        yield self.account_line(customer)
        for symbol in self.symbols.values():
            yield symbol_line(symbol, self.quotes, terms.currency)
        for name in self.quotes:
            yield tick_line(name, self._quote_at(name, terms.zone_s))
        yield from _tickets_of(book) if isinstance(book, Mt4Book) else _state_of(book)
        yield line("SYNCED", time_msc=max(q.time_msc for q in self.quotes.values()) + terms.zone_s * 1000)

    def _zones(self) -> set[int]:
        return {customer.book.terms.zone_s for customer in self.customers.values()}

    def _quote_at(self, name: str, zone_s: int) -> BrokerQuote:
        """A quote with its time on the clock of a server."""
        quote = self.quotes[name]
        return replace(quote, time_msc=quote.time_msc + zone_s * 1000)

    def _send_events(self, customer: Customer, events: list[BrokerEvent], now_msc: int) -> None:
        if events:
            lines = [event_line(e, now_msc) for e in customer.book.told(events, now_msc)]
            self._send(customer, [*lines, self.account_line(customer)])

    def _send(self, customer: Customer, lines: list[bytes]) -> None:
        for listener in list(customer.listeners.values()):
            listener(b"".join(lines))


def _state_of(book: BrokerBook) -> Iterable[bytes]:
    for deal in book.deals:
        yield deal_line(deal, live=False)
    for order in book.ended:
        yield order_line(order, "deleted", live=False)
    for order in book.orders.values():
        yield order_line(order, "added", live=False)
    for position in book.positions.values():
        yield position_line(position, changed=False)


def _tickets_of(book: Mt4Book) -> Iterable[bytes]:
    for ticket in (*book.past.values(), *book.open_tickets().values()):
        yield ticket_line(ticket)
