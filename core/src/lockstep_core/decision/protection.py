"""What a copy does by itself about its stop loss: to its entry once it is in profit, and after the price (ADR 33).

What was reached is read from the stop loss that the copy has: one at the entry or in profit is never moved back. So nothing
has to be remembered beside it, and in one situation the same is decided each time.
"""

from math import ceil, floor, inf

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.stop_timing import is_newer, not_now, too_old
from lockstep_core.decision.stops import FROZEN_NS, CopyPrices, Levels, fitted_to_market, target_levels
from lockstep_core.decision.target import Decision, Target, Wait, shows
from lockstep_core.market.symbols import on_tick, same_price
from lockstep_core.rules.rules import ProtectRule, Rules
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.enums import Action, Side

_SLACK = 1e-6
"""Points that are lost where prices are reckoned in floats."""


def follow_protected(
    copier: Copier,
    link: Link,
    rule: ProtectRule,
    master: Position | None,
    slave_position: Position,
    copy: CopyPrices,
    context: DecisionContext,
) -> Decision:
    """The stops of a copy that protects itself, if its broker holds them. `master` None: the master is offline."""
    present = Levels(slave_position.sl, slave_position.tp)
    wanted, skip = wanted_levels(copier, rule, master, slave_position, present, copy, context)
    target = Target(
        Action.SET_STOPS, slave_position.symbol, slave_position.volume, wanted.sl, wanted.tp, slave_position.side
    )
    if shows(target, slave_position, copy.spec.digits):
        return skip
    levels = fitted_to_market(wanted, copy)
    if levels is None:
        return passed(copy)
    if _is_won(present.sl, copy) and _tighter(levels.sl, present.sl, copy) != levels.sl:
        # Only further out would the broker take another take profit now.
        return Wait(context.now_ns + FROZEN_NS)
    target = Target(
        Action.SET_STOPS, slave_position.symbol, slave_position.volume, levels.sl, levels.tp, slave_position.side
    )
    if shows(target, slave_position, copy.spec.digits):
        return skip
    return not_now(copier.rules, link, slave_position, copy, context) or target


def wanted_levels(
    copier: Copier,
    rule: ProtectRule,
    master: Position | None,
    slave_position: Position,
    present: Levels,
    copy: CopyPrices,
    context: DecisionContext,
) -> tuple[Levels, Skip | None]:
    """The stops that a copy should have: the tighter of its master's and its own. `present` are those that it has now. The
    reason says why the master's were left out, None where they were not.
    """
    rules = copier.rules
    masters = _masters(rules, master, slave_position, present, copy, context)
    risk = _risk_of(rules, master, present, copy)
    own = _protected(rule, present, present, risk, copy)
    wanted = _protected(rule, masters, present, risk, copy)
    if master is None or _are_same(wanted, own, copy):
        return own, None
    blocked = too_old(rules, master, slave_position, context)
    if blocked is None and fitted_to_market(wanted, copy) is None:
        blocked = passed(copy)
    return (wanted, None) if blocked is None else (own, blocked)


def next_move(rule: ProtectRule, rules: Rules, master: Position | None, present: Levels, copy: CopyPrices) -> float:
    """The price from which a copy's own stop loss is to be moved again; 0.0 where no price does that."""
    if copy.entry <= 0:
        return 0.0
    half = _tick(copy) / 2
    beyond = _points(present.sl, copy) + half if present.sl > 0 else -inf
    even_from = _even_from(rule, _risk_of(rules, master, present, copy), copy)
    due = [even_from] if even_from and rule.even_offset > beyond else []
    if rule.trail_by:
        steps = max(_first_step(rule, copy), _steps_above(beyond, rule, copy))
        due.append(rule.trail_after + steps * _step(rule, copy))
    return _price(min(due), copy) if due else 0.0


def passed(copy: CopyPrices) -> Skip:
    """The market is beyond a stop that is to be set."""
    return Skip(SkipCode.STOP_PASSED, "stops", {"what": "change", "symbol": copy.spec.name})


def _masters(
    rules: Rules,
    master: Position | None,
    slave_position: Position,
    present: Levels,
    copy: CopyPrices,
    context: DecisionContext,
) -> Levels:
    """The stops that a copy's master makes; those that it has where these are left alone."""
    if master is None or not rules.stops.are_followed:
        return present
    at_broker = not context.slave.book.netting and rules.stops.hidden is None
    if at_broker and rules.stops.leaves_changed and not is_newer(master, slave_position, context.now_ns):
        return present
    return target_levels(rules.stops, master, copy)


