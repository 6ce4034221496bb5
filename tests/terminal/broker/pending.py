"""Pending orders: when the market reaches them, and how requests change them. Pure functions."""

from dataclasses import replace

from broker.model import BrokerOrder, BrokerQuote, BrokerRequest, OrderType

LIMITS = (OrderType.BUY_LIMIT, OrderType.SELL_LIMIT)
STOP_LIMITS = (OrderType.BUY_STOP_LIMIT, OrderType.SELL_STOP_LIMIT)


def is_pending(order: BrokerOrder) -> bool:
    """Whether an order waits for a price."""
    return order.kind >= OrderType.BUY_LIMIT


def order_of(request: BrokerRequest, ticket: int, now_msc: int) -> BrokerOrder:
    """The new order that a request describes."""
    r = request
    prices = (r.price, r.limit, r.sl, r.tp)
    return BrokerOrder(
        ticket, r.symbol, r.kind or r.side, r.volume, r.volume, *prices, r.magic, r.comment, now_msc, r.expires_msc
    )


def changed(order: BrokerOrder, request: BrokerRequest) -> BrokerOrder:
    """The order with a request's prices and expiry."""
    r = request
    return replace(order, price=r.price, limit=r.limit, sl=r.sl, tp=r.tp, expires_msc=r.expires_msc)


def is_reached(order: BrokerOrder, quote: BrokerQuote) -> bool:
    """Whether the market is at the order's price: limits wait for a better one, stops for a worse one."""
    price = market_price(order.side, quote)
    below = (order.kind in LIMITS) == (order.side == 0)
    return price <= order.price if below else price >= order.price


def activated(order: BrokerOrder) -> BrokerOrder:
    """A stop-limit order whose stop was reached: it becomes a limit order."""
    kind = OrderType.BUY_LIMIT if order.side == 0 else OrderType.SELL_LIMIT
    return replace(order, kind=kind, price=order.limit, limit=0.0)


def is_expired(order: BrokerOrder, now_msc: int) -> bool:
    """Whether an order's time is over."""
    return 0 < order.expires_msc <= now_msc


def market_price(side: int, quote: BrokerQuote) -> float:
    """The price of a deal of this side now."""
    return quote.ask if side == 0 else quote.bid
