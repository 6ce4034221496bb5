"""One account. No I/O, no clock: every call gets the quotes and the time, and returns what happened."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from broker import money
from broker.checks import check
from broker.deals import IN, Effect, hedged, netted
from broker.model import (
    Action,
    Answered,
    Deal,
    Dealt,
    Event,
    MarginMode,
    Moved,
    Order,
    Ordered,
    OrderState,
    Position,
    Quote,
    Request,
    Retcode,
    Symbol,
    Terms,
)
from broker.pending import STOP_LIMITS, activated, changed, is_expired, is_reached, market_price, order_of

Quotes = Mapping[str, Quote]


class Book:
    """Positions by their ids, orders by their tickets, history and money of one login. `ended` are past pending orders."""

    def __init__(self, terms: Terms, symbols: Mapping[str, Symbol], tickets: Iterator[int]) -> None:
        self.terms = terms
        self.balance = terms.balance
        self.positions: dict[int, Position] = {}
        self.orders: dict[int, Order] = {}
        self.ended: list[Order] = []
        self.deals: list[Deal] = []
        self.requests: list[Request] = []
        self._symbols = symbols
        self._tickets = tickets

    @property
    def nets(self) -> bool:
        """Whether there is one position for each symbol."""
        return self.terms.margin_mode != MarginMode.HEDGING

    def execute(self, request: Request, quotes: Quotes, now_msc: int, closed: bool = False) -> list[Event]:
        """Carries out a request, or refuses it; the last event is the answer to it."""
        if not self.terms.trade_allowed:
            return [Answered(request.id, Retcode.TRADE_DISABLED, comment="Trade disabled")]
        request = self._located(request)
        symbol, quote = self._symbols.get(request.symbol), quotes.get(request.symbol)
        broken = check(request, symbol, quote, self.positions, self.orders, closed, now_msc)
        if broken is not None:
            return [_refusal(request, broken)]
        match request.action:
            case Action.SLTP:
                return self._set_stops(request)
            case Action.PENDING | Action.MODIFY | Action.REMOVE:
                return self._set_order(request, now_msc)
        return self._trade(request, quotes, now_msc)

    def equity(self, quotes: Quotes) -> float:
        """Balance and what closing everything now would earn."""
        currency = self.terms.currency
        open_profit = sum(money.floating(self._symbols[p.symbol], p, currency, quotes) for p in self.positions.values())
        return round(self.balance + open_profit, 2)

    def margin(self, quotes: Quotes) -> float:
        """What the open positions tie up."""
        return round(
            sum(self._margin(self._symbols[p.symbol], p.volume, p.price, quotes) for p in self.positions.values()), 2
        )

    def on_quote(self, name: str, quotes: Quotes, now_msc: int) -> list[Event]:
        """Closes what reached its stop loss or take profit; fills the orders that the market has come to."""
        events: list[Event] = []
        for position in [p for p in self.positions.values() if p.symbol == name]:
            why = triggered(position, quotes[name])
            if why:
                request = Request(0, Action.DEAL, name, 1 - position.side, position.volume, position.id, position.magic)
                events += self._trade(replace(request, comment=why), quotes, now_msc)[:-1]
        for order in [o for o in self.orders.values() if o.symbol == name and is_reached(o, quotes[name])]:
            events += self._reached(order, quotes, now_msc)
        return events

    def on_time(self, now_msc: int) -> list[Event]:
        """Ends the orders whose time is over."""
        return [self._ended(o, OrderState.EXPIRED) for o in list(self.orders.values()) if is_expired(o, now_msc)]

    def fill(self, ticket: int, volume: int, quotes: Quotes, now_msc: int) -> list[Event]:
        """The market takes that much of a pending order, at most what is left of it. Without the money for it, it ends."""
        order = self.orders[ticket]
        taken = min(volume, order.left)
        price = market_price(order.side, quotes[order.symbol])
        effect = self._effect(order, taken, 0, price, now_msc)
        if self._lacks_money(effect, price, quotes):
            return [self._ended(order, OrderState.CANCELED)]
        left = order.left - taken
        rest = replace(order, left=left, state=OrderState.PARTIAL if left else OrderState.FILLED)
        events = self._done(order, taken, effect, price, quotes, now_msc)
        return [*events, self._updated(rest) if left else self._ended(rest, OrderState.FILLED)]

    def _reached(self, order: Order, quotes: Quotes, now_msc: int) -> list[Event]:
        if order.kind in STOP_LIMITS:
            return [self._updated(activated(order))]
        return self.fill(order.ticket, order.left, quotes, now_msc)

    def _located(self, request: Request) -> Request:
        """Requests name positions by their tickets, or where positions net by their symbol alone; orders need no symbol."""
        if request.order in self.orders:
            return replace(request, symbol=self.orders[request.order].symbol)
        if request.action == Action.SLTP and self.nets and not request.position:
            found = next((p.id for p in self.positions.values() if p.symbol == request.symbol), 0)
        else:
            named = (p.id for p in self.positions.values() if p.ticket == request.position)
            found = next(named, request.position)
        return replace(request, position=found)

    def _margin(self, symbol: Symbol, volume: int, price: float, quotes: Quotes) -> float:
        return money.margin(symbol, volume, price, self.terms.leverage, self.terms.currency, quotes)

    def _trade(self, r: Request, quotes: Quotes, now_msc: int) -> list[Event]:
        price = market_price(r.side, quotes[r.symbol])
        order = order_of(r, next(self._tickets), now_msc)
        effect = self._effect(order, r.volume, r.position, price, now_msc)
        if self._lacks_money(effect, price, quotes):
            return [_refusal(r, Retcode.NO_MONEY)]
        done = self._done(order, r.volume, effect, price, quotes, now_msc)
        filled = Ordered(replace(order, left=0, state=OrderState.FILLED), "deleted")
        answer = Answered(r.id, Retcode.DONE, order.ticket, self.deals[-1].ticket, r.volume, price, "Request executed")
        return [Ordered(order, "added"), *done, filled, answer]

    def _effect(self, order: Order, volume: int, closing: int, price: float, now_msc: int) -> Effect:
        if self.nets:
            return netted(self.positions, order, volume, price, now_msc)
        return hedged(self.positions, order, volume, closing, price, now_msc)

    def _lacks_money(self, effect: Effect, price: float, quotes: Quotes) -> bool:
        before = 0 if effect.before is None else effect.before.volume
        more = effect.after.volume - before
        if more <= 0:
            return False
        needed = self._margin(self._symbols[effect.after.symbol], more, price, quotes)
        return needed > self.equity(quotes) - self.margin(quotes)

    def _done(self, order: Order, volume: int, effect: Effect, price: float, quotes: Quotes, now_msc: int) -> list[Event]:
        after, earned = effect.after, self._earned(effect, price, quotes)
        self.balance = round(self.balance + earned, 2)
        if after.volume:
            self.positions[after.id] = after
        else:
            del self.positions[after.id]
        fixed = (after.sl, after.tp, order.magic, order.comment, now_msc, earned)
        head = (next(self._tickets), order.ticket, after.id, order.symbol, order.side, effect.entry, volume, price)
        self.deals.append(Deal(*head, *fixed))
        return [Moved(after, changed=False), Dealt(self.deals[-1])]

    def _earned(self, effect: Effect, price: float, quotes: Quotes) -> float:
        before = effect.before
        if before is None or effect.entry == IN:
            return 0.0
        symbol = self._symbols[before.symbol]
        return money.profit(symbol, before.side, effect.closed, before.price, price, self.terms.currency, quotes)

    def _set_stops(self, r: Request) -> list[Event]:
        position = replace(self.positions[r.position], sl=r.sl, tp=r.tp)
        self.positions[r.position] = position
        return [Moved(position, changed=True), Answered(r.id, Retcode.DONE, comment="Request executed")]

    def _set_order(self, r: Request, now_msc: int) -> list[Event]:
        match r.action:
            case Action.PENDING:
                order = order_of(r, next(self._tickets), now_msc)
                self.orders[order.ticket] = order
                event = Ordered(order, "added")
            case Action.MODIFY:
                event = self._updated(changed(self.orders[r.order], r))
            case _:
                event = self._ended(self.orders[r.order], OrderState.CANCELED)
        told = event.order
        return [event, Answered(r.id, Retcode.DONE, told.ticket, 0, told.volume, told.price, "Request executed")]

    def _updated(self, order: Order) -> Ordered:
        self.orders[order.ticket] = order
        return Ordered(order, "updated")

    def _ended(self, order: Order, state: OrderState) -> Ordered:
        ended = replace(order, state=state)
        del self.orders[order.ticket]
        self.ended.append(ended)
        return Ordered(ended, "deleted")


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
