"""How many lots a copy opens: always rounded down to what the slave's broker takes, never up."""

from decimal import ROUND_DOWN, Decimal

from lockstep_core.copiers import FixedLots, Multiplier
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.symbols import SymbolSpec
from lockstep_core.units import ONE_LOT, Lots, floor_to_step, lots_text


def wished_lots(sizing: FixedLots | Multiplier, master_lots: int) -> Lots:
    """The lots the user's sizing asks for, before any broker's rules."""
    match sizing:
        case FixedLots():
            exact = sizing.lots * ONE_LOT
        case Multiplier():
            exact = sizing.factor * Decimal(master_lots)
    return Lots(int(exact.to_integral_value(ROUND_DOWN)))


def fit(lots: int, spec: SymbolSpec) -> Lots | Skip:
    """Lots cut down to the symbol's step and maximum; a skip where that is below its minimum."""
    fitting = floor_to_step(min(lots, spec.volume_max), spec.volume_step)
    if fitting <= 0 or fitting < spec.volume_min:
        sentence = f"{lots_text(lots)} lots of {spec.name} are below the broker's minimum of {lots_text(spec.volume_min)}."
        return Skip(SkipCode.VOLUME_BELOW_MIN, "sizing", sentence)
    return fitting


def lots_left(opened: int, master_left: int, master_opened: int, step: int) -> Lots:
    """What the slave keeps when the master keeps `master_left` of `master_opened`: the same share, rounded down."""
    if master_left >= master_opened:
        return Lots(opened)
    return floor_to_step(opened * master_left // master_opened, step)
