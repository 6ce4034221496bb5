"""Pending orders: placed, changed and deleted as the master's are, or not placed at all."""

from collections.abc import Mapping

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Order, OrderKind, Position, side_of
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.filters import closes_only
from lockstep_core.decision.modes import is_off, is_trial
from lockstep_core.decision.opening import Draft, draft, may_begin, opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stops import (
    FROZEN_NS,
    CopyPrices,
    Levels,
    at_broker,
    entry_price,
    fitted_to_market,
    is_order_frozen,
    target_levels,
)
from lockstep_core.decision.target import DELETE, AskQuote, Decision, Target, Wait, same_order
from lockstep_core.decision.weekend import rests
from lockstep_core.market.clocks import moment_on_another
from lockstep_core.market.money import Prices, Quote
from lockstep_core.market.symbols import SymbolSpec, in_points
from lockstep_core.rules.rules import Rules, StopsRule
from lockstep_core.skips import Params, Skip, SkipCode
from lockstep_core.units import lots_text
from lockstep_core.wire.enums import Action, Capability

_REVERSED: Mapping[int, int] = {
    OrderKind.BUY_LIMIT: OrderKind.SELL_STOP,
    OrderKind.SELL_LIMIT: OrderKind.BUY_STOP,
    OrderKind.BUY_STOP: OrderKind.SELL_LIMIT,
    OrderKind.SELL_STOP: OrderKind.BUY_LIMIT,
}

_BELOW = frozenset({OrderKind.BUY_LIMIT, OrderKind.SELL_STOP, OrderKind.SELL_STOP_LIMIT})
"""Orders whose price is below the market while they wait."""
_RESERVED = 4
"""One in this many of a day's messages is kept for the stops of open copies."""


def decide_placing(copier: Copier, link: Link, order: Order, context: DecisionContext) -> Decision:
    """Whether the slave gets a pending order where it has nothing yet."""
    if copier.rules.pending.mode != "copy":
        return _not_placed(copier.rules)
    if link.ended or order.over:
        return None
    if not context.slave.capabilities & Capability.ORDERS:
        return Skip(SkipCode.PENDING_IMPOSSIBLE, "pending.mode", {"why": "terminal"})
    blocked = may_begin(copier, link.fresh_since(order.placed_ns), context)
    return _placed(copier, link, order, context) if blocked is None else blocked


def _placed(copier: Copier, link: Link, order: Order, context: DecisionContext) -> Target | Skip | AskQuote:
    found = draft(copier.rules, as_position(order), order.limit or order.price, context, link)
    if isinstance(found, (Skip, AskQuote)):
        return found
    target = _target(Action.PLACE, copier.rules, order, found.spec, context)
    if isinstance(target, Skip):
        return target
    near = _too_close(target, found.spec, context.quote(found.spec.name))
    if near is not None:
        return near
    if is_trial(copier.mode, context.slave.mode, copier.master_mode):
        return _trial(found)
    levels = at_broker(copier.rules.stops, found.levels, _prices(found))
    return msgspec.structs.replace(target, volume=found.lots, sl=levels.sl, tp=levels.tp, exact=found.exact, rest=found.rest)


def _prices(found: Draft) -> CopyPrices:
    """An order's stops are held against the price that it will be filled at."""
    entry = found.opening.entry
    return CopyPrices(found.spec, found.side, entry, Prices(entry, entry))


def _too_close(target: Target, spec: SymbolSpec, quote: Quote | None) -> Skip | None:
    """Whether the market is nearer to an order's price than the broker lets an order be placed. It may go away again."""
    if quote is None or spec.stops_level == 0:
        return None
    away = entry_price(quote, target.side) - target.price
    points = in_points(away if target.order_kind in _BELOW else -away, spec)
    if points >= spec.stops_level:
        return None
    return Skip(SkipCode.ORDER_TOO_CLOSE, "", {"symbol": spec.name, "points": max(points, 0), "limit": spec.stops_level})


def _trial(found: Draft) -> Skip:
    return Skip(
        SkipCode.DRY_RUN, "mode", {"what": "order", "lots": lots_text(found.lots + found.rest), "symbol": found.spec.name}
    )


def decide_working(
    copier: Copier, link: Link, order: Order | None, master: Position | None, slave_order: Order, context: DecisionContext
) -> Decision:
    """What to do about the slave's pending order that is not filled yet."""
    if slave_order.over:
        return None
    if is_off(copier.mode, context.slave.mode, copier.master_mode):
        return _left_alone(order, master)
    if context.halt is not None or not _may_stay(copier, link, slave_order, context):
        return DELETE
    if order is None:
        return _after_masters(copier.rules, link, master)
    if copier.rules.pending.mode != "copy":
        return DELETE
    spec = context.slave.specs.get(slave_order.symbol)
    return None if spec is None else _changed(copier.rules, link, order, slave_order, spec, context)


def decide_rest(
    copier: Copier, link: Link, order: Order | None, master: Position | None, slave_order: Order, context: DecisionContext
) -> Decision:
    """What to do about the rest of the slave's pending order, of which a part is open already.

    Where the master's order is gone, the rest may fill only if all of the master's is still open.
    """
    if order is None and not slave_order.over and not is_off(copier.mode, context.slave.mode, copier.master_mode):
        if context.halt is not None or not _may_stay(copier, link, slave_order, context):
            return DELETE
        whole = master is not None and master.volume >= (link.master_opened or master.opened)
        return None if whole and not opens_when_filled(copier.rules, link) else DELETE
    return None if order is None else decide_working(copier, link, order, master, slave_order, context)


def as_position(order: Order) -> Position:
    """The position a pending order would become."""
    return Position(
        order.ticket,
        order.symbol,
        order.side,
        order.volume,
        order.volume,
        order.sl,
        order.tp,
        order.magic,
        order.comment,
        order.placed_ns,
        order.limit or order.price,
        pending=True,
    )