def _risk_of(rules: Rules, master: Position | None, present: Levels, copy: CopyPrices) -> int:
    """How many points a copy risks: from its entry to its master's stop loss, or to its own where that is not known; 0 where
    it risks nothing.
    """
    sl = 0.0 if master is None or not rules.stops.are_followed else target_levels(rules.stops, master, copy).sl
    sl = sl or present.sl
    return max(0, round(-_points(sl, copy))) if sl > 0 else 0


def _protected(rule: ProtectRule, wanted: Levels, present: Levels, risk: int, copy: CopyPrices) -> Levels:
    """Wanted stops with the stop loss that was reached already, or is now, where that is tighter."""
    if copy.entry <= 0:
        return Levels(_tighter(wanted.sl, present.sl, copy), wanted.tp)
    sl = _tighter(wanted.sl, present.sl, copy) if _is_won(present.sl, copy) else wanted.sl
    return Levels(_tighter(sl, _reached(rule, risk, copy), copy), wanted.tp)


def _reached(rule: ProtectRule, risk: int, copy: CopyPrices) -> float:
    """The stop loss that the market's price brings about now; 0.0 for none."""
    if copy.quote is None:
        return 0.0
    profit = floor(_points(copy.quote.ask if copy.side == Side.SELL else copy.quote.bid, copy) + _SLACK)
    even_from = _even_from(rule, risk, copy)
    found = [rule.even_offset] if even_from and profit >= even_from else []
    if rule.trail_by and profit >= rule.trail_after:
        steps = (profit - rule.trail_after) // _step(rule, copy)
        if steps >= _first_step(rule, copy):
            found.append(_trailed(rule, steps, copy))
    return on_tick(_price(max(found), copy), copy.spec) if found else 0.0


def _even_from(rule: ProtectRule, risk: int, copy: CopyPrices) -> int:
    """The profit from which the stop loss is moved to the entry; 0 for never. The broker must have room for it."""
    due = rule.even_points or ceil(rule.even_risk * risk)
    return max(due, rule.even_offset + _nearest(copy)) if due else 0


def _trailed(rule: ProtectRule, steps: int, copy: CopyPrices) -> int:
    """The profit that a trailing stop keeps after a number of steps."""
    return rule.trail_after + steps * _step(rule, copy) - max(rule.trail_by, _nearest(copy))


def _first_step(rule: ProtectRule, copy: CopyPrices) -> int:
    """The first step at which a trailing stop loses nothing. Only a broker's distance can make that a later one."""
    return max(0, -(_trailed(rule, 0, copy) // _step(rule, copy)))


def _steps_above(won: float, rule: ProtectRule, copy: CopyPrices) -> int:
    """How many steps it takes to keep more than a profit."""
    return 0 if won == -inf else max(0, floor((won - _trailed(rule, 0, copy)) / _step(rule, copy)) + 1)


def _step(rule: ProtectRule, copy: CopyPrices) -> int:
    return max(rule.trail_step, ceil(_tick(copy) - _SLACK))


def _nearest(copy: CopyPrices) -> int:
    """How far behind the market the broker takes a stop, in points."""
    spec = copy.spec
    return spec.stops_level + (ceil(_tick(copy) / 2) if spec.stops_level and spec.tick else 0)


def _tick(copy: CopyPrices) -> float:
    """The step of prices, in points."""
    return max(1.0, copy.spec.tick / copy.spec.point)


def _points(price: float, copy: CopyPrices) -> float:
    """How many points in profit a copy is at a price."""
    points = (price - copy.entry) / copy.spec.point
    return -points if copy.side == Side.SELL else points


def _price(points: float, copy: CopyPrices) -> float:
    distance = points * copy.spec.point
    return copy.entry - distance if copy.side == Side.SELL else copy.entry + distance


def _is_won(level: float, copy: CopyPrices) -> bool:
    """Whether a stop loss is at the entry or in profit, as exactly as the broker's prices are."""
    return level > 0 and _points(level, copy) >= -_tick(copy) / 2 - _SLACK


def _tighter(one: float, other: float, copy: CopyPrices) -> float:
    """The stop loss that the price comes to first; 0.0 is none."""
    if one <= 0 or other <= 0:
        return one if other <= 0 else other
    return min(one, other) if copy.side == Side.SELL else max(one, other)


def _are_same(one: Levels, other: Levels, copy: CopyPrices) -> bool:
    return same_price(one.sl, other.sl, copy.spec.digits) and same_price(one.tp, other.tp, copy.spec.digits)
