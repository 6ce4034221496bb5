"""Pending orders at one broker: they wait, fill in part or whole, are changed, deleted, or expire."""

from collections import Counter
from collections.abc import Callable
from typing import Protocol

import msgspec

from tests.simulation import market as m
from tests.simulation.agenda import MS, Agenda
from tests.simulation.books import Change
from tests.simulation.market import Ask, FromBroker, Request, Waiting, Waits


class Desk(Protocol):
    """The account whose orders these are."""

    def fill(self, request: Request, order: int, volume: int) -> list[Change]:
        """Part of an order, or all of it, becomes a position."""

    def tell(self, news: FromBroker) -> None:
        """Tells every terminal."""


class Pendings:
    """By ticket. `volumes` and `levels` are of all there ever were, `counts` of what became of them.

    `watch` is told of every order that is new.
    """

    def __init__(self, agenda: Agenda, desk: Desk, watch: Callable[[Waiting], None]) -> None:
        self.waiting: dict[int, Waiting] = {}
        self.ordered: set[int] = set()
        self.volumes: dict[int, int] = {}
        self.levels: dict[int, set[tuple[float, float]]] = {}
        self.counts: Counter[str] = Counter()
        self._agenda = agenda
        self._desk = desk
        self._watch = watch

    def of(self, magic: int) -> list[Waiting]:
        """The orders of a magic number."""
        return [order for order in self.waiting.values() if order.magic == magic]

    def place(self, order: Waiting) -> None:
        """A new order."""
        self._watch(order)
        self.waiting[order.ticket] = order
        self.ordered.add(order.magic)
        self.volumes[order.ticket] = order.volume
        self.levels[order.ticket] = {(order.sl, order.tp)}
        self._count(order, "placed")
        self._desk.tell(Waits(order, True))
        if order.expires_ms:
            self._agenda.at(order.expires_ms * MS, lambda: self._expire(order.ticket))

    def change(self, ticket: int, price: float, sl: float, tp: float, expires_ms: int) -> bool:
        """Other prices; False where there is no such order."""
        order = self.waiting.get(ticket)
        if order is None:
            return False
        changed = msgspec.structs.replace(order, price=price, sl=sl, tp=tp, expires_ms=expires_ms)
        self.waiting[ticket] = changed
        self.levels[ticket].add((sl, tp))
        self._count(order, "changed")
        self._desk.tell(Waits(changed, True))
        if expires_ms and expires_ms != order.expires_ms:
            self._agenda.at(expires_ms * MS, lambda: self._expire(ticket))
        return True

    def delete(self, ticket: int, why: str = "deleted") -> bool:
        """It waits no longer; False where there is no such order."""
        order = self.waiting.pop(ticket, None)
        if order is None:
            return False
        self._count(order, why)
        self._desk.tell(Waits(order, False))
        return True

    def fill(self, ticket: int, volume: int, gone_first: bool) -> None:
        """The market has come to it. Of its deal and its end, either may be told first."""
        order = self.waiting.get(ticket)
        if order is None or volume <= 0:
            return
        left = msgspec.structs.replace(order, left=order.left - min(volume, order.left))
        if left.left:
            self.waiting[ticket] = left
        else:
            del self.waiting[ticket]
        self._count(order, "filled in part" if left.left else "filled")
        head = (0, Ask.OPEN, order.symbol, order.side, order.volume, 0, order.magic, order.sl, order.tp, order.comment)
        if gone_first:
            self._desk.tell(Waits(left, left.left > 0))
        self._desk.fill(Request(*head, filled=ticket, price=order.price), ticket, order.left - left.left)
        if not gone_first:
            self._desk.tell(Waits(left, left.left > 0))

    def _expire(self, ticket: int) -> None:
        order = self.waiting.get(ticket)
        if order is not None and order.expires_ms and order.expires_ms * MS <= self._agenda.now_ns:
            self.delete(ticket, "expired")

    def _count(self, order: Waiting, what: str) -> None:
        self.counts[f"a {'copy' if order.magic else 'master'}'s order {what}"] += 1

    def work(self, request: Request, ticket: int) -> int:
        """Carries out a request about an order; returns the broker's word. `ticket` is a new order's."""
        wished = request.order
        if request.ask is Ask.PLACE and wished is not None:
            self.place(msgspec.structs.replace(wished, ticket=ticket, placed_ns=self._agenda.now_ns))
            return m.DONE
        if request.ask is Ask.DELETE:
            return m.DONE if self.delete(request.position) else m.INVALID
        if wished is None:
            return m.INVALID
        done = self.change(request.position, wished.price, wished.sl, wished.tp, wished.expires_ms)
        return m.DONE if done else m.INVALID
