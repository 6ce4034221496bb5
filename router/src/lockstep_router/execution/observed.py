"""What the slave's book shows of a link, taken over into what is known of it."""

import msgspec

from lockstep_core.books.book import Order, Position
from lockstep_core.books.links import Share, share_in
from lockstep_core.decision.decide import shows
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action
from lockstep_router.accounts.account_state import Mind
from lockstep_router.execution.copy import Copy, Flight
from lockstep_router.execution.status import UNDECIDED, close
from lockstep_router.journal.outputs import Outputs


def observe(copy: Copy, slave: Mind, master: Position | None, now_ns: int, out: Outputs) -> None:
    """Takes over what the slave's book shows of a link whose master has `master` open (None: nothing)."""
    held = slave.book.by_magic.get(copy.link.id)
    mine = slave.book.orders_by_magic.get(copy.link.id)
    flight = copy.flight
    if flight is not None and flight.wish.action != Action.OPEN and _shown(flight, held, mine, slave):
        copy.flight, copy.tries = None, 0
    _observe_order(copy, held, mine, master is not None, now_ns, out)
    if held is not None:
        _observe_open(copy, held, master, now_ns, out)
    elif copy.status == "open" or copy.open_lots:
        close(copy, now_ns, out)


def _observe_order(copy: Copy, held: Position | None, mine: Order | None, led: bool, now_ns: int, out: Outputs) -> None:
    """A pending order that was seen and is gone without having become a position is not placed again."""
    if (
        mine is not None
        and held is None
        and copy.flight is not None
        and copy.flight.wish.action in (Action.OPEN, Action.SET_NET)
    ):
        # It was to be opened, and has an order that nobody knew of.
        copy.flight, copy.tries = None, 0
    if mine is not None and not copy.link.placed:
        copy.link = msgspec.structs.replace(copy.link, placed=True, slave_symbol=mine.symbol)
    if mine is not None and held is None and copy.status != "sent":
        # It was in doubt, or no row tells of it: the router before did not live to write one.
        copy.wished_lots = mine.volume
        copy.explain("sent")
        out.journal.append(copy.row(now_ns))
    gone = copy.link.placed and mine is None and held is None and copy.open_lots == 0
    if gone and not copy.link.ended and copy.copier.rules.pending.at_market_when_filled and led:
        # What a broker said of the order says nothing of an opening at market.
        copy.link, copy.said, copy.reason = msgspec.structs.replace(copy.link, placed=False), "", None
    elif gone:
        copy.end()
        if copy.status in UNDECIDED:
            copy.closed_ns = now_ns
            copy.explain("closed", message="The pending order is gone.")
            out.journal.append(copy.row(now_ns))


def _observe_open(copy: Copy, held: Position, master: Position | None, now_ns: int, out: Outputs) -> None:
    if copy.flight is not None and copy.flight.wish.action == Action.OPEN:
        copy.flight, copy.tries = None, 0
    if copy.status == "open" and held.volume == copy.open_lots and copy.slave_position == held.ticket:
        return
    _recall(copy, held, master)
    copy.filling_ns = _filling_ns(copy, held, now_ns)
    # The share is of what was wished: a filling in several deals, or in part, is no reason to keep less than that.
    whole = Lots(max(copy.link.opened, copy.wished_lots, held.opened))
    copy.link = msgspec.structs.replace(copy.link, opened=whole, slave_symbol=held.symbol, ended=False)
    copy.slave_position, copy.open_lots, copy.wished_lots = held.ticket, held.volume, whole
    copy.opened_ns = copy.opened_ns or held.opened_ns
    copy.closed_ns = None
    copy.explain("open")
    out.journal.append(copy.row(now_ns))


def _filling_ns(copy: Copy, held: Position, now_ns: int) -> int:
    """The rest of a pending order is seen for itself, and what was reduced does not grow any more."""
    if copy.link.placed or not copy.open_lots < held.volume < copy.wished_lots:
        return 0
    return copy.filling_ns or (now_ns if copy.status in UNDECIDED else 0)


def _recall(copy: Copy, held: Position, master: Position | None) -> None:
    """What share a copy has, its order tells; a row may be of a time before that. Where both are lost, its share is of what
    the master has now.
    """
    share = share_in(copy.copier.id, held.comment)
    if share is None:
        if copy.wished_lots or copy.link.opened:
            return
        share = Share(Lots(0) if master is None else master.opened, Lots(0))
    if share != (copy.link.master_opened, copy.wished_lots):
        copy.link = msgspec.structs.replace(copy.link, master_opened=share.master, opened=Lots(0))
        copy.master_lots, copy.wished_lots = share.master, share.slave


def _shown(flight: Flight, held: Position | None, mine: Order | None, slave: Mind) -> bool:
    """Of a netting account only the link's own share shows it: somebody else may trade the net position at any moment, and
    the order is still on its way then.
    """
    wish = flight.wish
    if wish.action == Action.SET_NET:
        return flight.share != (0 if held is None else held.signed)
    spec = slave.specs.get(held.symbol if held is not None else wish.symbol)
    return shows(wish, held, 8 if spec is None else spec.digits, mine)
