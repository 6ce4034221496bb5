"""Two books compared: what a copier's slave lacks, has too much of, or has otherwise than its master.

Used whenever a book was learned anew. What may be done without asking is exactly what `decide` wishes; the rest is
reported as out of sync for the user to decide.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from lockstep_core.book import Book, Position
from lockstep_core.decide import SlaveView, Wish, decide
from lockstep_core.links import Link, link_id, link_tag
from lockstep_core.plans import Copier
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.frames import Action


class Difference(StrEnum):
    """How the slave's side of a link differs."""

    MISSING = "missing"
    EXTRA = "extra"
    VOLUME = "volume"
    STOPS = "stops"


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One difference, and the wish that ends it or the reason why it stays."""

    link: Link
    difference: Difference
    outcome: Wish | Skip


_DIFFERENCES = {
    Action.OPEN: Difference.MISSING,
    Action.CLOSE: Difference.EXTRA,
    Action.SET_VOLUME: Difference.VOLUME,
    Action.SET_STOPS: Difference.STOPS,
}


def links_of(copier: Copier, known: Iterable[Link], master: Book, slave: Book) -> dict[int, Link]:
    """Every link of a copier by id: known ones, one for each master position, and orphans that only their tag gives away."""
    links = {link.id: link for link in known if link.copier == copier.id}
    for position in master.positions.values():
        number = link_id(copier.id, position.ticket)
        links.setdefault(number, new_link(copier, position, number))
    tag = link_tag(copier.id)
    for held in slave.by_magic.values():
        if held.comment == tag and held.magic not in links:
            links[held.magic] = _orphan(copier, held)
    return links


def new_link(copier: Copier, master: Position, number: int) -> Link:
    """The link of a copier and a master position."""
    return Link(number, copier.id, master.ticket, master.symbol, "", master.side, master.opened)


def reconcile(copier: Copier, known: Iterable[Link], master: Book, slave: SlaveView, now_ns: int) -> tuple[Finding, ...]:
    """Every difference between a master's book and its slave's, with what is to be done about it."""
    findings = []
    for link in links_of(copier, known, master, slave.book).values():
        outcome = decide(copier, link, master.positions.get(link.master_position), slave, now_ns)
        if outcome is not None:
            findings.append(_finding(link, outcome))
    return tuple(findings)


def _finding(link: Link, outcome: Wish | Skip) -> Finding:
    if isinstance(outcome, Wish):
        return Finding(link, _DIFFERENCES[outcome.action], outcome)
    return Finding(link, Difference.MISSING, as_out_of_sync(outcome))


def as_out_of_sync(skip: Skip) -> Skip:
    """Too late for an opening, said of a position that was found rather than seen opening."""
    if skip.code is not SkipCode.SIGNAL_TOO_OLD:
        return skip
    return msgspec.structs.replace(skip, code=SkipCode.OUT_OF_SYNC)


def _orphan(copier: Copier, held: Position) -> Link:
    return Link(held.magic, copier.id, 0, held.symbol, held.symbol, held.side, held.opened, held.opened)
