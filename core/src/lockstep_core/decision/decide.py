"""The decision on one link: which state the slave's side should be brought to, or why not.

It compares states and knows no events, so it may be asked at any time and as often as one likes: after a deal, after a
reconnect, after a restart. Asked in the same situation it gives the same answer; once its wish shows in the slave's book it
has none.
"""

from lockstep_core.books.links import Link
from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.context import Scene, SlaveView
from lockstep_core.decision.modes import is_off, is_trial
from lockstep_core.decision.netting import as_net
from lockstep_core.decision.open_copies import close_by_rule, follow_stops, follow_volume
from lockstep_core.decision.opening import draft, may_begin
from lockstep_core.decision.pending_orders import decide_placing, decide_rest, decide_working, is_skipped, with_rest
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import ASKED_CLOSE, CLOSE, DELETE, Decision, Wait, Wish, shows
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import lots_text
from lockstep_core.wire.frames import Action, Capability

__all__ = ["CLOSE", "Decision", "Scene", "SlaveView", "Wait", "Wish", "decide", "decide_alone", "shows"]


def decide(copier: Copier, link: Link, master: Position | None, scene: Scene, order: Order | None = None) -> Decision:
    """What to do about a link whose master has `master` open (None: nothing) and `order` pending now.

    One wish at a time, weightiest first. `master` is a leg as `lockstep_core.books.book.followed` gives it.
    """
    held = scene.slave.book.by_magic.get(link.id)
    return _possible(_decide(copier, link, master, order, held, scene), held, scene)


def decide_alone(copier: Copier, link: Link, scene: Scene) -> Decision:
    """What to do about a link of whose master nothing is known now: only what its user, a guard or the news have closed."""
    held = scene.slave.book.by_magic.get(link.id)
    return _possible(_decide_alone(copier, link, held, scene), held, scene)


def _possible(decision: Decision, held: Position | None, scene: Scene) -> Decision:
    book = scene.slave.book
    if not book.netting or not isinstance(decision, Wish):
        return decision
    return as_net(decision, held, book) if scene.slave.capabilities & Capability.NET else _without_net(decision)


def _without_net(wish: Wish) -> Wish | Skip:
    if wish.action != Action.OPEN:
        return wish
    sentence = "The slave's account has one position per symbol, which its terminal's programs cannot copy to."
    return Skip(SkipCode.NETTING_IMPOSSIBLE, "", sentence)


def _decide(
    copier: Copier, link: Link, master: Position | None, order: Order | None, held: Position | None, scene: Scene
) -> Decision:
    mine = scene.slave.book.orders_by_magic.get(link.id)
    if link.flat:
        return _flattened(held, mine)
    if held is not None:
        rest = None if mine is None else decide_rest(copier, link, order, master, mine, scene)
        return _follow(copier, link, master, order, held, rest, scene)
    if mine is not None:
        return decide_working(copier, link, order, master, mine, scene)
    if master is not None:
        return None if link.ended else _open(copier, link, master, scene)
    return None if order is None else decide_placing(copier, link, order, scene)


def _decide_alone(copier: Copier, link: Link, held: Position | None, scene: Scene) -> Decision:
    mine = scene.slave.book.orders_by_magic.get(link.id)
    if link.flat:
        return _flattened(held, mine)
    if is_off(copier.mode, scene.slave.mode, copier.master_mode):
        return None
    if held is not None:
        return close_by_rule(copier, held, scene)
    return None if mine is None or scene.halt is None else DELETE


def _flattened(held: Position | None, mine: Order | None) -> Wish | None:
    return ASKED_CLOSE if held is not None else None if mine is None else DELETE


def _follow(
    copier: Copier,
    link: Link,
    master: Position | None,
    order: Order | None,
    held: Position,
    rest: Decision,
    scene: Scene,
) -> Decision:
    wish = _wanted(copier, link, master, order, held, rest, scene)
    if is_off(copier.mode, scene.slave.mode, copier.master_mode) and isinstance(wish, Wish):
        return Skip(SkipCode.COPIER_OFF, "mode", "Copying is off; what is open on the slave is left as it is.")
    return wish


def _wanted(
    copier: Copier,
    link: Link,
    master: Position | None,
    order: Order | None,
    held: Position,
    rest: Decision,
    scene: Scene,
) -> Decision:
    """`rest`: what to do about a pending order of which a part is open. It may become lots, so it weighs more than stops."""
    demanded = close_by_rule(copier, held, scene)
    if demanded is not None:
        return demanded
    if master is None:
        return CLOSE if order is None else rest
    whole = with_rest(master, order)
    reduced = follow_volume(link, whole, held, scene)
    if reduced is not None or isinstance(rest, Wish):
        return reduced or rest
    stops = follow_stops(copier, link, whole, held, scene)
    return stops if isinstance(stops, Wish) else rest or stops


def _open(copier: Copier, link: Link, master: Position, scene: Scene) -> Decision:
    rules = copier.rules
    barred = may_begin(copier, link.fresh_since(master.opened_ns), scene) or is_skipped(rules, link, master)
    if barred is not None:
        return barred
    found = draft(rules, master, 0.0, scene)
    if isinstance(found, Skip):
        return found
    if is_trial(copier.mode, scene.slave.mode, copier.master_mode):
        sentence = f"Would have opened {lots_text(found.lots)} lots of {found.spec.name}; this copier only tries."
        return Skip(SkipCode.DRY_RUN, "mode", sentence)
    return Wish(Action.OPEN, found.spec.name, found.lots, found.levels.sl, found.levels.tp, found.side)
