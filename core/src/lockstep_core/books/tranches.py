"""The master's side of links: positions, taken apart into legs where they were added to.

Each leg is followed as if it were a position of its own, so that a slave whose account cannot add opens another position,
and a reduction takes from the newest leg first. A leg's key is what its link's id is made of: the ticket a position began
with; on netting accounts the order that added to it; or, where that order has a leg already, that ticket in the low 48 bits
and something of the deal above, so that the position can be told from the key.
"""

from collections.abc import Iterable, Mapping

import msgspec

from lockstep_core.books.positions import Leg, Position
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Trade

_TICKET_BITS = 48
_TICKET = (1 << _TICKET_BITS) - 1
_DEALS = 8191
_UNSEEN = 1 << 61


def key_of(position: Position) -> int:
    """The key of a position's first leg."""
    return position.root or position.ticket


def keys_of(position: Position | None) -> frozenset[int]:
    """The keys of all legs; empty for no position."""
    if position is None:
        return frozenset()
    if not position.legs:
        return frozenset({key_of(position)})
    return frozenset(leg.key for leg in position.legs)


def leg_of(position: Position, key: int) -> Position | None:
    """A leg as a position of its own whose ticket is its key; None where it is over."""
    if not position.legs:
        return _alone(position) if key == key_of(position) else None
    leg = next((leg for leg in position.legs if leg.key == key), None)
    if leg is None:
        return None
    changes = {"ticket": key, "volume": leg.volume, "opened": leg.opened, "opened_ns": leg.opened_ns}
    return msgspec.structs.replace(position, root=0, legs=(), deal_price=leg.price, pending=leg.pending, **changes)


def split(position: Position) -> tuple[Position, ...]:
    """All legs as positions of their own."""
    if not position.legs:
        return (_alone(position),)
    legs = (leg_of(position, leg.key) for leg in position.legs)
    return tuple(leg for leg in legs if leg is not None)


def first_leg(position: Position) -> Leg:
    """The leg that a position was before anything was added."""
    head = (key_of(position), position.volume, position.opened, position.opened_ns, position.price)
    return Leg(*head, position.pending)


def add(position: Position, trade: Trade, opened_ns: int, netting: bool, pending: bool = False) -> tuple[Leg, ...]:
    """The legs after a deal that added to a position; where nothing nets, that is another deal of the same order."""
    legs = position.legs or (first_leg(position),)
    volume = Lots(trade.volume)
    return (*legs, Leg(_new_key(legs, trade, netting), volume, volume, opened_ns, trade.price, pending))


def cut(legs: tuple[Leg, ...], volume: int) -> tuple[Leg, ...]:
    """The legs when only `volume` lots are left in all: the newest go first."""
    kept: list[Leg] = []
    for leg in legs:
        left = min(leg.volume, volume)
        volume -= left
        if left > 0:
            kept.append(leg if left == leg.volume else msgspec.structs.replace(leg, volume=Lots(left)))
    return tuple(kept)


def reversed_leg(trade: Trade, volume: Lots, opened_ns: int, pending: bool = False) -> tuple[Leg, ...]:
    """The only leg of a position that a deal turned around."""
    return (Leg(_new_key((), trade, True), volume, volume, opened_ns, trade.price, pending),)


def fitted(legs: tuple[Leg, ...], found: Position, opened_ns: int) -> tuple[Leg, ...]:
    """The legs of a position as it was found; what was added unseen is a leg of its own as old as the position."""
    total = sum(leg.volume for leg in legs)
    if found.volume <= total:
        return cut(legs, found.volume)
    return (*legs, unseen(found, Lots(found.volume - total), opened_ns))


def unseen(found: Position, volume: Lots, opened_ns: int) -> Leg:
    """A leg of a position that nobody saw opening. Its key says how much the whole was, and on which side: a position that
    turns around unseen and comes back to the same volume is another one."""
    return Leg(_UNSEEN | _within(found.ticket, 2 * found.volume + found.side), volume, volume, opened_ns)


