"""One hedging account. No I/O, no clock: every call gets the quotes and the time, and returns what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from broker import money
from broker.checks import check
from broker.model import (
    Action,
    Answered,
    Deal,
    Dealt,
    Event,
    Moved,
    Ordered,
    Position,
    Quote,
    Request,
    Retcode,
    Symbol,
    Terms,
)


class Book:
    """Positions, history and money of one login."""

    def __init__(self, terms: Terms, symbols: Mapping[str, Symbol], tickets: Iterator[int]) -> None:
        self.terms = terms
        self.balance = terms.balance
        self.positions: dict[int, Position] = {}
        self.deals: list[Deal] = []
        self.requests: list[Request] = []
        self._symbols = symbols
        self._tickets = tickets

    def execute(self, request: Request, quotes: Mapping[str, Quote], now_msc: int, closed: bool = False) -> list[Event]:
        """Carries out a request, or refuses it; the last event is the answer to it."""
        if not self.terms.trade_allowed:
            return [Answered(request.id, Retcode.TRADE_DISABLED, comment="Trade disabled")]
        symbol, quote = self._symbols.get(request.symbol), quotes.get(request.symbol)
        broken = check(request, symbol, quote, self.positions, closed)
        if broken is not None or symbol is None or quote is None:
            return [_refusal(request, broken or Retcode.INVALID)]
        if request.action == Action.SLTP:
            return self._set_stops(request)
        if request.position:
            return self._close(request, quote, quotes, now_msc)
        return self._open(request, symbol, quote, quotes, now_msc)

    def equity(self, quotes: Mapping[str, Quote]) -> float:
        """Balance and what closing everything now would earn."""
        currency = self.terms.currency
        open_profit = sum(money.floating(self._symbols[p.symbol], p, currency, quotes) for p in self.positions.values())
        return round(self.balance + open_profit, 2)

    def margin(self, quotes: Mapping[str, Quote]) -> float:
        """What the open positions tie up."""
        return round(
            sum(self._margin(self._symbols[p.symbol], p.volume, p.price, quotes) for p in self.positions.values()), 2
        )

    def on_quote(self, name: str, quotes: Mapping[str, Quote], now_msc: int) -> list[Event]:
        """Closes what reached its stop loss or take profit."""
        events: list[Event] = []
        for position in [p for p in self.positions.values() if p.symbol == name]:
            why = triggered(position, quotes[name])
            if why:
                request = Request(0, Action.DEAL, name, 1 - position.side, position.volume, position.ticket, position.magic)
                events += self._close(replace(request, comment=why), quotes[name], quotes, now_msc)[:-1]
        return events

    def _margin(self, symbol: Symbol, volume: int, price: float, quotes: Mapping[str, Quote]) -> float:
        return money.margin(symbol, volume, price, self.terms.leverage, self.terms.currency, quotes)

    def _open(self, r: Request, symbol: Symbol, quote: Quote, quotes: Mapping[str, Quote], now_msc: int) -> list[Event]:
        price = quote.ask if r.side == 0 else quote.bid
        needed = self._margin(symbol, r.volume, price, quotes)
        if needed > self.equity(quotes) - self.margin(quotes):
            return [_refusal(r, Retcode.NO_MONEY)]
        ticket = next(self._tickets)
        position = Position(ticket, r.symbol, r.side, r.volume, price, r.sl, r.tp, r.magic, r.comment, now_msc)
        self.positions[ticket] = position
        return self._done(r, ticket, position, 0, price, now_msc, 0.0)

    def _close(self, r: Request, quote: Quote, quotes: Mapping[str, Quote], now_msc: int) -> list[Event]:
        before = self.positions[r.position]
        price = quote.bid if before.side == 0 else quote.ask
        symbol = self._symbols[r.symbol]
        earned = money.profit(symbol, before.side, r.volume, before.price, price, self.terms.currency, quotes)
        after = replace(before, volume=before.volume - r.volume)
        self.balance = round(self.balance + earned, 2)
        if after.volume:
            self.positions[r.position] = after
        else:
            del self.positions[r.position]
        return self._done(r, next(self._tickets), after, 1, price, now_msc, earned)

    def _done(
        self, r: Request, order: int, position: Position, entry: int, price: float, now_msc: int, earned: float
    ) -> list[Event]:
        p = position
        number = next(self._tickets)
        fixed = (p.sl, p.tp, r.magic, r.comment, now_msc, earned)
        deal = Deal(number, order, p.ticket, r.symbol, r.side, entry, r.volume, price, *fixed)
        self.deals.append(deal)
        added = Ordered(order, r.symbol, r.side, r.volume, r.magic, "added")
        answer = Answered(r.id, Retcode.DONE, order, number, r.volume, price, "Request executed")
        return [added, Moved(p, changed=False), Dealt(deal), replace(added, state="deleted"), answer]

    def _set_stops(self, r: Request) -> list[Event]:
        position = replace(self.positions[r.position], sl=r.sl, tp=r.tp)
        self.positions[r.position] = position
        return [Moved(position, changed=True), Answered(r.id, Retcode.DONE, comment="Request executed")]


def triggered(position: Position, quote: Quote) -> str:
    """The comment of the closing deal, or nothing where neither stop was reached."""
    price = quote.bid if position.side == 0 else quote.ask
    sign = 1 if position.side == 0 else -1
    if position.sl and sign * (price - position.sl) <= 0:
        return f"[sl {position.sl:g}]"
    if position.tp and sign * (price - position.tp) >= 0:
        return f"[tp {position.tp:g}]"
    return ""


def _refusal(request: Request, retcode: Retcode) -> Answered:
    return Answered(request.id, retcode, comment=retcode.name.replace("_", " ").capitalize())
