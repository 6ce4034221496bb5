"""Stops that are hidden from the broker: the router watches the price and closes the copy (ADR 33).

The stops that a copy wants are noted, as for a trade of a netting account (`lockstep_core.decision.net_stops`). Its broker
holds at most a disaster stop.
"""

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.protection import passed, wanted_levels
from lockstep_core.decision.stop_timing import is_newer, not_now, too_old
from lockstep_core.decision.stops import (
    NO_LEVELS,
    CopyPrices,
    HiddenLevels,
    Levels,
    fitted_to_market,
    hidden_levels,
    target_levels,
)
from lockstep_core.decision.target import Decision, NoteStops, Target, shows
from lockstep_core.market.symbols import same_price
from lockstep_core.skips import Skip
from lockstep_core.wire.enums import Action


def follow_hidden(
    copier: Copier, link: Link, master: Position | None, slave_position: Position, copy: CopyPrices, context: DecisionContext
) -> Decision:
    """The hidden stops of a copy that has a position of its own: noted first, then the broker gets what it may see."""
    rules, noted = copier.rules, context.slave.stops.get(link.id)
    wanted, skip = own_stops(copier, master, slave_position, noted, copy, context)
    if noted is None or not is_noted(noted, wanted, copy.spec.digits):
        return NoteStops(wanted)
    if rules.stops.leaves_changed and (master is None or not is_newer(master, slave_position, context.now_ns)):
        return skip
    shown = Levels(broker_levels(wanted).sl, 0.0 if rules.stops.are_followed else slave_position.tp)
    fitted = fitted_to_market(shown, copy)
    if fitted is None:
        return passed(copy)
    head = (slave_position.symbol, slave_position.volume, fitted.sl, fitted.tp, slave_position.side)
    target = Target(Action.SET_STOPS, *head)
    if shows(target, slave_position, copy.spec.digits):
        return skip
    return not_now(rules, link, slave_position, copy, context) or target


def own_stops(
    copier: Copier,
    master: Position | None,
    slave_position: Position,
    noted: Levels | None,
    copy: CopyPrices,
    context: DecisionContext,
) -> tuple[Levels, Skip | None]:
    """The stops that a copy should have if it protects itself or hides them, and why its master's stops are not followed.
    `noted`: its present stops.
    """
    rule, present = copier.rules.stops, noted
    if present is None:
        # A hidden stop is carried out, though the market went beyond it before it could be noted.
        is_sure = master is not None and rule.hidden is not None and rule.are_followed
        present = target_levels(rule, master, copy) if master is not None and is_sure else NO_LEVELS
    if rule.protect is not None:
        wanted, skip = wanted_levels(copier, rule.protect, master, slave_position, present, copy, context)
    else:
        wanted, skip = _masters(copier, master, slave_position, present, copy, context)
    return (wanted if rule.hidden is None else hidden_levels(rule, wanted, copy)), skip


def is_noted(noted: Levels, wanted: Levels, digits: int) -> bool:
    """Whether just these stops are noted, hidden or not."""
    if isinstance(noted, HiddenLevels) is not isinstance(wanted, HiddenLevels):
        return False
    pairs = ((noted.sl, wanted.sl), (noted.tp, wanted.tp), (broker_levels(noted).sl, broker_levels(wanted).sl))
    return all(same_price(a, b, digits) for a, b in pairs)


def broker_levels(levels: Levels) -> Levels:
    """What of a trade's stops its broker may hold."""
    return Levels(levels.shown, 0.0) if isinstance(levels, HiddenLevels) else levels


def _masters(
    copier: Copier,
    master: Position | None,
    slave_position: Position,
    present: Levels,
    copy: CopyPrices,
    context: DecisionContext,
) -> tuple[Levels, Skip | None]:
    if master is None or not copier.rules.stops.are_followed:
        return present, None
    wanted, digits = target_levels(copier.rules.stops, master, copy), copy.spec.digits
    if same_price(wanted.sl, present.sl, digits) and same_price(wanted.tp, present.tp, digits):
        return wanted, None
    blocked = too_old(copier.rules, master, slave_position, context)
    if blocked is None and fitted_to_market(wanted, copy) is None:
        blocked = passed(copy)
    return (wanted, None) if blocked is None else (present, blocked)
