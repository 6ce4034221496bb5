"""What a copier asks for, reckoned from its settings apart from the engine."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor as whole_below
from typing import Any

from lockstep_core.decision.plan import Copier
from tests.simulation.broker import Account
from tests.simulation.market import ENTRY, Listed

ONE_LOT = 10**8
OWN_LOTS = frozenset({"fixed", "fixed_risk", "risk_amount", "formula"})
FORMULAS: Mapping[str, Callable[[Fraction, Account, Account], Fraction]] = {
    "providerVolume * 0.5 + 0.02": lambda lots, _theirs, _mine: lots / 2 + Fraction(2, 100),
    "balance / 50000": lambda _lots, _theirs, mine: Fraction(mine.figures.balance) / 50_000,
    "providerVolume > 0.5 ? 0.3 : providerVolume": lambda lots, _theirs, _mine: (
        Fraction(3, 10) if lots > Fraction(1, 2) else lots
    ),
}
"""What the stories' formulas mean, in lots."""


def counterpart(theirs: Account, mine: Account, symbol: str) -> Listed | None:
    """The same thing at the slave's broker."""
    thing = theirs.listed[symbol].thing
    return next((listed for listed in mine.listed.values() if listed.thing == thing), None)


def wished(copier: Copier, lots: int, theirs: Account, mine: Account, symbol: str, sl: float = 0.0) -> Fraction:
    """What a copier asks for when its master has so much of a symbol, before any broker's rules; `sl` is the copy's stop."""
    slaves = counterpart(theirs, mine, symbol)
    if slaves is None:
        return Fraction(0)
    sizing: Any = copier.settings.sizing
    if sizing.mode == "fixed":
        return Fraction(sizing.lots) * ONE_LOT
    if sizing.mode in ("fixed_risk", "risk_amount"):
        return _by_risk(sizing, slaves, mine, sl)
    if sizing.mode == "formula":
        return FORMULAS[sizing.expression](Fraction(lots, ONE_LOT), theirs, mine) * ONE_LOT
    whole = Fraction(getattr(sizing, "factor", 1)) * lots * _ratio(sizing, theirs, mine)
    if copier.settings.contract_alignment or sizing.mode == "contract_size":
        whole *= Fraction(theirs.listed[symbol].contract) / Fraction(slaves.contract)
    return whole


def sized(copier: Copier, lots: Fraction, listed: Listed) -> tuple[int, str]:
    """Lots that the limits of one trade and the broker allow of those wished; or 0, and the code of why there are none."""
    rule, step = copier.settings.limits, listed.volume_step
    most = None if rule.max_trade_volume is None else int(rule.max_trade_volume * ONE_LOT)
    if most is not None and rule.max_trade_volume_refuses and lots > most:
        return 0, "volume_above_max"
    cap = min(listed.volume_max, most or listed.volume_max)
    own = 0 if rule.min_trade_volume is None else int(rule.min_trade_volume * ONE_LOT)
    low = -(-max(own, listed.volume_min) // step) * step
    found = whole_below(min(lots, Fraction(cap)) / step) * step
    nearest = whole_below(lots / step + Fraction(1, 2)) * step
    factor = Fraction(rule.max_risk_coefficient)
    if not rule.round_down and lots <= cap and nearest <= min(Fraction(cap), lots * factor):
        found = nearest
    if found >= low:
        return found, ""
    if not rule.force_tiny_trades or cap < low or lots <= 0:
        return 0, "volume_below_min"
    return (0, "risk_coefficient") if low > lots * factor else (low, "")


def levels(
    copier: Copier, sl: float, tp: float, copys_side: int, listed: Listed, entry: float = ENTRY
) -> tuple[float, float]:
    """Where the copy's stops belong when its master's are these."""
    settings = copier.settings
    if not settings.copy_stops:
        return 0.0, 0.0
    up, point = 1 - 2 * copys_side, 10.0**-listed.digits
    first, second = (tp, sl) if settings.reverse else (sl, tp)
    loss = _level(settings.stops.stop_loss, first, -up, point, entry)
    furthest = settings.stops.max_stop_loss_points
    if furthest is not None:
        limit = entry - up * furthest * point
        loss = limit if loss <= 0 or (loss - limit) * up < 0 else loss
    gain = _level(settings.stops.take_profit, second, up, point, entry)
    return round(max(loss, 0.0), listed.digits), round(max(gain, 0.0), listed.digits)


def floor(lots: int, listed: Listed) -> int:
    """Down to the symbol's step."""
    return lots // listed.volume_step * listed.volume_step


def _level(rule: Any, source: float, away: int, point: float, entry: float) -> float:
    if rule.mode == "none":
        return 0.0
    if rule.mode == "fixed":
        return entry + away * float(rule.points) * point
    return source + away * float(rule.offset_points) * point if source else 0.0


def _ratio(sizing: Any, theirs: Account, mine: Account) -> Fraction:
    names = {"balance": "balance", "equity": "equity", "free_margin": "margin_free"}
    if sizing.mode == "fixed_master_balance":
        return Fraction(mine.figures.balance) / Fraction(sizing.master_balance)
    if sizing.mode not in names:
        return Fraction(1)
    name = names[sizing.mode]
    return Fraction(getattr(mine.figures, name)) / Fraction(getattr(theirs.figures, name))


def _by_risk(sizing: Any, slaves: Listed, mine: Account, sl: float) -> Fraction:
    distance = abs(Fraction(str(ENTRY)) - Fraction(str(sl))) if sl else Fraction(0)
    if not distance:
        return Fraction(0)
    money = Fraction(sizing.amount) if sizing.mode == "risk_amount" else None
    if money is None:
        base = mine.figures.balance if sizing.of == "balance" else mine.figures.equity
        money = Fraction(sizing.risk_fraction) * base
    point = Fraction(1, 10**slaves.digits)
    return money / (distance / point * Fraction(slaves.tick_value)) * ONE_LOT
