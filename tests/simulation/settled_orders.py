"""What must hold, once all is quiet, of links that began with a pending order."""

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import BrokerOrder, BrokerPosition, RequestKind
from tests.simulation.evidence import Evidence, MasterTrade, master_trade
from tests.simulation.expected import levels
from tests.simulation.late_orders import is_late_order, places_late, wrong_late_order
from tests.simulation.link_origins import LinkOrigin

REVERSED = {2: 5, 3: 4, 4: 3, 5: 2}


def order_problem(evidence: Evidence, copier: Copier, link: int, origin: LinkOrigin, position: BrokerPosition | None) -> str:
    """What is wrong with the slave's pending order, or that it is missing; empty if nothing is."""
    master, slave = evidence.accounts[copier.master], evidence.accounts[copier.slave]
    order, copies = master.pending_orders.waiting.get(origin.key), slave.pending_orders.of(link)
    if len(copies) > 1:
        return f"{len(copies)} pending orders"
    if copies and copier.mode is CopierMode.ON and is_late_order(copier, master, origin):
        return _wrong_late(evidence, copier, link, origin, copies[0])
    if copies and copier.mode is not CopierMode.OFF:
        problem = _wrong_order(copier, order, master_trade(evidence, origin), copies[0], slave)
        # A router that sees the master's position only in a snapshot cannot know that it was an order before. So a late
        # opening of it may be an order, too.
        may_be_late = order is None and copier.mode is CopierMode.ON and places_late(copier)
        return _wrong_late(evidence, copier, link, origin, copies[0]) if problem and may_be_late else problem
    if position is None and not copies and order is not None:
        row = evidence.database.copies.get(link)
        explained = row is not None and (row.reason or row.status == "closed")
        return "" if explained else f"the master's order waits, the row is {row}"
    return ""


def _wrong_late(evidence: Evidence, copier: Copier, link: int, origin: LinkOrigin, copy: BrokerOrder) -> str:
    slave, trade = evidence.accounts[copier.slave], master_trade(evidence, origin)
    is_refused = slave.refused[link, RequestKind.DELETE] + slave.refused[link, RequestKind.CHANGE] > 0
    listed = slave.listed[copy.symbol]
    return "" if trade is None and is_refused else wrong_late_order(copier, trade, copy, listed, is_refused)


def _wrong_order(
    copier: Copier, order: BrokerOrder | None, trade: MasterTrade | None, copy: BrokerOrder, slave: BrokerAccount
) -> str:
    rule = copier.settings.pending
    if slave.refused[copy.magic, RequestKind.DELETE] or slave.refused[copy.magic, RequestKind.CHANGE]:
        return ""
    if copier.mode is CopierMode.CLOSE_ONLY:
        return "its pending order waits, though nothing is to be opened"
    if order is None:
        wait = trade is not None and rule.when_filled == "wait"
        return "" if wait else "its pending order waits, the master's is gone"
    if rule.mode != "copy":
        return "its pending order waits, though such are not copied"
    listed = slave.listed[copy.symbol]
    right = (order.price, *levels(copier, order.sl, order.tp, copy.side, listed, order.price))
    kind = REVERSED[order.kind] if copier.settings.reverse else order.kind
    expires_ms = order.expires_ms if rule.copy_expiration else 0
    near = all(abs(a - b) <= 10.0**-listed.digits for a, b in zip((copy.price, copy.sl, copy.tp), right, strict=True))
    same = near and (copy.kind, copy.expires_ms) == (kind, expires_ms)
    return "" if same else f"its pending order is {copy}, the master's {order}"
