"""An account by MetaTrader 4's rules: one list of orders, a new ticket at each partial close, and closing by another one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from broker import money
from broker.book import BrokerBook, Quotes
from broker.deals import OUT
from broker.model import (
    AccountTerms,
    BrokerDeal,
    BrokerEvent,
    BrokerOrder,
    BrokerOrderState,
    BrokerPosition,
    BrokerRequest,
    BrokerSymbol,
    DealAdded,
    DealChanged,
    OperationType,
    OrderChanged,
    RequestAction,
    RequestAnswered,
    Retcode,
    Ticket,
    TicketChanged,
)
from broker.pending import is_pending, market_price

OPERATIONS = {OperationType.CREDIT: 7}
BALANCE = 6
LONGEST_COMMENT = 31
TOO_MANY_ORDERS = 148
CODES: Mapping[int, int] = {
    Retcode.DONE: 0,
    Retcode.REQUOTE: 138,
    Retcode.REJECT: 2,
    Retcode.INVALID: 3,
    Retcode.INVALID_VOLUME: 131,
    Retcode.INVALID_PRICE: 129,
    Retcode.INVALID_STOPS: 130,
    Retcode.TRADE_DISABLED: 133,
    Retcode.MARKET_CLOSED: 132,
    Retcode.NO_MONEY: 134,
    Retcode.PRICE_OFF: 136,
    Retcode.INVALID_EXPIRATION: 147,
    Retcode.NO_CHANGES: 1,
    Retcode.INVALID_FILL: 3,
    Retcode.INVALID_ORDER: 4108,
    Retcode.POSITION_CLOSED: 4108,
    Retcode.INVALID_CLOSE_VOLUME: 131,
}
"""MT4's error codes. Codes that a test or this file sets are already MT4's."""


class Mt4Book(BrokerBook):
    """One login at an MT4 server. `past` has the ended tickets in the order of their ends."""

    def __init__(self, terms: AccountTerms, symbols: Mapping[str, BrokerSymbol], tickets: Iterator[int]) -> None:
        super().__init__(terms, symbols, tickets)
        self.past: dict[int, Ticket] = {}
        self._told: dict[int, Ticket] = {}
        self._rests: dict[int, int] = {}

    def execute(self, request: BrokerRequest, quotes: Quotes, now_msc: int, closed: bool = False) -> list[BrokerEvent]:
        """Carries out or refuses a request. The last event is the answer."""
        refused = self._refusal(request, quotes)
        if refused is not None:
            return [RequestAnswered(request.id, refused, comment="Refused")]
        if request.action == RequestAction.CLOSE_BY:
            return self._close_by(request, now_msc)
        shift = self.terms.zone_s * 1000
        comment = request.comment[: self.terms.comment_limit]
        expires = request.expires_msc and request.expires_msc - shift
        return super().execute(replace(request, comment=comment, expires_msc=expires), quotes, now_msc, closed)

    def answered(self, answer: RequestAnswered) -> RequestAnswered:
        """The answer with MT4's error code."""
        return replace(answer, retcode=CODES.get(answer.retcode, answer.retcode))

    def told(self, events: list[BrokerEvent], _now_msc: int) -> list[BrokerEvent]:
        """The events for terminals: the tickets that changed, ended ones first."""
        ended = [ticket for event in events for ticket in self._ended_by(event, _now_msc)]
        self.past |= {ticket.ticket: ticket for ticket in ended}
        now = self.open_tickets()
        changed = [ticket for number, ticket in now.items() if self._told.get(number) != ticket]
        self._told = now
        return [TicketChanged(ticket) for ticket in (*ended, *changed)]

    def open_tickets(self) -> dict[int, Ticket]:
        """The open orders as MT4 lists them."""
        positions = {p.id: self._of_position(p) for p in self.positions.values()}
        return positions | {o.ticket: self._of_order(o) for o in self.orders.values()}

    def _refusal(self, r: BrokerRequest, quotes: Quotes) -> int | None:
        opens = r.action == RequestAction.PENDING or (r.action == RequestAction.DEAL and not r.position)
        if opens and 0 < self.terms.max_orders <= len(self.positions) + len(self.orders):
            return TOO_MANY_ORDERS
        symbol, quote = self._symbols.get(r.symbol), quotes.get(r.symbol)
        if r.action == RequestAction.DEAL and r.price and symbol and quote:
            away = abs(market_price(r.side, quote) - r.price)
            return Retcode.REQUOTE if away > (r.deviation + 0.5) * symbol.point else None
        return None

    def _trade(self, r: BrokerRequest, quotes: Quotes, now_msc: int) -> list[BrokerEvent]:
        events = super()._trade(r, quotes, now_msc)
        rest = self.positions.get(r.position)
        if rest is not None and isinstance(events[-1], RequestAnswered) and events[-1].retcode == Retcode.DONE:
            self._rename(rest)
        return events

    def _rename(self, rest: BrokerPosition) -> None:
        """The rest of a partial close gets a new ticket and a comment that names the former one."""
        ticket = next(self._tickets)
        self._rests[rest.id] = ticket
        del self.positions[rest.id]
        comment = "" if self.terms.cuts_comments else f"from #{rest.id}"[: self.terms.comment_limit]
        self.positions[ticket] = replace(rest, id=ticket, ticket=ticket, comment=comment)

    def _close_by(self, r: BrokerRequest, now_msc: int) -> list[BrokerEvent]:
        first, second = self.positions.get(r.position), self.positions.get(r.order)
        if first is None or second is None or first.side == second.side or first.symbol != second.symbol:
            return [RequestAnswered(r.id, Retcode.INVALID)]
        volume = min(first.volume, second.volume)
        symbol, currency = self._symbols[first.symbol], self.terms.currency
        earned = money.profit(symbol, first.side, volume, first.price, second.price, currency, {})
        self.balance = round(self.balance + earned, 2)
        events: list[BrokerEvent] = [self._closed(first, volume, second, earned, now_msc)]
        events.append(self._closed(second, 0, first, 0.0, now_msc))
        for position in (first, second):
            if position.volume > volume:
                self._rename(replace(position, volume=position.volume - volume))
            else:
                del self.positions[position.id]
        return [*events, RequestAnswered(r.id, Retcode.DONE, first.id, comment="Request executed")]

    def _closed(self, position: BrokerPosition, volume: int, by: BrokerPosition, earned: float, now_msc: int) -> BrokerEvent:
        head = (next(self._tickets), position.id, position.id, position.symbol, 1 - position.side, OUT, volume, by.price)
        comment = f"close hedge by #{by.id}"
        self.deals.append(BrokerDeal(*head, position.sl, position.tp, position.magic, comment, now_msc, earned))
        return DealAdded(self.deals[-1])

    def _ended_by(self, event: BrokerEvent, now_msc: int) -> list[Ticket]:
        match event:
            case DealAdded() | DealChanged():
                return self._ended_by_deal(event.deal)
            case OrderChanged() if event.what == "deleted" and is_pending(event.order):
                if event.order.state == BrokerOrderState.FILLED:
                    return []
                why = "[expiration]" if event.order.state == BrokerOrderState.EXPIRED else "[cancelled]"
                comment = event.order.comment[: LONGEST_COMMENT - len(why)] + why
                return [replace(self._of_order(event.order), closed_msc=self._shifted(now_msc), comment=comment)]
        return []

    def _ended_by_deal(self, deal: BrokerDeal) -> list[Ticket]:
        if deal.side not in (0, 1):
            kind = OPERATIONS.get(OperationType(deal.side), BALANCE)
            at = self._shifted(deal.time_msc)
            operation = Ticket(deal.ticket, kind, "", 0, 0.0, comment=deal.comment, profit=deal.profit)
            return [replace(operation, opened_msc=at, closed_msc=at)]
        if deal.entry != OUT:
            return []
        opened = self.past.get(deal.position) or self._told[deal.position]
        ended = replace(opened, volume=deal.volume, comment=self._end_comment(opened, deal), close_price=deal.price)
        ended = replace(ended, profit=deal.profit, commission=round(deal.commission + deal.fee, 2), swap=deal.swap)
        return [replace(ended, closed_msc=self._shifted(deal.time_msc))]

    def _end_comment(self, opened: Ticket, deal: BrokerDeal) -> str:
        if deal.comment.startswith("close hedge"):
            return deal.comment
        rest = self._rests.get(opened.ticket)
        if rest is not None:
            return opened.comment if self.terms.cuts_comments else f"to #{rest}"[: self.terms.comment_limit]
        why = deal.comment[:3] + "]" if deal.comment.startswith(("[sl", "[tp")) else ""
        return opened.comment[: LONGEST_COMMENT - len(why)] + why

    def _of_position(self, p: BrokerPosition) -> Ticket:
        at = self._shifted(p.opened_msc)
        return Ticket(p.id, p.side, p.symbol, p.volume, p.price, p.sl, p.tp, p.magic, p.comment, at)

    def _of_order(self, o: BrokerOrder) -> Ticket:
        expires = o.expires_msc and self._shifted(o.expires_msc)
        at = self._shifted(o.placed_msc)
        return Ticket(o.ticket, o.kind, o.symbol, o.volume, o.price, o.sl, o.tp, o.magic, o.comment, at, expires)

    def _shifted(self, msc: int) -> int:
        return msc + self.terms.zone_s * 1000
