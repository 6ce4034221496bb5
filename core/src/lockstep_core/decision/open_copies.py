"""What to do about a slave's position that is open: close it, reduce it, move its stops. Closings are never refused."""

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import Scene
from lockstep_core.decision.economic_news import demands_closing
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.sizing import lots_left
from lockstep_core.decision.stops import FROZEN_NS, Frame, held_against_market, is_frozen, wished_levels
from lockstep_core.decision.target import CLOSE, Decision, Wait, Wish, shows
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.frames import Action


def close_by_rule(copier: Copier, held: Position, scene: Scene) -> Wish | None:
    """A closing that a guard or the news demand, though the master is still in."""
    if scene.halt is not None and scene.halt.closes:
        return Wish(Action.CLOSE, why=SkipCode.GUARD)
    filters, spec = copier.rules.filters, scene.slave.specs.get(held.symbol)
    if filters is None or filters.news is None or spec is None or scene.utc_ms is None:
        return None
    item = demands_closing(filters.news, scene.news, spec, scene.utc_ms)
    return None if item is None else Wish(Action.CLOSE, why=SkipCode.NEWS)


def follow_volume(link: Link, master: Position, held: Position, scene: Scene) -> Wish | None:
    """The reduction that keeps the share the slave began with; a rest below the broker's minimum is closed."""
    opened, master_opened = max(link.opened, held.opened), link.master_opened or master.opened
    if master.volume >= master_opened and held.volume <= opened:
        return None
    spec = scene.slave.specs.get(held.symbol)
    left = lots_left(opened, master.volume, master_opened, 1 if spec is None else spec.volume_step)
    if left >= held.volume:
        return None
    if left <= 0 or (spec is not None and left < spec.volume_min):
        return CLOSE
    return Wish(Action.SET_VOLUME, held.symbol, left, side=held.side)


def follow_stops(copier: Copier, link: Link, master: Position, held: Position, scene: Scene) -> Decision:
    """The stops the copy should have now, if they may be changed now."""
    spec = scene.slave.specs.get(held.symbol)
    if spec is None or not copier.rules.stops.are_followed:
        return None
    copy = Frame(spec, held.side, held.price or master.price, scene.slave.quote(held.symbol))
    wished = wished_levels(copier.rules.stops, master, copy)
    wish = Wish(Action.SET_STOPS, held.symbol, held.volume, wished.sl, wished.tp, held.side)
    if shows(wish, held, spec.digits):
        return None
    levels = held_against_market(wished, copy)
    if levels is None:
        sentence = f"{held.symbol} is beyond the master's new stop already; the copy keeps the stops it has."
        return Skip(SkipCode.STOP_PASSED, "stops", sentence)
    wish = msgspec.structs.replace(wish, sl=levels.sl, tp=levels.tp)
    if shows(wish, held, spec.digits):
        return None
    return _unless_held_back(copier, link, master, held, copy, wish, scene)


def _unless_held_back(
    copier: Copier, link: Link, master: Position, held: Position, copy: Frame, wish: Wish, scene: Scene
) -> Decision:
    rule, limit_ns = copier.rules.stops, copier.rules.max_modify_age_ns
    if scene.slave.messages_today >= rule.messages:
        sentence = f"{scene.slave.messages_today} orders went to this broker today; stops are left alone until tomorrow."
        return Skip(SkipCode.TOO_MANY_MESSAGES, "stops.max_messages_per_day", sentence)
    if limit_ns is not None and scene.now_ns - max(master.stops_ns, held.opened_ns) > limit_ns:
        sentence = f"The master's stops changed more than {limit_ns // 1_000_000} ms ago; this copier leaves that to you."
        return Skip(SkipCode.CHANGE_TOO_OLD, "max_modify_age_ms", sentence)
    if link.stops_ns and scene.now_ns < link.stops_ns + rule.interval_ns:
        return Wait(link.stops_ns + rule.interval_ns)
    return Wait(scene.now_ns + FROZEN_NS) if is_frozen(held, copy) else wish
