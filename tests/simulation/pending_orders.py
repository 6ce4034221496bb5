"""The pending orders of one account: they wait, fill in part or in whole, and are changed, deleted or expire."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

import msgspec

from tests.simulation import broker_data as m
from tests.simulation.books import PositionChange
from tests.simulation.broker_data import BrokerEvent, BrokerOrder, OrderChanged, RequestKind, TradeRequest
from tests.simulation.scheduler import MS, Scheduler


class OrderOwner(Protocol):
    """The account whose orders these are."""

    def fill(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        """Fills that volume of an order."""

    def publish(self, event: BrokerEvent) -> None:
        """Sends an event to every terminal."""


class PendingOrders:
    """`waiting` are the orders that wait now, by ticket. `volumes` and `levels` are those of all orders so far, and
    `counts` counts their outcomes. `ordered` are their magic numbers. `on_placed` is called for every new one.
    """

    def __init__(self, scheduler: Scheduler, owner: OrderOwner, on_placed: Callable[[BrokerOrder], None]) -> None:
        self.waiting: dict[int, BrokerOrder] = {}
        self.ordered: dict[int, int] = {}
        self.volumes: dict[int, int] = {}
        self.levels: dict[int, set[tuple[float, float]]] = {}
        self.counts: Counter[str] = Counter()
        self._scheduler = scheduler
        self._owner = owner
        self._on_placed = on_placed

    def of(self, magic: int) -> list[BrokerOrder]:
        """The orders of a magic number."""
        return [order for order in self.waiting.values() if order.magic == magic]

    def place(self, order: BrokerOrder) -> None:
        """Begins to wait."""
        self._on_placed(order)
        self.waiting[order.ticket] = order
        self.ordered[order.ticket] = order.magic
        self.volumes[order.ticket] = order.volume
        self.levels[order.ticket] = {(order.sl, order.tp)}
        self._count(order, "placed")
        self._owner.publish(OrderChanged(order, True))
        if order.expires_ms:
            self._scheduler.at(order.expires_ms * MS, lambda: self._expire(order.ticket))

    def change(self, ticket: int, price: float, sl: float, tp: float, expires_ms: int) -> bool:
        """Sets other prices; False if there is no such order."""
        order = self.waiting.get(ticket)
        if order is None:
            return False
        changed = msgspec.structs.replace(order, price=price, sl=sl, tp=tp, expires_ms=expires_ms)
        self.waiting[ticket] = changed
        self.levels[ticket].add((sl, tp))
        self._count(order, "changed")
        self._owner.publish(OrderChanged(changed, True))
        if expires_ms and expires_ms != order.expires_ms:
            self._scheduler.at(expires_ms * MS, lambda: self._expire(ticket))
        return True

    def delete(self, ticket: int, why: str = "deleted") -> bool:
        """Deletes an order; False if there is none."""
        order = self.waiting.pop(ticket, None)
        if order is None:
            return False
        self._count(order, why)
        self._owner.publish(OrderChanged(order, False))
        return True

    def fill(self, ticket: int, volume: int, order_first: bool) -> None:
        """Fills that volume of an order. `order_first`: the order's change is reported before the deal."""
        order = self.waiting.get(ticket)
        if order is None or volume <= 0:
            return
        rest = msgspec.structs.replace(order, remaining=order.remaining - min(volume, order.remaining))
        if rest.remaining:
            self.waiting[ticket] = rest
        else:
            del self.waiting[ticket]
        self._count(order, "filled in part" if rest.remaining else "filled")
        what = (order.symbol, order.side, order.volume, 0, order.magic, order.sl, order.tp, order.comment)
        request = TradeRequest(0, RequestKind.OPEN, *what, filled=ticket, price=order.price)
        if order_first:
            self._owner.publish(OrderChanged(rest, rest.remaining > 0))
        self._owner.fill(request, ticket, order.remaining - rest.remaining)
        if not order_first:
            self._owner.publish(OrderChanged(rest, rest.remaining > 0))

    def _expire(self, ticket: int) -> None:
        order = self.waiting.get(ticket)
        if order is not None and order.expires_ms and order.expires_ms * MS <= self._scheduler.now_ns:
            self.delete(ticket, "expired")

    def _count(self, order: BrokerOrder, end: str) -> None:
        self.counts[f"a {'copy' if order.magic else 'master'}'s order {end}"] += 1

    def carry_out(self, request: TradeRequest, ticket: int) -> int:
        """Carries out a request about a pending order; returns the retcode. `ticket` is for a new one."""
        target = request.order
        if request.kind is RequestKind.PLACE and target is not None:
            self.place(msgspec.structs.replace(target, ticket=ticket, placed_ns=self._scheduler.now_ns))
            return m.DONE
        if request.kind is RequestKind.DELETE:
            return m.DONE if self.delete(request.position) else m.INVALID
        if target is None:
            return m.INVALID
        done = self.change(request.position, target.price, target.sl, target.tp, target.expires_ms)
        return m.DONE if done else m.INVALID
