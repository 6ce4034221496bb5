"""Pending orders: when the market comes to them, and what a request makes of them. Pure."""

from dataclasses import replace

from broker.model import Order, OrderKind, Quote, Request

LIMITS = (OrderKind.BUY_LIMIT, OrderKind.SELL_LIMIT)
STOP_LIMITS = (OrderKind.BUY_STOP_LIMIT, OrderKind.SELL_STOP_LIMIT)


def is_pending(order: Order) -> bool:
    """Whether it waits for a price."""
    return order.kind >= OrderKind.BUY_LIMIT


def order_of(request: Request, ticket: int, now_msc: int) -> Order:
    """The order that a request for a new one asks for."""
    r = request
    prices = (r.price, r.limit, r.sl, r.tp)
    return Order(ticket, r.symbol, r.kind or r.side, r.volume, r.volume, *prices, r.magic, r.comment, now_msc, r.expires_msc)


def changed(order: Order, request: Request) -> Order:
    """With a request's prices and expiry."""
    r = request
    return replace(order, price=r.price, limit=r.limit, sl=r.sl, tp=r.tp, expires_msc=r.expires_msc)


def is_reached(order: Order, quote: Quote) -> bool:
    """Whether the market is at the order's price: limits wait for a better one, stops for a worse one."""
    price = market_price(order.side, quote)
    below = (order.kind in LIMITS) == (order.side == 0)
    return price <= order.price if below else price >= order.price


def activated(order: Order) -> Order:
    """A stop-limit order whose stop was reached waits on as a limit order."""
    kind = OrderKind.BUY_LIMIT if order.side == 0 else OrderKind.SELL_LIMIT
    return replace(order, kind=kind, price=order.limit, limit=0.0)


def is_expired(order: Order, now_msc: int) -> bool:
    """Whether its time is over."""
    return 0 < order.expires_msc <= now_msc


def market_price(side: int, quote: Quote) -> float:
    """What a deal of this side costs now."""
    return quote.ask if side == 0 else quote.bid
