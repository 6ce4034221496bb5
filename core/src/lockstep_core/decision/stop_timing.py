"""When a broker's stops may be changed: not too often, not too late, and not inside the broker's freeze."""

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.stops import FROZEN_NS, CopyPrices, is_frozen
from lockstep_core.decision.target import Wait
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Params, Skip, SkipCode

SETTLING_NS = 10_000_000_000
"""How long after its opening a copy's stops are corrected for its own entry price."""


def is_newer(master: Position, slave_position: Position, now_ns: int) -> bool:
    """Whether the master's stops changed after the copy's did. Shortly after the opening also True, because the copy's first
    stops are corrected for its own entry price.
    """
    if slave_position.stops_ns == 0 and now_ns - slave_position.opened_ns < SETTLING_NS:
        return True
    return master.stops_ns > slave_position.stops_ns


def too_many(rules: Rules, context: DecisionContext) -> Skip | None:
    """Whether the day's orders to the broker have reached the number from which stops are left alone."""
    if context.slave.messages_today < rules.stops.messages:
        return None
    params: Params = {"count": context.slave.messages_today, "what": "stops"}
    return Skip(SkipCode.TOO_MANY_MESSAGES, "stops.max_messages_per_day", params)


def too_old(rules: Rules, master: Position, slave_position: Position, context: DecisionContext) -> Skip | None:
    """Whether the master's change is older than the copier follows."""
    limit_ns = rules.max_modify_age_ns
    if limit_ns is None or context.now_ns - max(master.stops_ns, slave_position.opened_ns) <= limit_ns:
        return None
    return Skip(SkipCode.CHANGE_TOO_OLD, "max_modify_age_ms", {"limit_ms": limit_ns // 1_000_000})


def paused(rules: Rules, link: Link, position: Position, copy: CopyPrices, context: DecisionContext) -> Wait | None:
    """Until when another change is blocked: by the last change, or by the broker's freeze of the position at the market."""
    if link.stops_ns and context.now_ns < link.stops_ns + rules.stops.interval_ns:
        return Wait(link.stops_ns + rules.stops.interval_ns)
    return Wait(context.now_ns + FROZEN_NS) if is_frozen(position, copy) else None


def not_now(rules: Rules, link: Link, position: Position, copy: CopyPrices, context: DecisionContext) -> Skip | Wait | None:
    """Why the stops of a position are not changed at this moment."""
    return too_many(rules, context) or paused(rules, link, position, copy, context)
