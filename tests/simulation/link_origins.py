"""Finds the master's trade and the copier of every link that can exist."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec

from lockstep_core.books.links import link_id
from lockstep_core.decision.plan import Copier
from tests.simulation.books import PositionChange
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import BrokerOrder, BrokerPosition, RequestKind, TradeRequest

MOST_PARTS = 127
MAGIC_BITS = 32
"""A smaller number is no link, but the magic number of another program."""


class LinkOrigin(msgspec.Struct, frozen=True):
    """How a link began: its copier with the settings of that time, and the master's trade.

    `key` is the number from which the link's id is made: the ticket of a position or of an order, on a netting account the
    order of the tranche. `first_ticket` is the ticket with which the master's position began.
    """

    copier: Copier
    key: int
    first_ticket: int
    symbol: str
    side: int
    magic: int
    comment: str
    began_ms: int


class LinkOrigins:
    """All origins, by link id. `parts` has, by the first link of an order's copy, the links of further parts: one for each
    further deal of the order, and more where the slave's broker takes fewer lots in one order. `fills` counts the deals
    alone.
    """

    def __init__(
        self,
        copiers: list[Copier],
        accounts: Mapping[UUID, BrokerAccount],
        clock_ms: Callable[[], int],
    ) -> None:
        self.by_link: dict[int, LinkOrigin] = {}
        self.parts: dict[int, tuple[int, ...]] = {}
        self._compared: dict[tuple[int, int], int] = {}
        self._firsts: list[int] = []
        self._expected: dict[int, tuple[int, int]] = {}
        self.fills: dict[int, int] = {}
        self._further: dict[int, LinkOrigin] = {}
        self._copiers = copiers
        self._accounts = accounts
        self._clock_ms = clock_ms
        self._tranches: set[int] = set()

    def on_change(self, account: BrokerAccount, request: TradeRequest, change: PositionChange) -> None:
        """A position has changed. If its account is a master, links may have begun."""
        position = change.after
        if position is None or change.deal is None:
            return
        if account.nets:
            tranche = account.book.tranches.open[position.ticket][-1]
            if tranche.key in self._tranches and change.before is not None and position.volume > change.before.volume:
                self._add_part(account, tranche.key)
            self._add(account, tranche.key, position, again=tranche.key not in self._tranches)
            self._tranches.add(tranche.key)
        elif request.kind is RequestKind.OPEN:
            self._add(account, position.ticket, position)
            if change.before is not None:
                self._add_part(account, position.ticket)

    def on_order(self, account: BrokerAccount, order: BrokerOrder) -> None:
        """An account gets a new pending order. If it is a master, links have begun."""
        self._add(account, order.ticket, order)

    def lots(self, origin: LinkOrigin) -> list[int]:
        """All volumes that the master's trade had or may have had."""
        master = self._accounts[origin.copier.master]
        ordered = master.pending_orders.volumes.get(origin.key)
        tranches = master.book.tranches.histories.get(origin.key, [])
        return [*master.book.volumes.get(origin.first_ticket, []), *tranches, *([] if ordered is None else [ordered])]

    def of(self, slave: BrokerAccount, link: int) -> LinkOrigin | None:
        """The origin of a link of this slave; None if the link is not of this slave."""
        origin = self.by_link.get(link) or self._further.get(link) or self._of_part(slave, link)
        return origin if origin is not None and self._accounts[origin.copier.slave] is slave else None

    def order_of(self, origin: LinkOrigin) -> tuple[int, ...]:
        """The links of all parts in which an order is copied, and of the next possible part, whose row may say why there is
        no more.
        """
        first = link_id(origin.copier.id, origin.key)
        parts = self.parts.get(first, ())
        return (first, *parts, link_id(origin.copier.id, origin.key, len(parts) + 1))

    def _of_part(self, slave: BrokerAccount, link: int) -> LinkOrigin | None:
        """The origin of a link that is a new part of an order's copy."""
        found = None if link >> MAGIC_BITS == 0 else self._expected.get(link) or self._search(slave, link)
        if found is None or self._accounts[self.by_link[found[0]].copier.slave] is not slave:
            return None
        self._extend(*found)
        return self.by_link[found[0]]

    def _search(self, slave: BrokerAccount, link: int) -> tuple[int, int] | None:
        """Finds the order's copy that a link is a part of: its first link, and the number of the part. The newest orders
        are searched first, since they are the likeliest. All further parts of the order that is found are then expected.
        """
        # A long history has tens of thousands of links, so links that were compared with this one are not compared again.
        compared = self._compared.get((slave.login, link), 0)
        self._compared[slave.login, link] = len(self._firsts)
        for first in reversed(self._firsts[compared:]):
            origin = self.by_link[first]
            if self._accounts[origin.copier.slave] is not slave:
                continue
            numbers = range(len(self.parts.get(first, ())) + 1, MOST_PARTS + 1)
            further = {link_id(origin.copier.id, origin.key, number): (first, number) for number in numbers}
            if link in further:
                self._expected |= further
                return further[link]
        return None

    def _extend(self, first: int, count: int) -> None:
        """Expects at least so many further parts of an order's copy."""
        parts, origin = self.parts.get(first, ()), self.by_link[first]
        for number in range(len(parts) + 1, count + 1):
            parts = (*parts, link_id(origin.copier.id, origin.key, number))
            self._further[parts[-1]] = origin
        self.parts[first] = parts

    def _add_part(self, account: BrokerAccount, key: int) -> None:
        for copier in self._copiers:
            first = link_id(copier.id, key)
            if self._accounts[copier.master] is account and first in self.by_link:
                self.fills[first] = self.fills.get(first, 0) + 1
                self._extend(first, max(self.fills[first], len(self.parts.get(first, ()))))

    def _add(self, account: BrokerAccount, key: int, position: BrokerPosition | BrokerOrder, again: bool = False) -> None:
        head = (position.ticket, position.symbol, position.side, position.magic, position.comment, self._clock_ms())
        for copier in self._copiers:
            link = link_id(copier.id, key)
            if self._accounts[copier.master] is account and (again or link not in self.by_link):
                if link not in self.by_link:
                    self._firsts.append(link)
                self.by_link[link] = LinkOrigin(copier, key, *head)
