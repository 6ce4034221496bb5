"""What a copier asks for, reckoned from its settings apart from the engine."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from lockstep_core.plans import Copier
from tests.simulation.broker import Account
from tests.simulation.market import ENTRY, Listed

ONE_LOT = 10**8
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


def wished(copier: Copier, lots: int, theirs: Account, mine: Account, symbol: str, sl: float = 0.0) -> int:
    """What a copier asks for when its master has so much of a symbol, before any broker's rules; `sl` is the copy's stop."""
    slaves = counterpart(theirs, mine, symbol)
    if slaves is None:
        return 0
    sizing: Any = copier.settings.sizing
    if sizing.mode == "fixed":
        return int(sizing.lots * ONE_LOT)
    if sizing.mode in ("fixed_risk", "risk_amount"):
        return int(_by_risk(sizing, slaves, mine, sl))
    if sizing.mode == "formula":
        return int(FORMULAS[sizing.expression](Fraction(lots, ONE_LOT), theirs, mine) * ONE_LOT)
    whole = Fraction(getattr(sizing, "factor", 1)) * lots * _ratio(sizing, theirs, mine)
    if copier.settings.contract_alignment or sizing.mode == "contract_size":
        whole *= Fraction(theirs.listed[symbol].contract) / Fraction(slaves.contract)
    return int(whole)


def floor(lots: int, listed: Listed) -> int:
    """Down to the symbol's step."""
    return lots // listed.volume_step * listed.volume_step


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
