"""The decision on one link: which state the slave's side should be brought to, or why not.

It compares states and knows no events, so it may be asked at any time and as often as one likes: after a deal, after a
reconnect, after a restart. In the same situation it decides the same; once its target
shows in the slave's book it has none.
"""

from lockstep_core.books.links import Link
from lockstep_core.books.mt4 import magic_of
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.close_order import in_order
from lockstep_core.decision.closing_steps import next_step
from lockstep_core.decision.context import DecisionContext, SlaveView
from lockstep_core.decision.late_orders import follow_late, place_late
from lockstep_core.decision.least_holding import too_young
from lockstep_core.decision.modes import is_off, is_trial
from lockstep_core.decision.net_stops import close_stopped
from lockstep_core.decision.netting import as_net
from lockstep_core.decision.open_copies import close_by_rule, follow_stops, follow_volume
from lockstep_core.decision.opening import Draft, draft, may_begin, whole_of
from lockstep_core.decision.order_parts import is_of_order
from lockstep_core.decision.pending_orders import (
    decide_placing,
    decide_rest,
    decide_working,
    is_skipped,
    rests_now,
    with_rest,
)
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stops import CopyPrices, at_broker
from lockstep_core.decision.target import CLOSE, DELETE, REQUESTED_CLOSE, Decision, NoteStops, Target
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import lots_text
from lockstep_core.wire.enums import Action, Capability

_OPEN = Action.OPEN
"""Read once: to find a member of an enum by its name costs several times what a call does, and every trade passes here."""


def decide(
    copier: Copier, link: Link, master: Position | None, context: DecisionContext, order: Order | None = None
) -> Decision:
    """What to do about a link whose master has `master` open (None: nothing) and `order` pending now.

    One target at a time, the most important first. `master` is a tranche as `lockstep_core.books.book.followed` returns it.
    """
    book = context.slave.book
    if link.id in book.doubted:
        return doubt(link)
    slave_position = book.by_magic.get(link.id)
    if link.part and order is not None and not is_of_order(link, order):
        # What an order has filled so far is copied in parts; the order itself is copied by the first alone.
        order = None
    return _possible(_decide(copier, link, master, order, slave_position, context), slave_position, context.slave)


def decide_alone(copier: Copier, link: Link, context: DecisionContext) -> Decision:
    """What to do about a link while its master is offline: only closings that its user, a guard or economic news demand."""
    if link.id in context.slave.book.doubted:
        return doubt(link)
    slave_position = context.slave.book.by_magic.get(link.id)
    return _possible(_decide_alone(copier, link, slave_position, context), slave_position, context.slave)


def doubt(link: Link) -> Skip:
    """Nobody can tell which of an MT4 slave's orders is the link's: a person must look."""
    return Skip(SkipCode.IDENTITY_UNKNOWN, "", {"symbol": link.slave_symbol or link.symbol, "magic": str(magic_of(link.id))})


def _possible(decision: Decision, slave_position: Position | None, slave: SlaveView) -> Decision:
    if not isinstance(decision, Target):
        return decision
    book = slave.book
    if slave_position is not None:
        spec = slave.specs.get(slave_position.symbol)
        if spec is not None and slave_position.volume > spec.volume_max:
            decision = next_step(decision, slave_position, spec)
    if not book.netting:
        return in_order(decision, slave_position, book) if slave.closes_in_order else decision
    if not slave.capabilities & Capability.NET:
        return _without_net(decision)
    return as_net(decision, slave_position, slave)


def _without_net(target: Target) -> Target | Skip:
    if target.action != Action.OPEN:
        return target
    return Skip(SkipCode.NETTING_IMPOSSIBLE, "", {})


def _decide(
    copier: Copier,
    link: Link,
    master: Position | None,
    order: Order | None,
    slave_position: Position | None,
    context: DecisionContext,
) -> Decision:
    slave_order = context.slave.book.orders_by_magic.get(link.id)
    if link.flat:
        return _flattened(slave_position, slave_order)
    if slave_position is not None and link.stopped_ns:
        return close_stopped(link, slave_position, context)
    if slave_position is not None:
        rest = None if slave_order is None else decide_rest(copier, link, order, master, slave_order, context)
        return _follow(copier, link, master, order, slave_position, rest, context)
    if slave_order is not None:
        return _working(copier, link, master, order, slave_order, context)
    if master is not None and (order is None or not link.part):
        return None if link.ended else _open(copier, link, master, order, context)
    return None if order is None else decide_placing(copier, link, order, context)


