"""The control API for tests: HTTP with JSON in and out. Volumes are lots, as decimal text or number.

GET    /healthz                                  {}
GET    /symbols                                  specifications and quotes
POST   /quotes {symbol, bid, ask, freeze?}       sets a quote; freezes the symbol at it, or thaws it (freeze false)
POST   /markets {symbol, closed}                 closes or opens trading in a symbol (retcode 10018)
POST   /symbols {symbol, …}                      changes its trading conditions (fields of broker.model.BrokerSymbol), also
                                                 its sessions: outside of them it is closed
POST   /disconnect                               cuts every terminal
GET    /accounts                                 all of them
POST   /accounts {login, password, balance?, currency?, leverage?, margin_mode?, trade_mode?, platform?, …}
       margin_mode 0: netting; trade_mode 0: demo (as it is without), 1: contest, 2: real; platform 4: an MT4 server's, with
       zone_s?, max_orders?, comment_limit?, cuts_comments? (see broker.model.AccountTerms)
GET    /accounts/L                               figures, connections, logins, orders received
DELETE /accounts/L
GET    /accounts/L/positions | deals | orders | pending    (orders: requests that terminals sent)
POST   /accounts/L/trades {symbol, side, lots, sl?, tp?, magic?, comment?}       "from the phone"; told_ns: when the
       terminals were told, on CLOCK_MONOTONIC_RAW
POST   /accounts/L/positions/P/close {lots?}      (P: the position's id)
POST   /accounts/L/positions/P/stops {sl?, tp?}
POST   /accounts/L/positions/P/close_by {other}    MT4: closes it by an opposite one
POST   /accounts/L/pending {symbol, kind, lots, price, limit?, sl?, tp?, expires_msc?, magic?, comment?}
POST   /accounts/L/pending/T/change {price?, limit?, sl?, tp?, expires_msc?}
POST   /accounts/L/pending/T/delete
POST   /accounts/L/pending/T/fill {lots?, gone_first?}    fills it; gone_first: its end is reported before its deal
POST   /accounts/L/operations {kind, amount, comment?, figures_first?}    money in or out: balance, credit, charge, …
POST   /accounts/L/deals/D/charge {commission?, swap?, fee?}              booked to a deal after it happened
POST   /accounts/L/faults {…}                    see broker.faults.Faults
POST   /accounts/L/disconnect
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from broker.brokerage import Brokerage, Customer
from broker.http import Call, ProblemError
from broker.model import (
    UNITS,
    AccountTerms,
    BrokerDeal,
    BrokerOrder,
    BrokerPosition,
    BrokerRequest,
    DealAdded,
    OperationType,
    RequestAnswered,
    Retcode,
)
from broker.phone import by_phone, order_by_phone, units
from broker.server import TerminalConnections, now_msc

Answer = tuple[int, Any]


class ControlApi:
    """Answers every call."""

    def __init__(self, brokerage: Brokerage, terminals: TerminalConnections) -> None:
        self._brokerage = brokerage
        self._terminals = terminals
        self._roots: dict[tuple[str, str], Callable[[Call], Answer]] = {
            ("GET", "healthz"): lambda _: (200, {}),
            ("GET", "symbols"): self._symbols,
            ("POST", "quotes"): self._set_quote,
            ("POST", "markets"): self._set_market,
            ("POST", "symbols"): self._change_symbol,
            ("POST", "disconnect"): lambda _: (200, {"cut": terminals.disconnect()}),
            ("GET", "accounts"): lambda _: (200, [self._figures(c) for c in brokerage.customers.values()]),
            ("POST", "accounts"): self._open_account,
        }

    def __call__(self, call: Call) -> Answer:
        """The answer to a call. Raises `ProblemError`, or KeyError, TypeError or ValueError for a bad body."""
        if len(call.path) == 1 and (call.method, call.path[0]) in self._roots:
            return self._roots[call.method, call.path[0]](call)
        if len(call.path) < 2 or call.path[0] != "accounts":
            raise ProblemError(404, "no such thing")
        customer = self._brokerage.customers.get(int(call.path[1]))
        if customer is None:
            raise ProblemError(404, f"no account {call.path[1]}")
        return self._account_call(call, customer, call.path[2:])

    def _account_call(self, call: Call, customer: Customer, rest: tuple[str, ...]) -> Answer:
        login = customer.book.terms.login
        match (call.method, *rest):
            case ("GET",):
                return 200, self._figures(customer)
            case ("DELETE",):
                del self._brokerage.customers[login]
                return 200, {"cut": self._terminals.disconnect(login)}
            case ("GET", ("positions" | "deals" | "orders" | "pending") as what):
                return 200, _listed(customer, what)
            case ("POST", "disconnect"):
                return 200, {"cut": self._terminals.disconnect(login)}
        return self._change(call, customer, rest)

    def _change(self, call: Call, customer: Customer, rest: tuple[str, ...]) -> Answer:
        match (call.method, *rest):
            case ("POST", ("trades" | "pending") as what):
                return self._trade(customer, order_by_phone(what, call.body))
            case ("POST", "operations"):
                return self._operate(customer, call.body)
            case ("POST", "deals", ticket, "charge"):
                booked = [float(call.body.get(name, 0.0)) for name in ("commission", "swap", "fee")]
                commission, swap, fee = booked
                return 201, asdict(self._brokerage.charge(customer, int(ticket), commission, swap, fee, now_msc()))
            case ("POST", "pending", ticket, "fill"):
                return self._fill(customer, int(ticket), call.body)
            case ("POST", ("positions" | "pending") as kind, number, what):
                return self._trade(customer, by_phone(customer.book, kind, int(number), what, call.body))
            case ("POST", "faults"):
                customer.faults = customer.faults.updated(call.body)
                return 200, asdict(customer.faults)
        raise ProblemError(404, "no such thing")

    def _trade(self, customer: Customer, request: BrokerRequest) -> Answer:
        events = self._brokerage.trade(customer, request, now_msc())
        answer = events[-1]
        if not isinstance(answer, RequestAnswered) or answer.retcode != Retcode.DONE:
            raise ProblemError(409, f"refused: {asdict(answer)}")
        told_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)
        dealt = next((e.deal.position for e in events if isinstance(e, DealAdded)), request.position)
        return 201, {**asdict(answer), "position": dealt, "told_ns": told_ns}

    def _operate(self, customer: Customer, body: dict[str, Any]) -> Answer:
        kind, amount = OperationType[str(body["kind"]).upper()], float(body["amount"])
        comment, first = str(body.get("comment", "")), bool(body.get("figures_first"))
        return 201, asdict(self._brokerage.operate(customer, kind, amount, comment, first, now_msc()))

    def _fill(self, customer: Customer, ticket: int, body: dict[str, Any]) -> Answer:
        order = customer.book.orders.get(ticket)
        if order is None:
            raise ProblemError(404, f"no order {ticket}")
        volume = units(body["lots"]) if "lots" in body else order.left
        events = self._brokerage.fill(customer, ticket, volume, bool(body.get("gone_first")), now_msc())
        return 201, {"deals": [asdict(e.deal) for e in events if isinstance(e, DealAdded)]}

    def _open_account(self, call: Call) -> Answer:
        values = {"balance": 10_000.0} | call.body
        terms = AccountTerms(**values)
        if not isinstance(terms.login, int) or not isinstance(terms.password, str):
            raise ProblemError(400, "login is a number and password a text")
        try:
            return 201, self._figures(self._brokerage.open_account(terms))
        except ValueError as error:
            raise ProblemError(409, str(error)) from error

    def _figures(self, customer: Customer) -> dict[str, Any]:
        book = customer.book
        return {
            "login": book.terms.login,
            "currency": book.terms.currency,
            "leverage": book.terms.leverage,
            "balance": book.balance,
            "equity": book.equity(self._brokerage.quotes),
            "credit": book.credit,
            "positions": len(book.positions),
            "pending": len(book.orders),
            "connected": len(customer.listeners),
            "logins": customer.logins,
            "failed_logins": customer.failed_logins,
            "addresses": sorted(customer.addresses),
            "orders_received": len(book.requests),
            "faults": asdict(customer.faults),
        }

    def _symbols(self, _: Call) -> Answer:
        return 200, [asdict(s) | asdict(self._brokerage.quotes[s.name]) for s in self._brokerage.symbols.values()]

    def _set_quote(self, call: Call) -> Answer:
        name = self._known(call.body["symbol"])
        if call.body.get("freeze", True):
            self._brokerage.frozen.add(name)
        else:
            self._brokerage.frozen.discard(name)
        self._brokerage.set_quote(name, float(call.body["bid"]), float(call.body["ask"]), now_msc())
        return 200, {}

    def _change_symbol(self, call: Call) -> Answer:
        changes = dict(call.body)
        self._brokerage.change_symbol(self._known(changes.pop("symbol")), changes)
        return 200, {}

    def _set_market(self, call: Call) -> Answer:
        name = self._known(call.body["symbol"])
        change = self._brokerage.closed.add if call.body["closed"] else self._brokerage.closed.discard
        change(name)
        return 200, {}

    def _known(self, name: str) -> str:
        if name not in self._brokerage.symbols:
            raise ProblemError(404, f"no symbol {name}")
        return name


def _listed(customer: Customer, what: str) -> list[dict[str, Any]]:
    book = customer.book
    found: dict[str, Iterable[BrokerPosition | BrokerDeal | BrokerRequest | BrokerOrder]] = {
        "positions": book.positions.values(),
        "deals": book.deals,
        "orders": book.requests,
        "pending": book.orders.values(),
    }
    return [asdict(item) | {"lots": str(Decimal(item.volume) / UNITS)} for item in found[what]]
