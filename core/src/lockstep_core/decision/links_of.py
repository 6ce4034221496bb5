"""The links of a copier: those that are known, those that the master's book asks for, and orphans on the slave."""

from collections.abc import Iterable

from lockstep_core.books.book import Book, followed_all
from lockstep_core.books.links import Link, is_tagged, link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.plan import Copier


def links_of(copier: Copier, known: Iterable[Link], master: Book, slave: Book) -> dict[int, Link]:
    """Every link of a copier by id: known ones, one for each of the master's legs and orders, and orphans that only their
    tag gives away.
    """
    links = {link.id: link for link in known if link.copier == copier.id}
    for position in followed_all(master):
        number = link_id(copier.id, position.ticket)
        links.setdefault(number, new_link(copier, position, number))
    for order in master.orders.values():
        number = link_id(copier.id, order.ticket)
        links.setdefault(number, order_link(copier, order, number))
    held_by_magic: tuple[Position | Order, ...] = (*slave.by_magic.values(), *slave.orders_by_magic.values())
    for held in held_by_magic:
        if held.magic not in links and is_tagged(copier.id, held.comment):
            links[held.magic] = _orphan(copier, held)
    return links


def new_link(copier: Copier, master: Position, number: int) -> Link:
    """The link of a copier and a leg of the master's."""
    head = (number, copier.id, master.ticket, master.symbol, "", master.side, master.opened)
    return Link(*head, pending=master.pending)


def order_link(copier: Copier, order: Order, number: int) -> Link:
    """The link of a copier and a pending order of the master's."""
    head = (number, copier.id, order.ticket, order.symbol, "", order.side, order.volume)
    return Link(*head, pending=True)


def _orphan(copier: Copier, held: Position | Order) -> Link:
    opened = held.opened if isinstance(held, Position) else held.volume
    return Link(held.magic, copier.id, 0, held.symbol, held.symbol, held.side, opened, opened)
