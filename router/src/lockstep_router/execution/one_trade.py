"""For limits that count positions, a trade that is copied in parts is one position (ADR 27)."""

from collections.abc import Container, Iterable
from uuid import UUID

import msgspec

from lockstep_core.books.links import link_id
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.context import Exposure, Stake
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy


def with_further(exposure: Exposure, parts: Iterable[Copy], opening: Container[int], slave: TrackedAccount) -> Exposure:
    """The exposure with only one part of each trade. `parts`: the copies on the slave that are further parts. A further part
    counts if the first one has ended. `opening`: the links of openings under way. On a netting account every position
    counts, because it holds the lots of many trades.
    """
    counted: set[tuple[UUID, int]] = set()
    further: list[Stake] = []
    for part in parts:
        stake, trade = _stake_of(part, slave), (part.copier.id, part.link.master_position)
        if stake is None:
            continue
        first = link_id(*trade)
        has_first = first in slave.book.by_magic or first in slave.book.orders_by_magic or first in opening
        if has_first or trade in counted:
            further.append(stake)
        counted.add(trade)
    return msgspec.structs.replace(exposure, further=tuple(further))


def _stake_of(part: Copy, slave: TrackedAccount) -> Stake | None:
    """Returns what a limit counts for this part: a position, a pending order, an opening in flight, or None."""
    held: Position | Order | None = slave.book.by_magic.get(part.link.id) or slave.book.orders_by_magic.get(part.link.id)
    if held is not None:
        is_apart = not slave.netting or isinstance(held, Order)
        return Stake(held.symbol, held.side, held.volume, held.price) if is_apart else None
    order = part.in_flight
    if order is None or not order.opens:
        return None
    return Stake(order.target.symbol, order.target.side, order.target.volume, 0.0)
