"""Tranches: the openings that a master's position consists of. One order is one tranche, in however many deals it fills.

Each tranche is copied as if it were a position of its own, so a slave whose account cannot add opens another position. A
reduction takes from the newest tranche first. A link's id is made of the tranche's key. That is the ticket that the position
began with; on netting accounts the order that added to it; or, where something of that order's tranche was closed, the
ticket in the low 48 bits and a number of the deal above them, so that the key says which position it is of.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from lockstep_core.books.positions import Position, Tranche
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Trade

_TICKET_BITS = 48
_TICKET = (1 << _TICKET_BITS) - 1
_DEALS = 8191
_UNSEEN = 1 << 61


def key_of(position: Position) -> int:
    """The key of a position's first tranche."""
    return position.root or position.ticket


def keys_of(position: Position | None) -> frozenset[int]:
    """The keys of all tranches; empty for no position."""
    if position is None:
        return frozenset()
    if not position.tranches:
        return frozenset({key_of(position)})
    return frozenset(tranche.key for tranche in position.tranches)


def tranche_of(position: Position, key: int) -> Position | None:
    """A tranche as a position of its own whose ticket is its key; None where it is closed."""
    if not position.tranches:
        return _alone(position) if key == key_of(position) else None
    tranche = next((tranche for tranche in position.tranches if tranche.key == key), None)
    if tranche is None:
        return None
    changes = {"ticket": key, "volume": tranche.volume, "opened": tranche.opened, "opened_ns": tranche.opened_ns}
    changes |= {"grown_ns": tranche.grown_ns}
    return msgspec.structs.replace(
        position, root=0, tranches=(), deal_price=tranche.price, pending=tranche.pending, **changes
    )


def split(position: Position) -> tuple[Position, ...]:
    """All tranches as positions of their own."""
    if not position.tranches:
        return (_alone(position),)
    tranches = (tranche_of(position, tranche.key) for tranche in position.tranches)
    return tuple(tranche for tranche in tranches if tranche is not None)


def first_tranche(position: Position) -> Tranche:
    """The tranche that a position was before anything was added."""
    head = (key_of(position), position.volume, position.opened, position.opened_ns, position.price)
    return Tranche(*head, position.pending, position.grown_ns)


def add(position: Position, trade: Trade, opened_ns: int, netting: bool, pending: bool = False) -> tuple[Tranche, ...]:
    """The tranches after a deal that added to a position. On a hedging account that is another deal of the same order."""
    tranches = position.tranches or (first_tranche(position),)
    volume = Lots(trade.volume)
    for number, tranche in enumerate(tranches):
        if (tranche.key == trade.order if netting else tranche is tranches[-1]) and tranche.volume == tranche.opened:
            # If something of it was closed already, the deal is a tranche of its own: a copy does not grow again.
            lots = Lots(tranche.volume + volume)
            changes = {"volume": lots, "opened": lots, "price": trade.price, "grown_ns": opened_ns}
            grown = msgspec.structs.replace(tranche, pending=tranche.pending or pending, **changes)
            return (*tranches[:number], grown, *tranches[number + 1 :])
    return (*tranches, Tranche(_new_key(tranches, trade, netting), volume, volume, opened_ns, trade.price, pending))


def cut(tranches: tuple[Tranche, ...], volume: int) -> tuple[Tranche, ...]:
    """The tranches when `volume` lots are left in all: the newest are closed first."""
    kept: list[Tranche] = []
    for tranche in tranches:
        left = min(tranche.volume, volume)
        volume -= left
        if left > 0:
            kept.append(tranche if left == tranche.volume else msgspec.structs.replace(tranche, volume=Lots(left)))
    return tuple(kept)


def reversed_tranche(trade: Trade, volume: Lots, opened_ns: int, pending: bool = False) -> tuple[Tranche, ...]:
    """The only tranche of a position that a deal turned around."""
    return (Tranche(_new_key((), trade, True), volume, volume, opened_ns, trade.price, pending),)


def fitted(tranches: tuple[Tranche, ...], found: Position, opened_ns: int) -> tuple[Tranche, ...]:
    """The tranches of a position of a snapshot. What was added unseen is a tranche of its own, as old as the position."""
    total = sum(tranche.volume for tranche in tranches)
    if found.volume <= total:
        return cut(tranches, found.volume)
    return (*tranches, unseen(found, Lots(found.volume - total), opened_ns))


def unseen(found: Position, volume: Lots, opened_ns: int) -> Tranche:
    """A tranche whose opening was not seen. Its key holds the position's volume and side: a position that turns around
    unseen and comes back to the same volume has another key.
    """
    return Tranche(_UNSEEN | _within(found.ticket, 2 * found.volume + found.side), volume, volume, opened_ns)


