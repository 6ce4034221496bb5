"""A copy as a row of the database, and a copy restored from its row."""

from lockstep_core.books.links import Link, link_tag
from lockstep_core.books.positions import Position
from lockstep_core.books.tranches import KnownTranche
from lockstep_core.decision.opening import opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stops import HiddenLevels, Levels
from lockstep_core.decision.target import Target
from lockstep_core.market.exact import ratio_of_text, ratio_text
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action, Side
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.copy_status import FINAL, UNDECIDED, CopyStatus
from lockstep_router.execution.inflight import InFlightOrder
from lockstep_router.journal.records import CopyRow, KnownLink

_SELL = int(Side.SELL)
MS = 1_000_000
MAY_BE_OPEN = UNDECIDED | {CopyStatus.OPEN, CopyStatus.CLOSED}


def row_of(copy: Copy, now_ns: int) -> CopyRow:
    """The row of a copy as it is now."""
    link, copier = copy.link, copy.copier
    return CopyRow(
        link=link.id,
        user=copier.user_id,
        copier=copier.id,
        master_account=copier.master,
        slave_account=copier.slave,
        master_position=link.master_position,
        slave_position=copy.slave_position,
        symbol=link.symbol,
        slave_symbol=link.slave_symbol or None,
        side="sell" if link.side == _SELL else "buy",
        master_lots=copy.master_lots,
        target_lots=copy.target_lots,
        open_lots=copy.open_lots,
        status=str(copy.status),
        reason=copy.reason,
        setting=copy.setting,
        params=dict(copy.params),
        spans=dict(copy.spans),
        opened_ns=copy.opened_ns,
        closed_ns=copy.closed_ns,
        at_ns=now_ns,
        from_order=link.pending,
        waits=copy.waits,
        exact_lots=ratio_text(link.exact) if link.exact[0] else "",
        part=link.part,
        stop_loss=None if copy.stops is None else copy.stops.sl,
        take_profit=None if copy.stops is None else copy.stops.tp,
        stops_kept=None if copy.stops_kept is None else copy.stops_kept.value,
    )


def restore(known: KnownLink, copier: Copier, now_ns: int, utc_offset_ns: int | None) -> Copy:
    """Restores a copy from its row; the accounts' books will show what became of it.

    If the row was left between order and answer, the terminal is asked before anything is sent again. What is found then
    counts as the rest of a whole opening.
    """
    status = CopyStatus(known.status)
    sent = Lots(known.target_lots) if status in MAY_BE_OPEN else Lots(0)
    link = Link(
        known.link,
        copier.id,
        known.master_position,
        known.symbol,
        known.slave_symbol or "",
        Side.SELL if known.side == "sell" else Side.BUY,
        Lots(known.master_lots),
        sent,
        status is CopyStatus.CLOSED or (status is CopyStatus.REJECTED and not known.waits),
        pending=known.from_order,
        exact=ratio_of_text(known.exact_lots),
        part=known.part,
        sent=sent,
    )
    copy = Copy(copier, link, known.waits)
    if known.opened_ms and utc_offset_ns is not None:
        copy.restore_opening(known.opened_ms * MS - utc_offset_ns)
    copy.restore(status, (known.target_lots, known.open_lots), known.slave_position, known.spans)
    if known.stop_loss is not None and known.take_profit is not None:
        stops = (known.stop_loss, known.take_profit)
        copy.restore_stops(Levels(*stops) if copier.rules.stops.hidden is None else HiddenLevels(*stops))
    if status in UNDECIDED:
        target = Target(Action.OPEN, known.slave_symbol or known.symbol, Lots(known.target_lots))
        copy.restore_order(InFlightOrder(target, now_ns, opens=True))
    return copy


def known_tranche(copy: Copy) -> KnownTranche:
    """What a link knows of its tranche of the master's position."""
    link = copy.link
    return KnownTranche(link.master_position, link.symbol, link.side, link.master_opened, copy.status in FINAL, copy.waits)


def known_allocation(copy: Copy) -> Position:
    """What a link knows of its allocation in a netting slave's position."""
    link, lots = copy.link, Lots(copy.open_lots)
    side = opposite(link.side) if copy.copier.rules.reverse else link.side
    opened = Lots(max(link.opened, lots))
    head = (copy.slave_position or 0, link.slave_symbol, side, lots, opened, 0.0, 0.0, link.id)
    return Position(*head, link_tag(copy.copier.id), copy.opened_ns or 0)