def with_rest(master: Position, order: Order | None) -> Position:
    """A partly filled position together with what of its order may still fill."""
    if order is None:
        return master
    whole = max(order.volume, master.opened)
    volume = type(master.volume)(master.volume + order.left)
    return msgspec.structs.replace(master, volume=volume, opened=whole)


def is_skipped(rules: Rules, link: Link, master: Position) -> Skip | None:
    """Why a position that came from a pending order, or what such an order added to one, is not opened."""
    pending = link.pending or master.pending
    return _not_placed(rules) if pending and rules.pending.mode == "skip" else None


def _not_placed(rules: Rules) -> Skip:
    if rules.pending.mode == "skip":
        return Skip(SkipCode.PENDING_SKIPPED, "pending.mode", {})
    return Skip(SkipCode.PENDING_WAITS, "pending.mode", {})


def _left_alone(order: Order | None, master: Position | None) -> Decision:
    if order is not None or master is not None:
        return None
    return Skip(SkipCode.COPIER_OFF, "mode", {"left": "order"})


def _after_masters(rules: Rules, link: Link, master: Position | None) -> Decision:
    if master is None or opens_when_filled(rules, link):
        return DELETE
    return None


def opens_when_filled(rules: Rules, link: Link) -> bool:
    """Whether a copy is opened at market, in place of its own order, once the master's order has filled. An order that was
    placed because the opening was late has no such order of the master's.
    """
    return rules.pending.at_market_when_filled and (link.pending or not rules.late_order_ns)


def rests_now(copier: Copier, link: Link, slave_order: Order, context: DecisionContext) -> bool:
    """Whether the symbol of an order is left alone now, so that nothing more of it may be opened."""
    filters = copier.rules.filters
    if filters is not None and filters.close_only and closes_only(filters, link.symbol, slave_order.symbol):
        return True
    return rests(filters, slave_order.symbol, context)


def _may_stay(copier: Copier, link: Link, slave_order: Order, context: DecisionContext) -> bool:
    modes = (copier.mode.value, context.slave.mode.value, copier.master_mode.value)
    return "close_only" not in modes and not rests_now(copier, link, slave_order, context)


def _changed(
    rules: Rules, link: Link, order: Order, slave_order: Order, spec: SymbolSpec, context: DecisionContext
) -> Decision:
    levels, target = _levels_of(rules, order, spec), _target(Action.SET_ORDER, rules, order, spec, context)
    if isinstance(target, Skip):
        return target
    target = msgspec.structs.replace(target, volume=slave_order.volume, sl=levels.sl, tp=levels.tp)
    return as_wanted(rules, link, target, slave_order, spec, context)


def as_wanted(
    rules: Rules, link: Link, target: Target, slave_order: Order, spec: SymbolSpec, context: DecisionContext
) -> Decision:
    """What makes a pending order as it should be, if it may be changed now."""
    if same_order(target, slave_order, spec.digits):
        return None
    if context.slave.messages_today >= rules.stops.messages - rules.stops.messages // _RESERVED:
        params: Params = {"count": context.slave.messages_today, "what": "orders"}
        return Skip(SkipCode.TOO_MANY_MESSAGES, "stops.max_messages_per_day", params)
    if link.stops_ns and context.now_ns < link.stops_ns + rules.stops.interval_ns:
        return Wait(link.stops_ns + rules.stops.interval_ns)
    return Wait(context.now_ns + FROZEN_NS) if is_order_frozen(slave_order, spec, context.quote(spec.name)) else target


def _levels_of(rules: Rules, order: Order, spec: SymbolSpec) -> Levels:
    """The stops of an order, which brokers hold against the price it will be filled at; on the wrong side of it they are
    for the broker to refuse, since the order may have to move all the same.
    """
    master = as_position(order)
    side = opposite(master.side) if rules.reverse else master.side
    copy = CopyPrices(spec, side, master.price, Prices(master.price, master.price))
    return order_levels(rules.stops, master, copy)


def order_levels(rule: StopsRule, master: Position, copy: CopyPrices) -> Levels:
    """The stops of a pending order that is to be like its master's."""
    wanted = target_levels(rule, master, copy)
    return at_broker(rule, wanted, copy) if rule.hidden is not None else fitted_to_market(wanted, copy) or wanted


def _target(action: Action, rules: Rules, order: Order, spec: SymbolSpec, context: DecisionContext) -> Target | Skip:
    kind = _REVERSED.get(order.kind) if rules.reverse else order.kind
    if kind is None:
        return Skip(SkipCode.PENDING_IMPOSSIBLE, "reverse", {"why": "stop_limit"})
    expires = _expiry(rules, order, context)
    if isinstance(expires, Skip):
        return expires
    price, limit = round(order.price, spec.digits), round(order.limit, spec.digits)
    side = side_of(kind)
    return Target(action, spec.name, side=side, price=price, limit=limit, expires_msc=expires, order_kind=kind)


def _expiry(rules: Rules, order: Order, context: DecisionContext) -> int | Skip:
    """The same moment on the slave's broker's clock, with the offsets that both clocks will have then."""
    if not rules.pending.expires or order.expires_msc == 0:
        return 0
    master, slave = context.master.figures, context.slave.figures
    ours = None if slave is None else slave.utc_offset_ms
    theirs = None if master is None else master.utc_offset_ms
    if ours is None or theirs is None:
        return Skip(SkipCode.TIME_UNKNOWN, "pending.copy_expiration", {"needed_for": "expiration"})
    if context.utc_ms is None:
        return order.expires_msc - theirs + ours
    return moment_on_another(order.expires_msc, theirs, ours, context.utc_ms)
