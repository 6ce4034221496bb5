"""The links of orders as MT4's program knows them: from its file, and from what MT4 shows of an order (ADR 30)."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from tests.simulation.broker_data import BrokerOrder, BrokerPosition
from tests.simulation.scheduler import SECOND

STILL_OUT_NS = 60 * SECOND
"""How long an order may still appear whose end the program's former process did not see."""

Shown = TypeVar("Shown", BrokerPosition, BrokerOrder)


def folded(link: int) -> int:
    """The magic number into which MT4's program folds a link, computed apart from the engine; 0 stays 0."""
    if link == 0:
        return 0
    low, high = link % 2**31, link // 2**31 % 2**31
    return (low ^ high) or 1


class LinkFile:
    """The program's file: the link of each ticket, the former and first tickets of a rest, and the links of orders that
    were sent and have no ticket yet, with the time. It lives as long as its pod, unless it is lost.
    """

    def __init__(self) -> None:
        self.links: dict[int, int] = {}
        self.before: dict[int, int] = {}
        self.first: dict[int, int] = {}
        self.waiting: dict[int, int] = {}

    def sent(self, link: int, now_ns: int) -> None:
        """An opening or a pending order is sent."""
        self.waiting[link] = now_ns

    def ended(self, link: int, ticket: int) -> None:
        """The broker has answered: with a ticket, or 0 where it refused."""
        self.waiting.pop(link, None)
        if ticket:
            self.links[ticket] = link

    def saw(self, ticket: int, magic: int, before: int) -> None:
        """An order is in the terminal's lists. Its link is that of its former ticket, or the only link that waits for a
        ticket.
        """
        if ticket in self.links or magic == 0:
            return
        waiting = [link for link in self.waiting if folded(link) == magic]
        if before in self.links:
            self.links[ticket] = self.links[before]
        elif before == 0 and len(waiting) == 1:
            self.ended(waiting[0], ticket)

    def follows(self, ticket: int, before: int) -> None:
        """A ticket is the rest of another one."""
        self.before[ticket] = before
        self.first[ticket] = self.first.get(before, before)

    def is_still_out(self, link: int, now_ns: int) -> bool:
        """Whether an order of a link may still appear."""
        since_ns = self.waiting.get(link)
        return since_ns is not None and now_ns - since_ns < STILL_OUT_NS

    def may_be_of(self, link: int, ticket: int, magic: int) -> bool:
        """Whether an order that the file does not know has the magic number of a link."""
        return ticket not in self.links and magic == folded(link)

    def had(self, link: int, past: Mapping[int, int]) -> bool:
        """Whether a link has or may have one of these past orders; `past` has their magic numbers by ticket."""
        return any(self.links.get(ticket) == link or self.may_be_of(link, ticket, magic) for ticket, magic in past.items())


def shown(item: Shown, length: int) -> Shown:
    """A position or order as MT4 shows it at a broker that keeps so many characters of comments."""
    return msgspec.structs.replace(item, magic=folded(item.magic), comment=item.comment[:length])


def ticket_before(comment: str) -> int:
    """The ticket that a position had before a partial close on MT4, by its comment; else 0."""
    return int(comment.removeprefix("from #")) if comment.startswith("from #") else 0
