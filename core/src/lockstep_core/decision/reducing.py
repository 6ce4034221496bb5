"""How many lots a copy keeps when its master closes a part.

What is right is always reckoned from the exact lots that the opening asked for, never from lots that were rounded already:
so each answer is rounded once, and any number of partial closes end where one would. A broker takes no order below its
smallest volume, so a reduction that is smaller waits: it is a part of the next one.
"""

from fractions import Fraction

from lockstep_core.decision.rounding import least_order, nearest_step
from lockstep_core.market.exact import Ratio
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import RoundingRule
from lockstep_core.units import Lots


def right_lots(exact: Ratio, master_left: int, master_sized: int, step: int, rule: RoundingRule) -> Lots:
    """The lots for what the master has left, where `exact` lots were right for `master_sized`; rounded as openings are."""
    above, below = exact[0] * master_left, exact[1] * master_sized
    down = above // (below * step) * step
    if rule.down:
        return Lots(down)
    requested = Fraction(above, below)
    nearest = nearest_step(requested, step)
    return Lots(nearest if nearest <= requested * rule.coefficient else down)


def kept_lots(right: int, held: int, spec: SymbolSpec, closes_rest: bool) -> Lots:
    """The lots that stay of `held` where `right` are right: as near as the broker's smallest volume allows.

    A copy is closed whole before its master is only where the user chose that for rests that are too small (`closes_rest`).
    """
    least = least_order(spec)
    if right < least:
        if closes_rest:
            return Lots(0)
        right = least
    return Lots(right if held - right >= spec.volume_min else held)