class KnownTranche(msgspec.Struct, frozen=True, gc=False):
    """A tranche as links remember it. `over`: its copy is over, whatever became of the tranche. `waits`: it was a pending
    order when it was last seen, and may have filled since.
    """

    key: int
    symbol: str
    side: int
    opened: Lots
    over: bool = False
    waits: bool = False

    def known_also_as(self, other: "KnownTranche") -> "KnownTranche":
        """The same tranche as two links remember it."""
        opened = max(self.opened, other.opened)
        return msgspec.structs.replace(self, opened=opened, over=self.over and other.over, waits=self.waits and other.waits)


def ticket_in(key: int) -> int:
    """The ticket that a tranche's key of a hedging account holds. Tickets of more than 48 bits are cut."""
    return key & _TICKET


def is_further_fill(key: int) -> bool:
    """Whether a tranche is a further part of an order that the broker filled in several deals."""
    return not key & _UNSEEN and key >> _TICKET_BITS != 0


def restored(position: Position, known: Sequence[KnownTranche], tickets: Mapping[int, Position], netting: bool) -> Position:
    """A position with the tranches that links remember of it, after a restart.

    On a netting account every tranche of the symbol is of its one position; on others the key says of which. A position
    that has turned around since has none of them. A waiting order became a tranche if all of it fits in beside the tranches
    that were seen.
    """
    tranches = [tranche for tranche in known if tranche.symbol == position.symbol]
    mine = [tranche for tranche in tranches if tranche.side == position.side and not tranche.over]
    if netting:
        fitting = (tranche for tranche in mine if _may_be_of(tranche.key, position.ticket))
        mine = [tranche for tranche in fitting if tranche.key == position.ticket or tranche.key not in tickets]
    else:
        mine = [tranche for tranche in mine if tranche.key & _TICKET == position.ticket]
    turned = any(tranche.key == position.ticket and tranche.side != position.side for tranche in tranches)
    if not turned and not any(tranche.key != position.ticket for tranche in mine):
        return position
    kept = tuple(
        Tranche(tranche.key, tranche.opened, tranche.opened, position.opened_ns)
        for tranche in _seen_or_fitting(mine, position)
    )
    return msgspec.structs.replace(position, tranches=fitted(kept, position, position.opened_ns))


def from_deals(position: Position, replayed: Position | None, known: Iterable[KnownTranche]) -> Position | None:
    """After a gap, tranches are rebuilt by replaying the position's deals (`replayed`: the position that they make).

    None where the deals do not add up to the position, and where a copy follows a tranche whose opening was not seen: no
    deal has its key.
    """
    if replayed is None or (replayed.side, replayed.volume) != (position.side, position.volume):
        return None
    if any(tranche.key & _UNSEEN and tranche.symbol == position.symbol and not tranche.over for tranche in known):
        return None
    before = {tranche.key: tranche for tranche in position.tranches or (first_tranche(position),)}
    tranches = tuple(
        _as_before(tranche, before.get(tranche.key, tranche)) for tranche in replayed.tranches or (first_tranche(replayed),)
    )
    return msgspec.structs.replace(position, tranches=tranches, opened=max(position.opened, replayed.opened))


def _as_before(tranche: Tranche, before: Tranche) -> Tranche:
    grown_ns = tranche.grown_ns if tranche.opened > before.opened else before.grown_ns
    return msgspec.structs.replace(tranche, opened_ns=before.opened_ns, pending=before.pending, grown_ns=grown_ns)


def _seen_or_fitting(known: Iterable[KnownTranche], position: Position) -> list[KnownTranche]:
    """The tranches that were seen, and waiting orders that fit in beside them, in the order in which the position grew."""
    ordered = sorted(known, key=lambda tranche: (tranche.key != position.ticket, tranche.key))
    left = position.volume - sum(tranche.opened for tranche in ordered if _is_seen(tranche, position))
    kept = []
    for tranche in ordered:
        if _is_seen(tranche, position):
            kept.append(tranche)
        elif tranche.opened <= left:
            left -= tranche.opened
            kept.append(tranche)
    return kept


def _is_seen(tranche: KnownTranche, position: Position) -> bool:
    return not tranche.waits or tranche.key == position.ticket


def _may_be_of(key: int, ticket: int) -> bool:
    """Whether an order can have added to a position. Tickets grow, so an order older than the position cannot."""
    return key & _TICKET == ticket if key >> _TICKET_BITS else key >= ticket


def _alone(position: Position) -> Position:
    return msgspec.structs.replace(position, ticket=position.root, root=0) if position.root else position


def _new_key(tranches: tuple[Tranche, ...], trade: Trade, netting: bool) -> int:
    taken = {tranche.key for tranche in tranches} | {trade.position, 0}
    return trade.order if netting and trade.order not in taken else _within(trade.position, trade.deal)


def _within(ticket: int, number: int) -> int:
    return ((number % _DEALS + 1) << _TICKET_BITS) | (ticket & _TICKET)
