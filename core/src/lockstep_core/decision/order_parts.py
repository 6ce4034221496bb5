"""The parts in which one order of a master is copied.

A master's broker may fill an order in several deals (ADR 23), and a slave's broker may take fewer lots in one order than the
copy has (ADR 27). What the whole order asks for beyond its first part is opened by a link of its own, the next part. All
parts together have the lots of the whole order: each is sized by the whole, less what the other parts were sent with. So
lots are rounded once, and the limits of a trade hold for the order. When the master closes some of it, the newest part of
the copy is closed first.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from lockstep_core.books.links import Link, link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.rounding import least_order
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.units import Lots

MOST_PARTS = 128
"""The most parts of one order. What fills in further deals is not copied, so that no terminal can fill the router's memory.
"""


NO_SPECS: Mapping[str, SymbolSpec] = {}


def next_part(parts: Sequence[Link], master: Position | Order, specs: Mapping[str, SymbolSpec] = NO_SPECS) -> Link | None:
    """The link that opens what the master's order has grown by, or what the slave's broker did not take in one order.
    `specs` are the slave's symbols. None: there is nothing to open, or the newest of the `parts` is not begun yet.
    """
    last = max(parts, key=lambda link: link.part)
    if not _has_begun(last) or last.flat or last.part + 1 >= MOST_PARTS:
        return None
    if master.volume > max(link.master_opened for link in parts):
        is_wanted = isinstance(master, Position)
    else:
        is_wanted = _lacks(parts, last, master.volume, specs.get(last.slave_symbol))
    return part_of(last, master, last.part + 1) if is_wanted else None


def _lacks(parts: Sequence[Link], last: Link, volume: Lots, spec: SymbolSpec | None) -> bool:
    """Whether the parts have less than the whole order asks for. The master may have closed some since the last part was
    sized: `volume` is what it has now. A part that was refused for good ends the splitting.
    """
    if spec is None or not all(_lots_of(link) for link in parts):
        return False
    least, (above, below) = least_order(spec), last.exact
    if _lots_of(last) + least <= spec.volume_max:
        # Only a part as large as an order can be is followed by another.
        return False
    if above == 0:
        # Where no row tells what was asked for, there may be more.
        return volume == last.master_opened
    above, below = above * volume, below * last.master_opened
    # Rounded to the nearest step, what is lacking may be half a step more.
    lacking = above - sum(_lots_of(link) for link in parts) * below
    return 2 * lacking >= (2 * least - spec.volume_step) * below


def part_of(link: Link, master: Position | Order, part: int) -> Link:
    """The link of another part of the order that a link copies."""
    number = link_id(link.copier, link.master_position, part)
    head = (number, link.copier, link.master_position, link.symbol, "", link.side, master.volume)
    pending = link.pending or isinstance(master, Order) or master.pending
    return Link(*head, pending=pending, part=part, requested_ns=link.requested_ns)


def is_of_order(link: Link, order: Order) -> bool:
    """Whether a further part belongs to the copy of a pending order. Such a copy was sized by the whole order, not by what
    has filled so far.
    """
    return link.master_opened >= order.volume


def among(link: Link, parts: Sequence[Link]) -> Link:
    """A link with what the other parts of its order have, and with the ratio of the part that was sized last."""
    begun, newest = [other for other in parts if _has_begun(other)], sized_last(parts)
    if newest is None:
        return link
    exact = newest.exact
    if not exact[0] and _has_begun(link):
        exact = (sum(_lots_of(other) for other in begun), 1)
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
