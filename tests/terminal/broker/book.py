"""One account of the broker. No I/O and no clock: every call gets the quotes and the time, and returns the events."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from broker import money
from broker.checks import check
from broker.deals import IN, DealEffect, hedged, netted
from broker.model import (
    AccountMode,
    AccountTerms,
    BrokerDeal,
    BrokerEvent,
    BrokerOrder,
    BrokerOrderState,
    BrokerPosition,
    BrokerQuote,
    BrokerRequest,
    BrokerSymbol,
    DealAdded,
    DealChanged,
    OperationType,
    OrderChanged,
    PositionChanged,
    RequestAction,
    RequestAnswered,
    Retcode,
)
from broker.pending import STOP_LIMITS, activated, changed, is_expired, is_reached, market_price, order_of

Quotes = Mapping[str, BrokerQuote]


class BrokerBook:
    """The positions (by id), orders (by ticket), history and money of one login. `ended` has past pending orders."""

    def __init__(self, terms: AccountTerms, symbols: Mapping[str, BrokerSymbol], tickets: Iterator[int]) -> None:
        self.terms = terms
        self.balance = terms.balance
        self.credit = 0.0
        self.positions: dict[int, BrokerPosition] = {}
        self.orders: dict[int, BrokerOrder] = {}
        self.ended: list[BrokerOrder] = []
        self.deals: list[BrokerDeal] = []
        self.requests: list[BrokerRequest] = []
        self._symbols = symbols
        self._tickets = tickets

    @property
    def nets(self) -> bool:
        """Whether the account is netting: one position per symbol."""
        return self.terms.margin_mode != AccountMode.HEDGING

    def execute(self, request: BrokerRequest, quotes: Quotes, now_msc: int, closed: bool = False) -> list[BrokerEvent]:
        """Carries out or refuses a request. The last event is the answer."""
        if not self.terms.trade_allowed:
            return [RequestAnswered(request.id, Retcode.TRADE_DISABLED, comment="Trade disabled")]
        request = self._located(request)
        symbol, quote = self._symbols.get(request.symbol), quotes.get(request.symbol)
        broken = check(request, symbol, quote, self.positions, self.orders, closed, now_msc)
        if broken is not None:
            return [_refusal(request, broken)]
        match request.action:
            case RequestAction.SLTP:
                return self._set_stops(request)
            case RequestAction.PENDING | RequestAction.MODIFY | RequestAction.REMOVE:
                return self._set_order(request, now_msc)
        return self._trade(request, quotes, now_msc)

    def answered(self, answer: RequestAnswered) -> RequestAnswered:
        """The answer in the form that the account's terminals expect."""
        return answer

    def told(self, events: list[BrokerEvent], _now_msc: int) -> list[BrokerEvent]:
        """The events in the form that the account's terminals expect."""
        return events

    def equity(self, quotes: Quotes) -> float:
        """The balance and the credit, plus what closing everything now would earn."""
        currency = self.terms.currency
        open_profit = sum(money.floating(self._symbols[p.symbol], p, currency, quotes) for p in self.positions.values())
        return round(self.balance + self.credit + open_profit, 2)

    def margin(self, quotes: Quotes) -> float:
        """The margin of all open positions."""
        return round(
            sum(self._margin(self._symbols[p.symbol], p.volume, p.price, quotes) for p in self.positions.values()), 2
        )

    def on_quote(self, name: str, quotes: Quotes, now_msc: int) -> list[BrokerEvent]:
        """Closes positions at their stop loss or take profit, and fills orders whose price is reached."""
        events: list[BrokerEvent] = []
        for position in [p for p in self.positions.values() if p.symbol == name]:
            why = triggered(position, quotes[name])
            if why:
                request = BrokerRequest(
                    0, RequestAction.DEAL, name, 1 - position.side, position.volume, position.id, position.magic
                )
                events += self._trade(replace(request, comment=why), quotes, now_msc)[:-1]
        for order in [o for o in self.orders.values() if o.symbol == name and is_reached(o, quotes[name])]:
            events += self._reached(order, quotes, now_msc)
        return events

    def on_time(self, now_msc: int) -> list[BrokerEvent]:
        """Ends the orders that have expired."""
        return [self._ended(o, BrokerOrderState.EXPIRED) for o in list(self.orders.values()) if is_expired(o, now_msc)]

    def fill(self, ticket: int, volume: int, quotes: Quotes, now_msc: int) -> list[BrokerEvent]:
        """Fills that much of a pending order, at most what is left. Without enough margin the order is cancelled."""
        order = self.orders[ticket]
        taken = min(volume, order.left)
        price = market_price(order.side, quotes[order.symbol])
        effect = self._effect(order, taken, 0, price, now_msc)
        if self._lacks_money(effect, price, quotes):
            return [self._ended(order, BrokerOrderState.CANCELED)]
        left = order.left - taken
        rest = replace(order, left=left, state=BrokerOrderState.PARTIAL if left else BrokerOrderState.FILLED)
        events = self._done(order, taken, effect, price, quotes, now_msc)
        return [*events, self._updated(rest) if left else self._ended(rest, BrokerOrderState.FILLED)]

    def operate(self, kind: OperationType, amount: float, comment: str, now_msc: int) -> DealAdded:
        """Moves money without a trade. Credit counts as equity, not as balance."""
        if kind is OperationType.CREDIT:
            self.credit = round(self.credit + amount, 2)
        else:
            self.balance = round(self.balance + amount, 2)
        nothing = (0, 0, "", int(kind), IN, 0, 0.0, 0.0, 0.0, 0)
        self.deals.append(BrokerDeal(next(self._tickets), *nothing, comment, now_msc, amount))
        return DealAdded(self.deals[-1])

    def charge(self, ticket: int, commission: float, swap: float, fee: float) -> DealChanged:
        """Books commission, swap or fee to a past deal. Raises `KeyError` for an unknown deal."""
        place = {deal.ticket: i for i, deal in enumerate(self.deals)}[ticket]
        deal = self.deals[place]
        self.deals[place] = replace(
            deal,
            commission=round(deal.commission + commission, 2),
            swap=round(deal.swap + swap, 2),
            fee=round(deal.fee + fee, 2),
        )
        self.balance = round(self.balance + commission + swap + fee, 2)
        return DealChanged(self.deals[place])

    def _reached(self, order: BrokerOrder, quotes: Quotes, now_msc: int) -> list[BrokerEvent]:
        if order.kind in STOP_LIMITS:
            return [self._updated(activated(order))]
        return self.fill(order.ticket, order.left, quotes, now_msc)

    def _located(self, request: BrokerRequest) -> BrokerRequest:
        """Adds the position's id and the symbol. Requests name a position by ticket, or on netting accounts by symbol."""
        if request.order in self.orders:
            return replace(request, symbol=self.orders[request.order].symbol)
        if request.action == RequestAction.SLTP and self.nets and not request.position:
            found = next((p.id for p in self.positions.values() if p.symbol == request.symbol), 0)
        else:
            named = (p.id for p in self.positions.values() if p.ticket == request.position)
            found = next(named, request.position)
        return replace(request, position=found)

    def _margin(self, symbol: BrokerSymbol, volume: int, price: float, quotes: Quotes) -> float:
        return money.margin(symbol, volume, price, self.terms.leverage, self.terms.currency, quotes)

    def _trade(self, r: BrokerRequest, quotes: Quotes, now_msc: int) -> list[BrokerEvent]:
        price = market_price(r.side, quotes[r.symbol])
        order = order_of(r, next(self._tickets), now_msc)
        effect = self._effect(order, r.volume, r.position, price, now_msc)
        if self._lacks_money(effect, price, quotes):
            return [_refusal(r, Retcode.NO_MONEY)]
        done = self._done(order, r.volume, effect, price, quotes, now_msc)
        filled = OrderChanged(replace(order, left=0, state=BrokerOrderState.FILLED), "deleted")
        answer = RequestAnswered(
            r.id, Retcode.DONE, order.ticket, self.deals[-1].ticket, r.volume, price, "Request executed"
        )
        return [OrderChanged(order, "added"), *done, filled, answer]

    def _effect(self, order: BrokerOrder, volume: int, closing: int, price: float, now_msc: int) -> DealEffect:
        if self.nets:
            return netted(self.positions, order, volume, price, now_msc)
        return hedged(self.positions, order, volume, closing, price, now_msc)

    def _lacks_money(self, effect: DealEffect, price: float, quotes: Quotes) -> bool:
        before = 0 if effect.before is None else effect.before.volume
        more = effect.after.volume - before
        if more <= 0:
            return False
        needed = self._margin(self._symbols[effect.after.symbol], more, price, quotes)
        return needed > self.equity(quotes) - self.margin(quotes)

    def _done(
        self, order: BrokerOrder, volume: int, effect: DealEffect, price: float, quotes: Quotes, now_msc: int
    ) -> list[BrokerEvent]:
        after, earned = effect.after, self._earned(effect, price, quotes)
        self.balance = round(self.balance + earned, 2)
        if after.volume:
            self.positions[after.id] = after
        else:
            del self.positions[after.id]
        fixed = (after.sl, after.tp, order.magic, order.comment, now_msc, earned)
        head = (next(self._tickets), order.ticket, after.id, order.symbol, order.side, effect.entry, volume, price)
        self.deals.append(BrokerDeal(*head, *fixed))
        return [PositionChanged(after, changed=False), DealAdded(self.deals[-1])]

    def _earned(self, effect: DealEffect, price: float, quotes: Quotes) -> float:
        before = effect.before
        if before is None or effect.entry == IN:
            return 0.0
        symbol = self._symbols[before.symbol]
        return money.profit(symbol, before.side, effect.closed, before.price, price, self.terms.currency, quotes)

    def _set_stops(self, r: BrokerRequest) -> list[BrokerEvent]:
        position = replace(self.positions[r.position], sl=r.sl, tp=r.tp)
        self.positions[r.position] = position
        return [PositionChanged(position, changed=True), RequestAnswered(r.id, Retcode.DONE, comment="Request executed")]

    def _set_order(self, r: BrokerRequest, now_msc: int) -> list[BrokerEvent]:
        match r.action:
            case RequestAction.PENDING:
                order = order_of(r, next(self._tickets), now_msc)
                self.orders[order.ticket] = order
                event = OrderChanged(order, "added")
            case RequestAction.MODIFY:
                event = self._updated(changed(self.orders[r.order], r))
            case _:
                event = self._ended(self.orders[r.order], BrokerOrderState.CANCELED)
        after = event.order
        return [
            event,
            RequestAnswered(r.id, Retcode.DONE, after.ticket, 0, after.volume, after.price, "Request executed"),
        ]

    def _updated(self, order: BrokerOrder) -> OrderChanged:
        self.orders[order.ticket] = order
        return OrderChanged(order, "updated")

    def _ended(self, order: BrokerOrder, state: BrokerOrderState) -> OrderChanged:
        ended = replace(order, state=state)
        del self.orders[order.ticket]
        self.ended.append(ended)
        return OrderChanged(ended, "deleted")


def triggered(position: BrokerPosition, quote: BrokerQuote) -> str:
    """The comment of the closing deal; empty if neither stop was reached."""
    price = quote.bid if position.side == 0 else quote.ask
    sign = 1 if position.side == 0 else -1
    if position.sl and sign * (price - position.sl) <= 0:
        return f"[sl {position.sl:g}]"
    if position.tp and sign * (price - position.tp) >= 0:
        return f"[tp {position.tp:g}]"
    return ""


def _refusal(request: BrokerRequest, retcode: Retcode) -> RequestAnswered:
    return RequestAnswered(request.id, retcode, comment=retcode.name.replace("_", " ").capitalize())
