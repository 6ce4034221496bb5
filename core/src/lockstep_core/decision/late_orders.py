"""Pending orders at the master's price, for openings that are late while the market is away from that price (ADR 33).

Such an order has the link's id like every other order of the link. Its fill is the copy; it is deleted when the master's
position closes first, and the broker ends it when its time is over.
"""

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Order, OrderKind, Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.modes import is_trial
from lockstep_core.decision.opening import Draft, draft
from lockstep_core.decision.pending_orders import as_wanted, decide_working, order_levels
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stops import CopyPrices, at_broker, entry_price
from lockstep_core.decision.target import AskQuote, Decision, Target
from lockstep_core.market.clocks import offset_at
from lockstep_core.market.money import Prices, Quote
from lockstep_core.market.symbols import on_tick
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import lots_text
from lockstep_core.wire.enums import Action, Capability, Side

_MS = 1_000_000


def place_late(
    copier: Copier,
    link: Link,
    master: Position,
    order: Order | None,
    found: Skip | AskQuote,
    context: DecisionContext,
) -> Target | Skip | AskQuote:
    """An order at the master's price in place of the opening, which `found` keeps from the market. Where the master's
    pending orders are copied, an order of the copy is one of these. `order`: the master's, of which not all is filled.
    """
    rules = copier.rules
    if not isinstance(found, Skip) or found.code is not SkipCode.LATE_PRICE:
        return found
    if rules.pending.mode == "copy" and (link.pending or master.pending or order is not None):
        return found
    expires_msc = _expiry(rules, context)
    late = draft(rules, master, master.deal_price or master.price, context, link)
    if not isinstance(late, Draft):
        return late
    if isinstance(expires_msc, Skip):
        return expires_msc
    if is_trial(copier.mode, context.slave.mode, copier.master_mode):
        return Skip(
            SkipCode.DRY_RUN, "mode", {"what": "order", "lots": lots_text(late.lots + late.rest), "symbol": late.spec.name}
        )
    quote = context.quote(late.spec.name)
    return found if quote is None else _order(rules, late, quote, expires_msc) or found


def follow_late(copier: Copier, link: Link, master: Position, slave_order: Order, context: DecisionContext) -> Decision:
    """Keeps such a pending order in step while the master's position is open: it has the stops that the copy should have."""
    decision, spec = decide_working(copier, link, None, master, slave_order, context), None
    if decision is None and copier.rules.stops.are_followed:
        spec = context.slave.specs.get(slave_order.symbol)
    if spec is None or slave_order.over:
        return decision
    copy = CopyPrices(spec, slave_order.side, slave_order.price, Prices(slave_order.price, slave_order.price))
    levels = order_levels(copier.rules.stops, master, copy)
    target = Target(
        Action.SET_ORDER,
        slave_order.symbol,
        slave_order.volume,
        levels.sl,
        levels.tp,
        slave_order.side,
        slave_order.price,
        slave_order.limit,
        slave_order.expires_msc,
        order_kind=slave_order.kind,
    )
    return as_wanted(copier.rules, link, target, slave_order, spec, context)


def _order(rules: Rules, late: Draft, quote: Quote, expires_msc: int) -> Target | None:
    """The order for a draft; None where the market is nearer to its price than the broker lets an order be."""
    spec, side = late.spec, late.side
    price, market = on_tick(late.opening.entry, spec), entry_price(quote, side)
    away = abs(market - price)
    if away < spec.stops_level * spec.point or away < (spec.tick or spec.point) / 2:
        return None
    levels = at_broker(rules.stops, late.levels, CopyPrices(spec, side, price, Prices(price, price)))
    head = (Action.PLACE, spec.name, late.lots, levels.sl, levels.tp, side, price)
    return Target(*head, expires_msc=expires_msc, order_kind=_kind(side, market > price), exact=late.exact, rest=late.rest)


def _kind(side: int, is_below: bool) -> int:
    """A limit order where the price is better than the market, a stop order where it is worse. `is_below`: it is lower."""
    if side == Side.SELL:
        return OrderKind.SELL_STOP if is_below else OrderKind.SELL_LIMIT
    return OrderKind.BUY_LIMIT if is_below else OrderKind.BUY_STOP


def _expiry(rules: Rules, context: DecisionContext) -> int | Skip:
    """When an order that is placed now expires, on the slave's broker's clock as it will be then; in whole seconds, as
    brokers keep it.
    """
    if not context.slave.capabilities & Capability.ORDERS:
        return Skip(SkipCode.PENDING_IMPOSSIBLE, "late_openings.further_away", {"why": "terminal"})
    figures = context.slave.figures
    if context.utc_ms is None or figures is None or figures.utc_offset_ms is None:
        return Skip(SkipCode.TIME_UNKNOWN, "late_openings.order_minutes", {"needed_for": "expiration"})
    moment_ms = (context.utc_ms + rules.late_order_ns // _MS) // 1000 * 1000
    return moment_ms + offset_at(moment_ms, figures.utc_offset_ms, context.utc_ms)
