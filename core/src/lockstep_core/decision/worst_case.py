"""What would be left of the balance if every stop were hit, a new copy's included, and whether a guard would act then.

Commissions of the future and swaps that are not booked yet are not in it, and no price is better or worse than its stop.
"""

from fractions import Fraction

import msgspec

from lockstep_core.books.positions import Position
from lockstep_core.decision.context import Exposure, Floor, Stake
from lockstep_core.decision.limits import exposure_of
from lockstep_core.decision.sizing import Opening, loss_of_one_lot
from lockstep_core.market.money import exact
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import ONE_LOT, Lots, floor_to_step
from lockstep_core.wire.enums import Side

_SETTING = "guards.before_opening"
_SELL = int(Side.SELL)


def lots_within(opening: Opening, lots: Lots, cuts: bool) -> Lots | Skip:
    """The lots that leave the account above the floor of its guards; all of them or none unless the copier `cuts` down."""
    slave, floor = opening.context.slave, opening.context.floor
    if slave.figures is None:
        return Skip(SkipCode.FIGURES_UNKNOWN, _SETTING, {"account": "slave", "figure": "all"})
    if floor is None:
        return lots
    loss = loss_of_one_lot(opening)
    if isinstance(loss, Skip):
        is_stop = loss.code is SkipCode.STOP_NEEDED
        return _unknown(opening.spec.name) if is_stop else msgspec.structs.replace(loss, setting=_SETTING)
    left = _left_of(slave.figures.balance, slave.exposure or exposure_of(slave.book, slave.specs))
    return left if isinstance(left, Skip) else _held(opening, lots, left, Fraction(*loss) / ONE_LOT, floor, cuts)


def _held(opening: Opening, lots: Lots, left: Fraction, lost: Fraction, floor: Floor, cuts: bool) -> Lots | Skip:
    """The lots with which the floor holds; each loses `lost`, and `left` is there without them."""
    if floor.holds(left - lots * lost):
        return lots
    fewer = _most(left, lost, floor, opening.spec.volume_step) if cuts else 0
    if fewer >= max(opening.spec.volume_min, 1):
        return Lots(fewer)
    worst, least = f"{float(left - lots * lost):.2f}", f"{float(floor.balance):.2f}"
    params = {"why": "breach", "symbol": opening.spec.name, "worst": worst, "floor": least}
    return Skip(SkipCode.WORST_CASE, _SETTING, params)


def _most(left: Fraction, lost: Fraction, floor: Floor, step: int) -> int:
    """The most lots, in steps, with which the floor holds."""
    lots = floor_to_step(max(int((left - floor.balance) / lost), 0), step)
    return lots if floor.holds(left - lots * lost) else lots - step


def _left_of(balance: Fraction, exposure: Exposure) -> Fraction | Skip:
    """The balance after all that is open, and may still be opened, was closed at its stops."""
    for stake in exposure.stakes:
        earned = _at_stop(stake, exposure)
        if isinstance(earned, Skip):
            return earned
        balance += earned
    return balance


def _at_stop(stake: Position | Stake, exposure: Exposure) -> Fraction | Skip:
    """What a position earns that is closed at its stop; less than zero where it loses."""
    spec = exposure.specs.get(stake.symbol)
    if stake.sl <= 0:
        return _unknown(stake.symbol)
    if spec is None or spec.worth <= 0 or stake.price <= 0:
        return Skip(SkipCode.SPEC_UNKNOWN, _SETTING, {"what": "value", "symbol": stake.symbol})
    moved = exact(stake.sl) - exact(stake.price)
    value = exact(spec.tick_value) / exact(spec.tick_size)
    return (-moved if stake.side == _SELL else moved) * value * Fraction(stake.volume, ONE_LOT)


def _unknown(symbol: str) -> Skip:
    return Skip(SkipCode.WORST_CASE, _SETTING, {"why": "no_stop", "symbol": symbol, "worst": "", "floor": ""})
