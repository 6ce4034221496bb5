"""How many lots a copy keeps when its master closes a part.

The right lots (`rounding.right_lots`) are always reckoned from the exact lots that the opening asked for, never from rounded
ones. So each answer is rounded once, and many partial closes end where one would. A broker takes no order below its smallest
volume, so a smaller reduction waits and becomes part of the next one.
"""

from lockstep_core.decision.rounding import least_order
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.units import Lots


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