class KnownLeg(msgspec.Struct, frozen=True, gc=False):
    """A leg as links remember it; `over`: its copy is, whatever became of the leg itself. `waits`: it was a pending order
    when it was last seen, and may have filled or not.
    """

    key: int
    symbol: str
    side: int
    opened: Lots
    over: bool = False
    waits: bool = False

    def known_also_as(self, other: "KnownLeg") -> "KnownLeg":
        """The same leg, of which two links remember something."""
        return msgspec.structs.replace(self, over=self.over and other.over, waits=self.waits and other.waits)


def is_further_fill(key: int) -> bool:
    """Whether a leg is another deal of an order that has a leg already: the broker filled one order in several parts."""
    return not key & _UNSEEN and key >> _TICKET_BITS != 0


def restored(position: Position, known: Iterable[KnownLeg], tickets: Mapping[int, Position], netting: bool) -> Position:
    """A position with the legs that links remember of it; for a reader that begins anew.

    On a netting account every leg of the symbol is of its one position; on others the key says which it is of. A position
    that has turned around since is no leg that was known. An order that waited is one where all of it fits in beside the
    legs that were seen.
    """
    legs = [leg for leg in known if leg.symbol == position.symbol]
    mine = [leg for leg in legs if leg.side == position.side and not leg.over]
    if netting:
        fitting = (leg for leg in mine if _may_be_of(leg.key, position.ticket))
        mine = [leg for leg in fitting if leg.key == position.ticket or leg.key not in tickets]
    else:
        mine = [leg for leg in mine if leg.key & _TICKET == position.ticket]
    turned = any(leg.key == position.ticket and leg.side != position.side for leg in legs)
    if not turned and not any(leg.key != position.ticket for leg in mine):
        return position
    kept = tuple(Leg(leg.key, leg.opened, leg.opened, position.opened_ns) for leg in _seen_or_fitting(mine, position))
    return msgspec.structs.replace(position, legs=fitted(kept, position, position.opened_ns))


def retold(position: Position, told: Position | None, known: Iterable[KnownLeg]) -> Position | None:
    """A netting position with the legs that its deals tell (`told`); None where they do not tell of it as it is.

    Nor where a copy follows a leg that nobody saw opening: no deal has its key.
    """
    if told is None or (told.side, told.volume) != (position.side, position.volume):
        return None
    if any(leg.key & _UNSEEN and leg.symbol == position.symbol and not leg.over for leg in known):
        return None
    before = {leg.key: leg for leg in position.legs or (first_leg(position),)}
    legs = tuple(_as_before(leg, before.get(leg.key, leg)) for leg in told.legs or (first_leg(told),))
    return msgspec.structs.replace(position, legs=legs, opened=max(position.opened, told.opened))


def _as_before(leg: Leg, before: Leg) -> Leg:
    return msgspec.structs.replace(leg, opened_ns=before.opened_ns, pending=before.pending)


def _seen_or_fitting(known: Iterable[KnownLeg], position: Position) -> list[KnownLeg]:
    """In the order in which a position grew."""
    ordered = sorted(known, key=lambda leg: (leg.key != position.ticket, leg.key))
    left = position.volume - sum(leg.opened for leg in ordered if _is_seen(leg, position))
    kept = []
    for leg in ordered:
        if _is_seen(leg, position):
            kept.append(leg)
        elif leg.opened <= left:
            left -= leg.opened
            kept.append(leg)
    return kept


def _is_seen(leg: KnownLeg, position: Position) -> bool:
    return not leg.waits or leg.key == position.ticket


def _may_be_of(key: int, ticket: int) -> bool:
    """Orders are numbered as they come: none that is older than a position's own can have added to it."""
    return key & _TICKET == ticket if key >> _TICKET_BITS else key >= ticket


def _alone(position: Position) -> Position:
    return msgspec.structs.replace(position, ticket=position.root, root=0) if position.root else position


def _new_key(legs: tuple[Leg, ...], trade: Trade, netting: bool) -> int:
    taken = {leg.key for leg in legs} | {trade.position, 0}
    return trade.order if netting and trade.order not in taken else _within(trade.position, trade.deal)


def _within(ticket: int, number: int) -> int:
    return ((number % _DEALS + 1) << _TICKET_BITS) | (ticket & _TICKET)
