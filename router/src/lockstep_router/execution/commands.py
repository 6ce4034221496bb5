"""The frame that asks a slave's terminal for a target."""

from lockstep_core.books.links import CopyRatio, order_comment
from lockstep_core.decision.target import PriceLimits, Target
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Limit
from lockstep_core.wire.frames import Command
from lockstep_router.execution.copy import Copy
from lockstep_router.execution.inflight import InFlightOrder

DEFAULT_DEVIATION = 100
"""Slippage in points that the broker may take for orders that open nothing. For these a fill matters more than the price."""


def command_of(copy: Copy, order: InFlightOrder, target: Target, pending: int, now_ns: int, *, opens: bool) -> Command:
    """The command for an order's target, or for the query what became of it. An opening's comment holds the copy's ratio.
    `pending`: the ticket of the copy's pending order, 0 for none. `opens`: as `Copy.opens` says of the target.
    """
    limits = target.limits if opens else None
    return Command(
        command=order.command,
        link=copy.link.id,
        position=copy.slave_position or pending,
        volume=target.volume,
        price=target.price,
        sl=target.sl,
        tp=target.tp,
        limit=target.limit,
        expected=target.expected,
        expires_msc=target.expires_msc,
        sent_ns=now_ns,
        action=target.action,
        # On the wire one field holds both: the kind of a pending order, or the side of a position.
        side=target.order_kind or target.side,
        deviation=copy.copier.rules.deviation if opens else DEFAULT_DEVIATION,
        target_id=order.target_id,
        symbol=target.symbol or copy.link.slave_symbol,
        comment=_comment(copy) if opens else "",
        reference_price=0.0 if limits is None else limits.reference,
        max_spread=0 if limits is None else limits.max_spread or 0,
        max_slippage=0 if limits is None else limits.max_slippage or 0,
        limits=0 if limits is None else _bits(limits),
    )


def _comment(copy: Copy) -> str:
    return order_comment(copy.copier.id, CopyRatio(copy.link.master_opened, Lots(copy.target_lots)))


def _bits(limits: PriceLimits) -> int:
    """Flags for the limits that are set, because a limit may be zero points."""
    spread = 0 if limits.max_spread is None else Limit.SPREAD
    return spread | (0 if limits.max_slippage is None else Limit.SLIPPAGE)
