"""Requests of a person who trades by phone. Volumes are lots, as decimal text or number."""

from decimal import Decimal
from typing import Any

from broker.book import BrokerBook
from broker.http import ProblemError
from broker.model import UNITS, BrokerOrder, BrokerPosition, BrokerRequest, OrderType, RequestAction

Body = dict[str, Any]


def units(lots: object) -> int:
    """Lots as whole units of 1e-8."""
    return int(Decimal(str(lots)) * UNITS)


def order_by_phone(what: str, body: Body) -> BrokerRequest:
    """A new market order ("trades") or pending order. Raises `KeyError` for an unknown side or kind."""
    kind = OrderType[str(body["side" if what == "trades" else "kind"]).upper()]
    return BrokerRequest(
        0,
        RequestAction.DEAL if what == "trades" else RequestAction.PENDING,
        body["symbol"],
        kind % 2,
        units(body["lots"]),
        magic=int(body.get("magic", 0)),
        sl=float(body.get("sl", 0.0)),
        tp=float(body.get("tp", 0.0)),
        comment=str(body.get("comment", "")),
        kind=kind,
        price=float(body.get("price", 0.0)),
        limit=float(body.get("limit", 0.0)),
        expires_msc=int(body.get("expires_msc", 0)),
    )


def by_phone(book: BrokerBook, kind: str, number: int, what: str, body: Body) -> BrokerRequest:
    """A change of a position or pending order. Raises `ProblemError` if it, or such a change, does not exist."""
    position, order = book.positions.get(number), book.orders.get(number)
    if kind == "positions" and position is not None and what == "close_by":
        return BrokerRequest(0, RequestAction.CLOSE_BY, position.symbol, position=number, order=int(body["other"]))
    if kind == "positions" and position is not None and what in ("close", "stops"):
        return _close(position, body) if what == "close" else _stops(position, body)
    if kind == "pending" and order is not None and what in ("change", "delete"):
        return (
            _change(order, body) if what == "change" else BrokerRequest(0, RequestAction.REMOVE, order.symbol, order=number)
        )
    raise ProblemError(404, f"no {what} of {kind} {number}")


def _close(position: BrokerPosition, body: Body) -> BrokerRequest:
    volume = units(body["lots"]) if "lots" in body else position.volume
    return BrokerRequest(0, RequestAction.DEAL, position.symbol, 1 - position.side, volume, position.ticket)


def _stops(position: BrokerPosition, body: Body) -> BrokerRequest:
    sl, tp = float(body.get("sl", position.sl)), float(body.get("tp", position.tp))
    return BrokerRequest(0, RequestAction.SLTP, position.symbol, position=position.ticket, sl=sl, tp=tp)


def _change(order: BrokerOrder, body: Body) -> BrokerRequest:
    return BrokerRequest(
        0,
        RequestAction.MODIFY,
        order.symbol,
        order=order.ticket,
        sl=float(body.get("sl", order.sl)),
        tp=float(body.get("tp", order.tp)),
        price=float(body.get("price", order.price)),
        limit=float(body.get("limit", order.limit)),
        expires_msc=int(body.get("expires_msc", order.expires_msc)),
    )
