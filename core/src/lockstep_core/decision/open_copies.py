"""What to do about a slave's position that is open: close it, reduce it, move its stops. Closings are never refused."""

import msgspec

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.economic_news import demands_closing
from lockstep_core.decision.hidden_stops import follow_hidden
from lockstep_core.decision.net_stops import follow_net_stops
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.protection import follow_protected
from lockstep_core.decision.reducing import kept_lots
from lockstep_core.decision.rounding import right_lots
from lockstep_core.decision.stop_timing import is_newer, paused, too_many, too_old
from lockstep_core.decision.stops import CopyPrices, fitted_to_market, target_levels
from lockstep_core.decision.target import CLOSE, LIFE_OVER, Decision, Target, shows
from lockstep_core.decision.weekend import rests
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import RoundingRule
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action

_CLOSE, _SET_VOLUME, _SET_STOPS = Action.CLOSE, Action.SET_VOLUME, Action.SET_STOPS


def close_by_rule(copier: Copier, slave_position: Position, context: DecisionContext) -> Target | None:
    """A closing that a guard, the weekend, the news or its age demand, though the master is still in."""
    rules, halt, utc_ms = copier.rules, context.halt, context.utc_ms
    if halt is not None and halt.closes:
        return Target(_CLOSE, why=SkipCode.GUARD)
    longest_ns, filters, symbol = rules.longest_ns, rules.filters, slave_position.symbol
    if longest_ns and context.now_ns >= slave_position.opened_ns + longest_ns:
        return Target(_CLOSE, why=LIFE_OVER)
    if (filters is None and not context.weekends) or utc_ms is None:
        return None
    if rests(filters, symbol, context):
        return Target(_CLOSE, why=SkipCode.WEEKEND)
    news = None if filters is None else filters.news
    spec = None if news is None or news.close_ms is None else context.slave.specs.get(symbol)
    item = None if news is None or spec is None else demands_closing(news, context.news, spec, utc_ms)
    return None if item is None else Target(_CLOSE, why=SkipCode.NEWS)


def follow_volume(
    rule: RoundingRule, link: Link, master: Position, slave_position: Position, context: DecisionContext
) -> Target | None:
    """The reduction that keeps the copy's ratio, as far as the broker takes it."""
    sized = link.master_opened or master.opened
    if master.volume >= sized:
        return None
    spec, symbol = context.slave.specs.get(slave_position.symbol), slave_position.symbol
    exact = link.exact if link.exact[0] else (max(link.opened, slave_position.opened), 1)
    # The newest part is closed first, or the oldest where the broker closes in that order alone.
    kept_first = link.beside - link.before if context.slave.closes_in_order else link.before
    right = right_lots(exact, master.volume, sized, 1 if spec is None else spec.volume_step, rule) - kept_first
    if kept_first and right <= 0:
        # The parts that are kept first have all that is right.
        return CLOSE
    # What is too small for a part is no rest of the trade: other parts are kept.
    closes_rest = rule.closes_rest and not kept_first
    kept = right if spec is None else kept_lots(right, slave_position.volume, spec, closes_rest)
    if kept >= slave_position.volume:
        return None
    return Target(_SET_VOLUME, symbol, Lots(kept), side=slave_position.side) if kept else CLOSE


def follow_stops(
    copier: Copier, link: Link, master: Position | None, slave_position: Position, context: DecisionContext
) -> Decision:
    """The stops that the copy should have now, if they may be changed now. `master` None: the master is offline, and the
    copy follows only its own rules.
    """
    spec = context.slave.specs.get(slave_position.symbol)
    if spec is None:
        return None
    if context.slave.book.netting:
        return follow_net_stops(copier, link, master, slave_position, spec, context)
    if copier.rules.stops.acts_alone:
        return _follow_alone(copier, link, master, slave_position, spec, context)
    if master is None or not copier.rules.stops.are_followed:
        return None
    return _own_stops(copier, link, master, slave_position, spec, context)


def _follow_alone(
    copier: Copier,
    link: Link,
    master: Position | None,
    slave_position: Position,
    spec: SymbolSpec,
    context: DecisionContext,
) -> Decision:
    """The stops of a copy that hides them or protects itself."""
    copy, rule = CopyPrices(spec, slave_position.side, slave_position.price, context.quote(spec.name)), copier.rules.stops
    if rule.hidden is not None or rule.protect is None:
        return follow_hidden(copier, link, master, slave_position, copy, context)
    return follow_protected(copier, link, rule.protect, master, slave_position, copy, context)


def _own_stops(
    copier: Copier, link: Link, master: Position, slave_position: Position, spec: SymbolSpec, context: DecisionContext
) -> Decision:
    copy = CopyPrices(spec, slave_position.side, slave_position.price or master.price, context.quote(slave_position.symbol))
    wanted = target_levels(copier.rules.stops, master, copy)
    target = Target(_SET_STOPS, slave_position.symbol, slave_position.volume, wanted.sl, wanted.tp, slave_position.side)
    if shows(target, slave_position, spec.digits):
        return None
    if copier.rules.stops.leaves_changed and not is_newer(master, slave_position, context.now_ns):
        return None
    levels = fitted_to_market(wanted, copy)
    if levels is None:
        return Skip(SkipCode.STOP_PASSED, "stops", {"what": "change", "symbol": slave_position.symbol})
    target = msgspec.structs.replace(target, sl=levels.sl, tp=levels.tp)
    if shows(target, slave_position, spec.digits):
        return None
    rules = copier.rules
    blocked = too_many(rules, context) or too_old(rules, master, slave_position, context)
    return blocked or paused(rules, link, slave_position, copy, context) or target
