"""The links of a copier: those that are known, those that the master's book asks for, and orphans on the slave."""

from collections.abc import Iterable, Mapping

from lockstep_core.books.book import Book, followed_all
from lockstep_core.books.links import Link, is_tagged, link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.order_parts import MOST_PARTS, next_part, part_of
from lockstep_core.decision.plan import Copier


def links_of(copier: Copier, known: Iterable[Link], master: Book, slave: Book) -> dict[int, Link]:
    """Every link of a copier by id: known ones, those of the master's tranches and pending orders and of the parts of these,
    and orphans on the slave that only their comment gives away.
    """
    links = {link.id: link for link in known if link.copier == copier.id}
    parts: dict[int, list[Link]] = {}
    for link in links.values():
        if link.part:
            parts.setdefault(link.master_position, []).append(link)
    for position in followed_all(master):
        number = link_id(copier.id, position.ticket)
        first = links.setdefault(number, new_link(copier, position, number))
        further = next_part([first, *parts.get(position.ticket, ())], position)
        if further is not None:
            links[further.id] = further
    for order in master.orders.values():
        number = link_id(copier.id, order.ticket)
        links.setdefault(number, order_link(copier, order, number))
    by_magic: tuple[Position | Order, ...] = (*slave.by_magic.values(), *slave.orders_by_magic.values())
    found = [held for held in by_magic if held.magic not in links and is_tagged(copier.id, held.comment)]
    if slave.doubted:
        found = [held for held in found if held.magic not in slave.doubted]
    lost = all_parts(copier, links, master) if found else {}
    for held in found:
        links[held.magic] = lost.get(held.magic) or _orphan(copier, held)
    return links


def all_parts(copier: Copier, links: Mapping[int, Link], master: Book) -> dict[int, Link]:
    """Every part that a tranche of the master may have been copied in."""
    return {
        part.id: part
        for position in followed_all(master)
        for number in range(1, MOST_PARTS)
        for part in [part_of(links[link_id(copier.id, position.ticket)], position, number)]
    }


def new_link(copier: Copier, master: Position, number: int) -> Link:
    """The link of a copier and a tranche of the master."""
    head = (number, copier.id, master.ticket, master.symbol, "", master.side, master.opened)
    return Link(*head, pending=master.pending)


def order_link(copier: Copier, order: Order, number: int) -> Link:
    """The link of a copier and a pending order of the master's."""
    head = (number, copier.id, order.ticket, order.symbol, "", order.side, order.volume)
    return Link(*head, pending=True)


def _orphan(copier: Copier, slave_position: Position | Order) -> Link:
    opened = slave_position.opened if isinstance(slave_position, Position) else slave_position.volume
    return Link(
        slave_position.magic, copier.id, 0, slave_position.symbol, slave_position.symbol, slave_position.side, opened, opened
    )
