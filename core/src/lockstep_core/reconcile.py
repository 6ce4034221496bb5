"""Two books compared: what a copier's slave lacks, has too much of, or has otherwise than its master.

Used whenever a book was learned anew. What may be done without asking is exactly what `decide` wishes: closings and
reductions at once, stops, and openings while they are fresh. The rest is reported as out of sync for the user to decide.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from lockstep_core.book import Book, followed, followed_all, net_of
from lockstep_core.decide import decide
from lockstep_core.following import follow_volume
from lockstep_core.links import Link, is_tagged, link_id
from lockstep_core.pendings import with_rest
from lockstep_core.plans import Copier
from lockstep_core.positions import Order, Position
from lockstep_core.shares import are_possible
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.views import Scene
from lockstep_core.wire.frames import Action
from lockstep_core.wishes import Wait, Wish


class Difference(StrEnum):
    """How the slave's side of a link differs."""

    MISSING = "missing"
    EXTRA = "extra"
    VOLUME = "volume"
    STOPS = "stops"
    ORDER = "order"
    UNRESOLVED = "unresolved"


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One difference, and the wish that ends it without asking, or the reason why it stays."""

    link: Link
    difference: Difference
    outcome: Wish | Skip | Wait


_DIFFERENCES = {
    Action.OPEN: Difference.MISSING,
    Action.PLACE: Difference.MISSING,
    Action.CLOSE: Difference.EXTRA,
    Action.DELETE: Difference.EXTRA,
    Action.SET_VOLUME: Difference.VOLUME,
    Action.SET_STOPS: Difference.STOPS,
    Action.SET_ORDER: Difference.ORDER,
}


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


def reconcile(
    copier: Copier, known: Iterable[Link], master: Book, scene: Scene, unresolved: frozenset[int] = frozenset()
) -> tuple[Finding, ...]:
    """Every difference between a master's book and its slave's, with what is to be done about it.

    `unresolved` are links with a command whose outcome nobody knows; nothing else is done about them until it is known.
    """
    findings = []
    for link in links_of(copier, known, master, scene.slave.book).values():
        finding = _unsettled(link, scene.slave.book, unresolved) or _compared(copier, link, master, scene)
        if finding is not None:
            findings.append(finding)
    return tuple(findings)


def as_out_of_sync(skip: Skip) -> Skip:
    """Too late for an opening, said of a position that was found rather than seen opening."""
    if skip.code is not SkipCode.SIGNAL_TOO_OLD:
        return skip
    return msgspec.structs.replace(skip, code=SkipCode.OUT_OF_SYNC)


def _compared(copier: Copier, link: Link, master: Book, scene: Scene) -> Finding | None:
    order, leg = master.orders.get(link.master_position), followed(master, link.master_position)
    outcome = decide(copier, link, leg, scene, order)
    if outcome is None:
        return None
    if isinstance(outcome, Wish):
        return Finding(link, _DIFFERENCES.get(outcome.action) or _of_net(link, outcome, scene.slave.book), outcome)
    shown = as_out_of_sync(outcome) if isinstance(outcome, Skip) else outcome
    return Finding(link, _left_as_it_is(link, leg, order, shown, scene), shown)


def _left_as_it_is(link: Link, leg: Position | None, order: Order | None, outcome: Skip | Wait, scene: Scene) -> Difference:
    """What differs though nothing is done about it, or not yet."""
    held, mine = scene.slave.book.by_magic.get(link.id), scene.slave.book.orders_by_magic.get(link.id)
    if isinstance(outcome, Skip) and outcome.code is SkipCode.UNRESOLVED:
        return Difference.UNRESOLVED
    if held is None and mine is None:
        return Difference.MISSING
    if leg is None and order is None:
        return Difference.EXTRA
    if held is None or leg is None:
        return Difference.ORDER
    reduced = follow_volume(link, with_rest(leg, order), held, scene)
    return Difference.STOPS if reduced is None else Difference.VOLUME


def _of_net(link: Link, wish: Wish, slave: Book) -> Difference:
    held = slave.by_magic.get(link.id)
    if held is None:
        return Difference.MISSING
    return Difference.EXTRA if abs(wish.volume - wish.expected) >= held.volume else Difference.VOLUME


def _unsettled(link: Link, slave: Book, unresolved: frozenset[int]) -> Finding | None:
    if link.id in unresolved:
        skip = Skip(SkipCode.UNRESOLVED, "", "A command was sent and its outcome is not known; the slave is being asked.")
        return Finding(link, Difference.UNRESOLVED, skip)
    held = slave.by_magic.get(link.id)
    if held is None or not slave.netting:
        return None
    net = net_of(slave, held.symbol)
    if are_possible(slave.by_magic, held.symbol, 0 if net is None else net.signed):
        return None
    sentence = f"The slave's {held.symbol} is less than its copies add up to; somebody else traded it."
    return Finding(link, Difference.UNRESOLVED, Skip(SkipCode.UNRESOLVED, "", sentence))


def _orphan(copier: Copier, held: Position | Order) -> Link:
    opened = held.opened if isinstance(held, Position) else held.volume
    return Link(held.magic, copier.id, 0, held.symbol, held.symbol, held.side, opened, opened)
