"""What a copier asks for, reckoned from its settings apart from the engine."""

from decimal import Decimal

from lockstep_core.copiers import FixedLots, Multiplier
from lockstep_core.plans import Copier
from tests.simulation.market import Listed


def wished(copier: Copier, lots: int) -> int:
    """What a copier's sizing asks for, before any broker's rules."""
    sizing = copier.settings.sizing
    if isinstance(sizing, FixedLots):
        return int(sizing.lots * 10**8)
    assert isinstance(sizing, Multiplier), "the simulation plays the two ways of sizing whose lots can be told in one line"
    return int(sizing.factor * Decimal(lots))


def floor(lots: int, listed: Listed) -> int:
    """Down to the symbol's step."""
    return lots // listed.volume_step * listed.volume_step
