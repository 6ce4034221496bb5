"""What the slave's book shows of a link, taken over into what is known of it."""

import msgspec

from lockstep_core.books.links import CopyRatio, ratio_in
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.target import shows
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action
from lockstep_router.accounts.account_state import TrackedAccount
from lockstep_router.execution.copy import Copy, InFlightOrder
from lockstep_router.execution.status import UNDECIDED, close
from lockstep_router.journal.outputs import Outputs


def observe(copy: Copy, slave: TrackedAccount, master: Position | None, now_ns: int, out: Outputs) -> None:
    """Takes over what the slave's book shows of a link whose master has `master` open (None: nothing)."""
    slave_position = slave.book.by_magic.get(copy.link.id)
    slave_order = slave.book.orders_by_magic.get(copy.link.id)
    in_flight = copy.in_flight
    if (
        in_flight is not None
        and in_flight.target.action != Action.OPEN
        and _shown(in_flight, slave_position, slave_order, slave)
    ):
        copy.in_flight, copy.tries = None, 0
    _observe_order(copy, slave_position, slave_order, master is not None, now_ns, out)
    if slave_position is not None:
        _observe_open(copy, slave_position, master, now_ns, out)
    elif copy.status == "open" or copy.open_lots:
        close(copy, now_ns, out)


def _observe_order(
    copy: Copy, slave_position: Position | None, slave_order: Order | None, led: bool, now_ns: int, out: Outputs
) -> None:
    """A pending order that was seen and is gone without having become a position is not placed again."""
    if (
        slave_order is not None
        and slave_position is None
        and copy.in_flight is not None
        and copy.in_flight.target.action in (Action.OPEN, Action.SET_NET)
    ):
        # It was to be opened, and has an order that nobody knew of.
        copy.in_flight, copy.tries = None, 0
    if slave_order is not None and not copy.link.placed:
        copy.link = msgspec.structs.replace(copy.link, placed=True, slave_symbol=slave_order.symbol)
    if slave_order is not None and slave_position is None and copy.status != "sent":
        # It was in doubt, or no row tells of it: the router before did not live to write one.
        copy.target_lots = slave_order.volume
        copy.explain("sent")
        out.journal.append(copy.row(now_ns))
    gone = copy.link.placed and slave_order is None and slave_position is None and copy.open_lots == 0
    if gone and not copy.link.ended and copy.copier.rules.pending.at_market_when_filled and led:
        # What a broker said of the order says nothing of an opening at market.
        copy.link, copy.reported_skip, copy.reason = msgspec.structs.replace(copy.link, placed=False), "", None
    elif gone:
        copy.end()
        if copy.status in UNDECIDED:
            copy.closed_ns = now_ns
            copy.explain("closed", message="The pending order is gone.")
            out.journal.append(copy.row(now_ns))


def _observe_open(copy: Copy, slave_position: Position, master: Position | None, now_ns: int, out: Outputs) -> None:
    if copy.in_flight is not None and copy.in_flight.target.action == Action.OPEN:
        copy.in_flight, copy.tries = None, 0
    if copy.status == "open" and slave_position.volume == copy.open_lots and copy.slave_position == slave_position.ticket:
        return
    _recall(copy, slave_position, master)
    copy.filling_ns = _filling_ns(copy, slave_position, now_ns)
    # The share is of what was wished: a filling in several deals, or in part, is no reason to keep less than that.
    whole = Lots(max(copy.link.opened, copy.target_lots, slave_position.opened))
    copy.link = msgspec.structs.replace(copy.link, opened=whole, slave_symbol=slave_position.symbol, ended=False)
    copy.slave_position, copy.open_lots, copy.target_lots = slave_position.ticket, slave_position.volume, whole
    copy.opened_ns = copy.opened_ns or slave_position.opened_ns
    copy.closed_ns = None
    copy.explain("open")
    out.journal.append(copy.row(now_ns))


def _filling_ns(copy: Copy, slave_position: Position, now_ns: int) -> int:
    """The rest of a pending order is seen for itself, and what was reduced does not grow any more."""
    if copy.link.placed or not copy.open_lots < slave_position.volume < copy.target_lots:
        return 0
    return copy.filling_ns or (now_ns if copy.status in UNDECIDED else 0)


def _recall(copy: Copy, slave_position: Position, master: Position | None) -> None:
    """What share a copy has, its order tells; a row may be of a time before that. Where both are lost, its share is of what
    the master has now.
    """
    share = ratio_in(copy.copier.id, slave_position.comment)
    if share is None:
        if copy.target_lots or copy.link.opened:
            return
        share = CopyRatio(Lots(0) if master is None else master.opened, Lots(0))
    if share != (copy.link.master_opened, copy.target_lots):
        copy.link = msgspec.structs.replace(copy.link, master_opened=share.master, opened=Lots(0))
        copy.master_lots, copy.target_lots = share.master, share.slave


def _shown(
    in_flight: InFlightOrder, slave_position: Position | None, slave_order: Order | None, slave: TrackedAccount
) -> bool:
    """Of a netting account only the link's own share shows it: somebody else may trade the net position at any moment, and
    the order is still on its way then.
    """
    target = in_flight.target
    if target.action == Action.SET_NET:
        return in_flight.share != (0 if slave_position is None else slave_position.signed)
    spec = slave.specs.get(slave_position.symbol if slave_position is not None else target.symbol)
    return shows(target, slave_position, 8 if spec is None else spec.digits, slave_order)
