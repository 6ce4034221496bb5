"""Updates a copy from the slave's book. The router believes the book; results only say why something did not happen."""

from lockstep_core.books.links import CopyRatio, ratio_in
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.pending_orders import opens_when_filled
from lockstep_core.decision.target import shows
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action
from lockstep_router.accounts.tracked_account import TrackedAccount
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_rows import row_of
from lockstep_router.execution.copy_status import UNDECIDED, CopyStatus
from lockstep_router.execution.inflight import InFlightOrder
from lockstep_router.execution.reasons import ORDER_GONE
from lockstep_router.execution.status import history_event
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.service_levels import DOUBLED

_OPEN = CopyStatus.OPEN
"""Read once: looking up an enum's member costs several times what a call does, and this is on the path of every trade."""
MOST_DIGITS = 8
"""A price's digits if the symbol's own are not known."""


def observe(copy: Copy, slave: TrackedAccount, master: Position | None, now_ns: int, out: Outputs) -> None:
    """Updates a copy from the slave's book. `master`: the master's open position, None if there is none."""
    position = slave.book.by_magic.get(copy.link.id)
    order = slave.book.orders_by_magic.get(copy.link.id)
    sent = copy.in_flight
    if sent is not None and sent.target.action != Action.OPEN and _is_shown(sent, position, order, slave):
        _end_order(copy, sent, slave)
    if order is not None:
        _observe_order(copy, order, position, now_ns, out)
    elif copy.link.placed and position is None and copy.open_lots == 0:
        _observe_order_gone(copy, master, now_ns, out)
    if position is not None:
        _observe_position(copy, position, slave, master, now_ns, out)
    elif copy.status is _OPEN or copy.open_lots:
        copy.on_closed(now_ns)
        out.journal.append(row_of(copy, now_ns))


def end_doubt(copy: Copy, slave: TrackedAccount, now_ns: int, out: Outputs) -> None:
    """Ends a copy that was doubted, once the slave has no position and no order of it."""
    if copy.was_doubted and copy.in_flight is None and not is_on_slave(copy, slave):
        copy.on_gone(now_ns)
        out.journal.append(row_of(copy, now_ns))


def is_on_slave(copy: Copy, slave: TrackedAccount) -> bool:
    """Whether the slave has a position or a pending order of a copy."""
    return copy.link.id in slave.book.by_magic or copy.link.id in slave.book.orders_by_magic


def _end_order(copy: Copy, order: InFlightOrder, slave: TrackedAccount) -> None:
    """The book shows an order's target, so the slave's broker takes orders of its symbol."""
    slave.pauses.on_taken(order.target.symbol or copy.link.slave_symbol)
    copy.on_shown()


def _observe_order(copy: Copy, order: Order, position: Position | None, now_ns: int, out: Outputs) -> None:
    if position is None and copy.in_flight is not None and copy.in_flight.target.action in (Action.OPEN, Action.SET_NET):
        # It was to be opened at market, but the slave has a pending order that nobody knew of: the router follows that one.
        copy.on_shown()
    copy.on_order_seen(order)
    if position is None and copy.status is not CopyStatus.SENT:
        copy.on_order_waits(order)
        out.journal.append(row_of(copy, now_ns))


def _observe_order_gone(copy: Copy, master: Position | None, now_ns: int, out: Outputs) -> None:
    """A pending order that was seen, and that is gone without a position, is not placed again."""
    if not copy.link.ended and master is not None and opens_when_filled(copy.copier.rules, copy.link):
        copy.open_at_market_instead()
        return
    copy.end_link()
    if copy.status in UNDECIDED:
        copy.on_gone(now_ns, ORDER_GONE)
        out.journal.append(row_of(copy, now_ns))


def _observe_position(
    copy: Copy, position: Position, slave: TrackedAccount, master: Position | None, now_ns: int, out: Outputs
) -> None:
    if copy.in_flight is not None and copy.in_flight.target.action == Action.OPEN:
        _end_order(copy, copy.in_flight, slave)
    same = (position.volume, position.ticket) == (copy.open_lots, copy.slave_position)
    if copy.status is CopyStatus.OPEN and same and not copy.is_quarantined:
        return
    if _is_second(copy, position, slave):
        # This must never happen, so whoever runs the service is alerted (docs/runbooks/copies-doubled.md).
        data = {"position": position.ticket, "beside": copy.slave_position}
        out.journal.append(history_event(DOUBLED, copy, now_ns, data))
    ratio = _ratio(copy, position, master)
    if ratio is not None:
        copy.set_ratio(ratio)
    copy.on_open(position, _filling_ns(copy, position, now_ns))
    out.journal.append(row_of(copy, now_ns))


def _is_second(copy: Copy, position: Position, slave: TrackedAccount) -> bool:
    """Whether a link has a second position while its first one is open."""
    # MT4 gives the rest of a partial close a new ticket, and may show it before the old one is gone.
    if copy.slave_position in (None, position.ticket) or slave.is_mt4 or slave.book.netting:
        return False
    first = slave.book.positions.get(copy.slave_position or 0)
    return first is not None and first.magic == copy.link.id


def _ratio(copy: Copy, position: Position, master: Position | None) -> CopyRatio | None:
    """Restores the ratio: order comment, then row (None: the copy has it), then the master's current volume."""
    ratio = ratio_in(copy.copier.id, position.comment)
    if ratio is not None or copy.target_lots or copy.link.opened:
        # A row may be older than the order; the order's comment is not.
        return ratio
    return CopyRatio(Lots(0) if master is None else master.opened, Lots(0))


def _filling_ns(copy: Copy, position: Position, now_ns: int) -> int:
    """Since when a further deal of an order at market is expected. The rest of a pending order is in the book itself, and a
    position that was reduced does not grow again.
    """
    if copy.link.placed or not copy.open_lots < position.volume < copy.target_lots:
        return 0
    return copy.filling_ns or (now_ns if copy.status in UNDECIDED else 0)


def _is_shown(sent: InFlightOrder, position: Position | None, order: Order | None, slave: TrackedAccount) -> bool:
    target = sent.target
    if target.action == Action.SET_NET:
        # Others may trade the net position at any time, so only the link's own allocation proves that our deal happened.
        return sent.allocation_before != (0 if position is None else position.signed)
    spec = slave.specs.get(position.symbol if position is not None else target.symbol)
    return shows(target, position, MOST_DIGITS if spec is None else spec.digits, order)
