"""What must hold of links that began with a pending order, once all is quiet."""

from lockstep_core.copiers import CopierMode
from lockstep_core.decision.plan import Copier
from tests.simulation.broker import Account
from tests.simulation.expected import levels
from tests.simulation.links import Known
from tests.simulation.market import Ask, Held, Waiting
from tests.simulation.scenes import Scene, Side, masters_side

REVERSED = {2: 5, 3: 4, 4: 3, 5: 2}


def order_problem(scene: Scene, copier: Copier, number: int, known: Known, held: Held | None) -> str:
    """What is wrong with the slave's pending order, or with there being none; empty where the rest is as of any link."""
    theirs, slave = scene.accounts[copier.master], scene.accounts[copier.slave]
    order, mine = theirs.pendings.waiting.get(known.key), slave.pendings.of(number)
    if len(mine) > 1:
        return f"{len(mine)} pending orders"
    if mine and copier.mode is not CopierMode.OFF:
        return _wrong_order(copier, order, masters_side(scene, known), mine[0], slave)
    if held is None and not mine and order is not None:
        row = scene.database.copies.get(number)
        return (
            ""
            if row is not None and (row.reason or row.status == "closed")
            else f"the master's order waits, the row is {row}"
        )
    return ""


def _wrong_order(copier: Copier, order: Waiting | None, master: Side | None, mine: Waiting, slave: Account) -> str:
    rule = copier.settings.pending
    if slave.refused[mine.magic, Ask.DELETE] or slave.refused[mine.magic, Ask.CHANGE]:
        return ""
    if copier.mode is CopierMode.CLOSE_ONLY:
        return "its pending order waits, though nothing is to be opened"
    if order is None:
        wait = master is not None and rule.when_filled == "wait"
        return "" if wait else "its pending order waits, the master's is gone"
    if rule.mode != "copy":
        return "its pending order waits, though such are not copied"
    listed = slave.listed[mine.symbol]
    right = (order.price, *levels(copier, order.sl, order.tp, mine.side, listed, order.price))
    kind = REVERSED[order.kind] if copier.settings.reverse else order.kind
    expires_ms = order.expires_ms if rule.copy_expiration else 0
    near = all(abs(a - b) <= 10.0**-listed.digits for a, b in zip((mine.price, mine.sl, mine.tp), right, strict=True))
    same = near and (mine.kind, mine.expires_ms) == (kind, expires_ms)
    return "" if same else f"its pending order is {mine}, the master's {order}"
