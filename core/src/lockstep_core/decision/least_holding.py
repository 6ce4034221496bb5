"""The least time for which a copy is held. Prop firms forbid trades of a few seconds, which a master may close as it likes.

Only what the master closes is put off. Stops, guards, news, the weekend and the user close a copy however young it is.
"""

from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.plan import Copier
from lockstep_core.skips import Params, Skip, SkipCode

_SECOND_NS = 1_000_000_000


def too_young(copier: Copier, slave_position: Position, context: DecisionContext) -> Skip | None:
    """Why a copy, or a part of it, is not closed yet though its master's is."""
    least_ns, held_ns = copier.rules.shortest_ns, context.now_ns - slave_position.opened_ns
    if held_ns >= least_ns:
        return None
    held, least = max(held_ns, 0) // _SECOND_NS, least_ns // _SECOND_NS
    params: Params = {"symbol": slave_position.symbol, "held": held, "least": least}
    return Skip(SkipCode.HELD_TOO_SHORT, "limits.min_position_seconds", params)
