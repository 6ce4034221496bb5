"""The links of a copier: those that are known, those that the master's book asks for, and orphans on the slave."""

from collections.abc import Iterable, Iterator, Mapping

from lockstep_core.books.book import Book
from lockstep_core.books.links import Link, is_tagged, link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.books.tranches import split
from lockstep_core.decision.order_parts import MOST_PARTS, NO_SPECS, next_part, part_of
from lockstep_core.decision.plan import Copier
from lockstep_core.market.symbols import SymbolSpec

PIECE = 16
"""How many positions or orders are searched between two pauses."""


def links_of(
    copier: Copier, known: Iterable[Link], master: Book, slave: Book, specs: Mapping[str, SymbolSpec] = NO_SPECS
) -> dict[int, Link]:
    """Every link of a copier by id: known ones, those of the master's tranches and pending orders and of the parts of these,
    and orphans on the slave that only their comment gives away. `specs` are the slave's symbols.
    """
    return {link.id: link for link in links_in_pieces(copier, known, master, slave, specs) if link is not None}


def links_in_pieces(
    copier: Copier, known: Iterable[Link], master: Book, slave: Book, specs: Mapping[str, SymbolSpec] = NO_SPECS
) -> Iterator[Link | None]:
    """`links_of` one by one, each as it is wanted; None where a piece of the search has found nothing."""
    links = {link.id: link for link in known if link.copier == copier.id}
    parts: dict[int, list[Link]] = {}
    for link in links.values():
        if link.part:
            parts.setdefault(link.master_position, []).append(link)
    yield from tuple(links.values())
    for index, position in enumerate(master.positions.values()):
        for tranche in split(position):
            yield from _of_whole(copier, links, parts, tranche, specs)
        if index % PIECE == 0:
            yield None
    for index, order in enumerate(master.orders.values()):
        yield from _of_whole(copier, links, parts, order, specs)
        if index % PIECE == 0:
            yield None
    yield from _orphans(copier, links, master, slave)


def _of_whole(
    copier: Copier,
    links: dict[int, Link],
    parts: Mapping[int, list[Link]],
    whole: Position | Order,
    specs: Mapping[str, SymbolSpec],
) -> Iterator[Link]:
    """The links that a tranche or a pending order of the master asks for, and that are not known."""
    number = link_id(copier.id, whole.ticket)
    first = links.get(number)
    if first is None:
        first = new_link(copier, whole, number) if isinstance(whole, Position) else order_link(copier, whole, number)
        links[number] = first
        yield first
    further = next_part([first, *parts.get(whole.ticket, ())], whole, specs)
    if further is not None and further.id not in links:
        links[further.id] = further
        yield further


def _orphans(copier: Copier, links: Mapping[int, Link], master: Book, slave: Book) -> Iterator[Link | None]:
    """What is open on the slave under no known link, and has the copier's tag."""
    found: list[Position | Order] = []
    held: tuple[Position | Order, ...] = (*slave.by_magic.values(), *slave.orders_by_magic.values())
    for index, item in enumerate(held):
        if item.magic not in links and is_tagged(copier.id, item.comment) and item.magic not in slave.doubted:
            found.append(item)
        if index % PIECE == 0:
            yield None
    lost: dict[int, Link] = {}
    if wanted := {item.magic for item in found}:
        for part in all_parts(copier, links, master):
            if part.id in wanted:
                lost[part.id] = part
            yield None
    for item in found:
        yield lost.get(item.magic) or _orphan(copier, item)


def all_parts(copier: Copier, links: Mapping[int, Link], master: Book) -> Iterator[Link]:
    """Every part that a tranche or a pending order of the master may have been copied in."""
    for position in master.positions.values():
        for tranche in split(position):
            yield from _all_of(links[link_id(copier.id, tranche.ticket)], tranche)
    for order in master.orders.values():
        yield from _all_of(links[link_id(copier.id, order.ticket)], order)


def _all_of(first: Link, whole: Position | Order) -> Iterator[Link]:
    return (part_of(first, whole, number) for number in range(1, MOST_PARTS))


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
