"""Pending orders: placed, changed and deleted as the master's are, or not placed at all."""

from collections.abc import Mapping

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Order, OrderKind, Position
from lockstep_core.decision.context import Scene
from lockstep_core.decision.modes import is_off, is_trial
from lockstep_core.decision.opening import Draft, draft, may_begin, opposite
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stops import FROZEN_NS, Frame, Levels, held_against_market, is_order_frozen, wished_levels
from lockstep_core.decision.target import DELETE, Decision, Wait, Wish, same_order
from lockstep_core.market.money import Figures, Prices
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import lots_text
from lockstep_core.wire.frames import Action, Capability

_REVERSED: Mapping[int, int] = {
    OrderKind.BUY_LIMIT: OrderKind.SELL_STOP,
    OrderKind.SELL_LIMIT: OrderKind.BUY_STOP,
    OrderKind.BUY_STOP: OrderKind.SELL_LIMIT,
    OrderKind.SELL_STOP: OrderKind.BUY_LIMIT,
}


def decide_placing(copier: Copier, link: Link, order: Order, scene: Scene) -> Decision:
    """Whether the slave gets a pending order where it has nothing yet."""
    if copier.rules.pending.mode != "copy":
        return _not_placed(copier.rules)
    if link.ended or order.over:
        return None
    if not scene.slave.capabilities & Capability.ORDERS:
        sentence = "The slave's terminal cannot place pending orders; set pending.mode to `at_market`."
        return Skip(SkipCode.PENDING_IMPOSSIBLE, "pending.mode", sentence)
    barred = may_begin(copier, link.fresh_since(order.placed_ns), scene)
    return _placed(copier, order, scene) if barred is None else barred


def _placed(copier: Copier, order: Order, scene: Scene) -> Wish | Skip:
    found = draft(copier.rules, as_position(order), order.limit or order.price, scene)
    if isinstance(found, Skip):
        return found
    wish = _wish(Action.PLACE, copier.rules, order, found.spec, scene)
    if isinstance(wish, Skip):
        return wish
    if is_trial(copier.mode, scene.slave.mode, copier.master_mode):
        return _trial(found)
    return msgspec.structs.replace(wish, volume=found.lots, sl=found.levels.sl, tp=found.levels.tp)


def _trial(found: Draft) -> Skip:
    sentence = f"Would have placed an order for {lots_text(found.lots)} lots of {found.spec.name}; this copier only tries."
    return Skip(SkipCode.DRY_RUN, "mode", sentence)


def decide_working(
    copier: Copier, link: Link, order: Order | None, master: Position | None, mine: Order, scene: Scene
) -> Decision:
    """What to do about the slave's pending order that is not filled yet."""
    if mine.over:
        return None
    if is_off(copier.mode, scene.slave.mode, copier.master_mode):
        return _left_alone(order, master)
    if scene.halt is not None or not _may_stay(copier, scene):
        return DELETE
    if order is None:
        return _after_masters(copier.rules, master)
    if copier.rules.pending.mode != "copy":
        return DELETE
    spec = scene.slave.specs.get(mine.symbol)
    return None if spec is None else _changed(copier.rules, link, order, mine, spec, scene)


def decide_rest(
    copier: Copier, link: Link, order: Order | None, master: Position | None, mine: Order, scene: Scene
) -> Decision:
    """What to do about the rest of the slave's pending order, of which a part is open already.

    Where the master's order is gone, the rest may fill only if all of the master's is still open.
    """
    if order is None and not mine.over and not is_off(copier.mode, scene.slave.mode, copier.master_mode):
        if scene.halt is not None or not _may_stay(copier, scene):
            return DELETE
        whole = master is not None and master.volume >= (link.master_opened or master.opened)
        return None if whole and not copier.rules.pending.at_market_when_filled else DELETE
    return None if order is None else decide_working(copier, link, order, master, mine, scene)


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
        return Skip(SkipCode.PENDING_SKIPPED, "pending.mode", "This copier does not copy pending orders.")
    sentence = "The master's order is pending; the copy is opened at market when it fills."
    return Skip(SkipCode.PENDING_WAITS, "pending.mode", sentence)


def _left_alone(order: Order | None, master: Position | None) -> Decision:
    if order is not None or master is not None:
        return None
    return Skip(SkipCode.COPIER_OFF, "mode", "Copying is off; the slave's pending order stays though the master's is gone.")


def _after_masters(rules: Rules, master: Position | None) -> Decision:
    if master is None or rules.pending.at_market_when_filled:
        return DELETE
    return None


def _may_stay(copier: Copier, scene: Scene) -> bool:
    modes = (copier.mode.value, scene.slave.mode.value, copier.master_mode.value)
    return "close_only" not in modes


def _changed(rules: Rules, link: Link, order: Order, mine: Order, spec: SymbolSpec, scene: Scene) -> Decision:
    levels, wish = _levels_of(rules, order, spec), _wish(Action.SET_ORDER, rules, order, spec, scene)
    if isinstance(wish, Skip):
        return wish
    wish = msgspec.structs.replace(wish, volume=mine.volume, sl=levels.sl, tp=levels.tp)
    if same_order(wish, mine, spec.digits):
        return None
    if scene.slave.messages_today >= rules.stops.messages:
        sentence = f"{scene.slave.messages_today} orders went to this broker today; orders are left alone until tomorrow."
        return Skip(SkipCode.TOO_MANY_MESSAGES, "stops.max_messages_per_day", sentence)
    if link.stops_ns and scene.now_ns < link.stops_ns + rules.stops.interval_ns:
        return Wait(link.stops_ns + rules.stops.interval_ns)
    return Wait(scene.now_ns + FROZEN_NS) if is_order_frozen(mine, spec, scene.slave.quote(spec.name)) else wish


def _levels_of(rules: Rules, order: Order, spec: SymbolSpec) -> Levels:
    """The stops of an order, which brokers hold against the price it will be filled at; on the wrong side of it they are
    for the broker to refuse, since the order may have to move all the same.
    """
    master = as_position(order)
    side = opposite(master.side) if rules.reverse else master.side
    copy = Frame(spec, side, master.price, Prices(master.price, master.price))
    wished = wished_levels(rules.stops, master, copy)
    return held_against_market(wished, copy) or wished


def _wish(action: Action, rules: Rules, order: Order, spec: SymbolSpec, scene: Scene) -> Wish | Skip:
    kind = _REVERSED.get(order.kind) if rules.reverse else order.kind
    if kind is None:
        sentence = "A stop-limit order has no counterpart on the other side; it cannot be reversed."
        return Skip(SkipCode.PENDING_IMPOSSIBLE, "reverse", sentence)
    expires = _expiry(rules, order, scene.master.figures, scene.slave.figures)
    if isinstance(expires, Skip):
        return expires
    price, limit = round(order.price, spec.digits), round(order.limit, spec.digits)
    return Wish(action, spec.name, side=kind, price=price, limit=limit, expires_msc=expires)


def _expiry(rules: Rules, order: Order, master: Figures | None, slave: Figures | None) -> int | Skip:
    if not rules.pending.expires or order.expires_msc == 0:
        return 0
    ours = None if slave is None else slave.utc_offset_ms
    theirs = None if master is None else master.utc_offset_ms
    if ours is None or theirs is None:
        sentence = "The order expires, and the clocks of both brokers are not known yet."
        return Skip(SkipCode.TIME_UNKNOWN, "pending.copy_expiration", sentence)
    return order.expires_msc - theirs + ours
