"""The parts in which one order of a master is copied.

A broker may fill an order in several deals. The first is copied at once. What the whole order asks for beyond that is opened
by a link of its own, the next part, because a hedging account cannot add to a position. All parts together have the lots of
the whole order: each is sized by the whole, less what the other parts were sent with, so lots are rounded once and the
limits of a trade hold for the order. When the master closes a part of it, the newest part of the copy is closed first.
"""

from collections.abc import Iterable, Sequence

import msgspec

from lockstep_core.books.links import Link, link_id
from lockstep_core.books.positions import Position
from lockstep_core.units import Lots

MOST_PARTS = 128
"""An order that fills in more deals than that is copied no further: whatever a terminal tells, it fills no memory."""


def next_part(parts: Sequence[Link], master: Position) -> Link | None:
    """The link that opens what the master's order has grown by, where all known `parts` have begun; None: there is none."""
    last = max(parts, key=lambda link: link.part)
    if (
        not _has_begun(last)
        or last.flat
        or last.part + 1 >= MOST_PARTS
        or master.volume <= max(link.master_opened for link in parts)
    ):
        return None
    return part_of(last, master, last.part + 1)


def part_of(link: Link, master: Position, part: int) -> Link:
    """The link of another part of the order that a link copies."""
    number = link_id(link.copier, link.master_position, part)
    head = (number, link.copier, link.master_position, link.symbol, "", link.side, master.volume)
    return Link(*head, pending=link.pending or master.pending, part=part)


def among(link: Link, parts: Sequence[Link]) -> Link:
    """A link with what the other parts of its order have, and with the ratio of the part that was sized last."""
    begun, newest = [other for other in parts if _has_begun(other)], sized_last(parts)
    if newest is None:
        return link
    exact = newest.exact if newest.exact[0] else (sum(_lots_of(other) for other in begun), 1)
    return msgspec.structs.replace(
        link,
        exact=exact,
        master_opened=newest.master_opened,
        before=Lots(sum(_lots_of(other) for other in begun if other.part < link.part)),
        beside=Lots(sum(_lots_of(other) for other in begun if other.part != link.part)),
    )


def sized_last(parts: Iterable[Link]) -> Link | None:
    """The link of the part that was sized last, of those that were sent."""
    return max((link for link in parts if _has_begun(link)), key=lambda link: link.part, default=None)


def _has_begun(link: Link) -> bool:
    return _lots_of(link) > 0 or link.ended


def _lots_of(link: Link) -> Lots:
    return max(link.sent, link.opened)
