"""What a deal does to positions: on hedging accounts to one of its own, on netting accounts to the symbol's only one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from broker.model import BrokerOrder, BrokerPosition

IN, OUT, INOUT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class DealEffect:
    """The position before and after a deal. `after` with volume 0 is gone; `closed` is how much of `before` was closed."""

    before: BrokerPosition | None
    after: BrokerPosition
    entry: int
    closed: int


def hedged(
    positions: Mapping[int, BrokerPosition], order: BrokerOrder, volume: int, closing: int, price: float, now_msc: int
) -> DealEffect:
    """On a hedging account the position `closing` shrinks; without one the order's own position grows."""
    before = positions.get(closing or order.ticket)
    if closing and before is not None:
        return DealEffect(before, replace(before, volume=before.volume - volume), OUT, volume)
    return DealEffect(before, _grown(before, order, volume, price, now_msc), IN, 0)


def netted(
    positions: Mapping[int, BrokerPosition], order: BrokerOrder, volume: int, price: float, now_msc: int
) -> DealEffect:
    """On a netting account the position takes the stops of the newest order, unless that order only reduces it."""
    before = next((p for p in positions.values() if p.symbol == order.symbol), None)
    if before is None or before.side == order.side:
        return DealEffect(before, _grown(before, order, volume, price, now_msc), IN, 0)
    if volume <= before.volume:
        return DealEffect(before, replace(before, volume=before.volume - volume), OUT, volume)
    turned = replace(before, ticket=order.ticket, side=order.side, volume=volume - before.volume, price=price)
    return DealEffect(before, replace(turned, sl=order.sl, tp=order.tp, opened_msc=now_msc), INOUT, before.volume)


def _grown(before: BrokerPosition | None, order: BrokerOrder, volume: int, price: float, now_msc: int) -> BrokerPosition:
    if before is None:
        fixed = (order.sl, order.tp, order.magic, order.comment, now_msc)
        return BrokerPosition(order.ticket, order.ticket, order.symbol, order.side, volume, price, *fixed)
    whole = before.volume + volume
    average = (before.price * before.volume + price * volume) / whole
    return replace(before, volume=whole, price=average, sl=order.sl, tp=order.tp)