def _decide_alone(copier: Copier, link: Link, slave_position: Position | None, context: DecisionContext) -> Decision:
    slave_order = context.slave.book.orders_by_magic.get(link.id)
    if link.flat:
        return _flattened(slave_position, slave_order)
    if slave_position is not None and link.stopped_ns:
        return close_stopped(link, slave_position, context)
    if is_off(copier.mode, context.slave.mode, copier.master_mode):
        return None
    if slave_position is not None:
        closing = close_by_rule(copier, slave_position, context)
        if closing is not None or not copier.rules.stops.acts_alone:
            return closing
        return follow_stops(copier, link, None, slave_position, context)
    return None if slave_order is None else _order_alone(copier, link, slave_order, context)


def _order_alone(copier: Copier, link: Link, slave_order: Order, context: DecisionContext) -> Target | None:
    return DELETE if context.halt is not None or rests_now(copier, link, slave_order, context) else None


def _flattened(slave_position: Position | None, slave_order: Order | None) -> Target | None:
    return REQUESTED_CLOSE if slave_position is not None else None if slave_order is None else DELETE


def _working(
    copier: Copier,
    link: Link,
    master: Position | None,
    order: Order | None,
    slave_order: Order,
    context: DecisionContext,
) -> Decision:
    if copier.rules.late_order_ns and master is not None and (order is None or copier.rules.pending.mode != "copy"):
        return follow_late(copier, link, master, slave_order, context)
    return decide_working(copier, link, order, master, slave_order, context)


def _follow(
    copier: Copier,
    link: Link,
    master: Position | None,
    order: Order | None,
    slave_position: Position,
    rest: Decision,
    context: DecisionContext,
) -> Decision:
    target = _wanted(copier, link, master, order, slave_position, rest, context)
    if is_off(copier.mode, context.slave.mode, copier.master_mode) and isinstance(target, (Target, NoteStops)):
        return Skip(SkipCode.COPIER_OFF, "mode", {"left": "position"})
    return target


def _wanted(
    copier: Copier,
    link: Link,
    master: Position | None,
    order: Order | None,
    slave_position: Position,
    rest: Decision,
    context: DecisionContext,
) -> Decision:
    """What to do about a copy that is open. `rest`: what to do about its pending order, if only a part of that was filled.
    That goes before stops, because it may still become lots.
    """
    demanded = close_by_rule(copier, slave_position, context)
    if demanded is not None:
        return demanded
    young = too_young(copier, slave_position, context) if copier.rules.shortest_ns else None
    if master is None:
        return _closing(copier, link, slave_position, young, context) if order is None else rest
    whole = with_rest(master, order)
    reduced = follow_volume(copier.rules.rounding, link, whole, slave_position, context)
    held = None if reduced is None else young
    if (reduced is not None and held is None) or isinstance(rest, Target):
        return (None if held else reduced) or rest
    stops = follow_stops(copier, link, whole, slave_position, context)
    return stops if isinstance(stops, Target) else rest or held or stops


def _closing(copier: Copier, link: Link, slave_position: Position, young: Skip | None, context: DecisionContext) -> Decision:
    """The master has closed. A copy that is held for its least time still moves its own stops."""
    if young is None or not copier.rules.stops.acts_alone:
        return young or CLOSE
    stops = follow_stops(copier, link, None, slave_position, context)
    return stops if isinstance(stops, (Target, NoteStops)) else young


def _open(copier: Copier, link: Link, master: Position, order: Order | None, context: DecisionContext) -> Decision:
    rules = copier.rules
    whole = whole_of(rules, link, master, context) if link.part else None
    if whole is not None:
        return whole
    blocked = may_begin(copier, link.fresh_since(master.fresh_ns), context) or is_skipped(rules, link, master)
    if blocked is not None:
        return blocked
    found = draft(rules, master, 0.0, context, link)
    if not isinstance(found, Draft):
        return place_late(copier, link, master, order, found, context) if rules.late_order_ns else found
    if is_trial(copier.mode, context.slave.mode, copier.master_mode):
        params = {"what": "position", "lots": lots_text(found.lots + found.rest), "symbol": found.spec.name}
        return Skip(SkipCode.DRY_RUN, "mode", params)
    name, stops = found.spec.name, found.levels
    if rules.stops.hidden is not None:
        stops = at_broker(rules.stops, stops, CopyPrices(found.spec, found.side, found.opening.entry, context.quote(name)))
    rest, exact, limits = found.rest, found.exact, found.limits
    return Target(_OPEN, name, found.lots, stops.sl, stops.tp, found.side, limits=limits, exact=exact, rest=rest)
