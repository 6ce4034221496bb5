"""The lots and stops that a copier asks for, computed from its settings and apart from the engine."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from lockstep_core.decision.plan import Copier
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import ENTRY, ListedSymbol

ONE_LOT = 10**8
MOST_ORDERS = 64
"""The most orders in which a copy is opened."""
OWN_LOTS = frozenset({"fixed", "fixed_risk", "risk_amount", "formula"})
FORMULAS: Mapping[str, Callable[[Fraction, BrokerAccount, BrokerAccount], Fraction]] = {
    "providerVolume * 0.5 + 0.02": lambda lots, _master, _slave: lots / 2 + Fraction(2, 100),
    "balance / 50000": lambda _lots, _master, slave: Fraction(slave.figures.balance) / 50_000,
    "providerVolume > 0.5 ? 0.3 : providerVolume": lambda lots, _master, _slave: (
        Fraction(3, 10) if lots > Fraction(1, 2) else lots
    ),
}
"""The values of the scenarios' formulas, in lots."""


def counterpart(master: BrokerAccount, slave: BrokerAccount, symbol: str) -> ListedSymbol | None:
    """The same instrument at the slave's broker."""
    instrument = master.listed[symbol].instrument
    return next((listed for listed in slave.listed.values() if listed.instrument == instrument), None)


def target_lots(
    copier: Copier, lots: int, master: BrokerAccount, slave: BrokerAccount, symbol: str, sl: float = 0.0
) -> Fraction:
    """The lots that a copier asks for when its master has `lots` of a symbol, before any broker's rules. `sl` is the copy's
    stop.
    """
    symbol_at_slave = counterpart(master, slave, symbol)
    if symbol_at_slave is None:
        return Fraction(0)
    sizing: Any = copier.settings.sizing
    if sizing.mode == "fixed":
        return Fraction(sizing.lots) * ONE_LOT
    if sizing.mode in ("fixed_risk", "risk_amount"):
        return _by_risk(sizing, symbol_at_slave, slave, sl)
    if sizing.mode == "formula":
        return FORMULAS[sizing.expression](Fraction(lots, ONE_LOT), master, slave) * ONE_LOT
    whole = Fraction(getattr(sizing, "factor", 1)) * lots * _ratio(sizing, master, slave)
    if copier.settings.contract_alignment or sizing.mode == "contract_size":
        whole *= Fraction(master.listed[symbol].contract) / Fraction(symbol_at_slave.contract)
    return whole


def allowed_size(copier: Copier, lots: Fraction, listed: ListedSymbol) -> tuple[int, str]:
    """The lots that the limits of one trade and the broker allow of a target; else 0 and the code that says why."""
    rule, step = copier.settings.limits, listed.volume_step
    largest = None if rule.max_trade_volume is None else int(rule.max_trade_volume * ONE_LOT)
    if largest is not None and rule.max_trade_volume_refuses and lots > largest:
        return 0, "volume_above_max"
    of_broker = most_of_broker(copier, listed)
    cap = min(of_broker, largest or of_broker)
    smallest = 0 if rule.min_trade_volume is None else int(rule.min_trade_volume * ONE_LOT)
    low = -(-max(smallest, listed.volume_min) // step) * step
    found = floor(min(lots, Fraction(cap)) / step) * step
    nearest = floor(lots / step + Fraction(1, 2)) * step
    factor = Fraction(rule.max_risk_coefficient)
    if not rule.round_down and lots <= cap and nearest <= min(Fraction(cap), lots * factor):
        found = nearest
    if found >= low:
        return found, ""
    if not rule.force_tiny_trades or cap < low or lots <= 0:
        return 0, "volume_below_min"
    return (0, "risk_coefficient") if low > lots * factor else (low, "")


def most_of_broker(copier: Copier, listed: ListedSymbol) -> int:
    """The most lots that a copy may have at a broker, in one order or in several."""
    in_one: int = listed.volume_max // listed.volume_step * listed.volume_step
    return in_one * MOST_ORDERS if copier.settings.limits.above_broker_maximum == "split" else listed.volume_max


def exact_size(copier: Copier, lots: Fraction, listed: ListedSymbol) -> Fraction:
    """A copy's right lots before rounding. The copy keeps this ratio when its master closes a part."""
    size, _ = allowed_size(copier, lots, listed)
    largest = copier.settings.limits.max_trade_volume
    of_broker = most_of_broker(copier, listed)
    cap = of_broker if largest is None else min(of_broker, int(largest * ONE_LOT))
    is_raised = size > lots and (copier.settings.limits.round_down or size - lots > Fraction(listed.volume_step, 2))
    return Fraction(size) if is_raised else min(lots, Fraction(cap))


def sizes_left(copier: Copier, exact: Fraction, opened: int, listed: ListedSymbol) -> set[int]:
    """The lots that may be left of a copy of `opened` lots where `exact` would be right. No order is below the smallest
    volume, so a smaller reduction has not been made yet; and what remains is at least the smallest volume, or nothing.
    """
    rule, step = copier.settings.limits, listed.volume_step
    right = floor(exact / step) * step
    if not rule.round_down:
        nearest = floor(exact / step + Fraction(1, 2)) * step
        right = nearest if nearest <= exact * Fraction(rule.max_risk_coefficient) else right
    least = -(-listed.volume_min // step) * step
    if right < least:
        if rule.small_rest == "close":
            return {0}
        right = least
    return {min(opened, right + more) for more in range(0, listed.volume_min, step)}


def levels(
    copier: Copier, sl: float, tp: float, copy_side: int, listed: ListedSymbol, entry: float = ENTRY
) -> tuple[float, float]:
    """The stops of a copy whose master has these stops."""
    settings = copier.settings
    if not settings.copy_stops:
        return 0.0, 0.0
    up, point = 1 - 2 * copy_side, 10.0**-listed.digits
    first, second = (tp, sl) if settings.reverse else (sl, tp)
    loss = _level(settings.stops.stop_loss, first, -up, point, entry)
    most_points = settings.stops.max_stop_loss_points
    if most_points is not None:
        limit = entry - up * most_points * point
        loss = limit if loss <= 0 or (loss - limit) * up < 0 else loss
    least_points = settings.stops.min_stop_loss_points
    if least_points is not None and loss > 0 and (entry - loss) * up > 0:
        nearest = entry - up * least_points * point
        loss = nearest if (loss - nearest) * up > 0 else loss
    gain = _level(settings.stops.take_profit, second, up, point, entry)
    return round(max(loss, 0.0), listed.digits), round(max(gain, 0.0), listed.digits)


def round_down(lots: int, listed: ListedSymbol) -> int:
    """Rounds down to the symbol's volume step."""
    return lots // listed.volume_step * listed.volume_step


def _level(rule: Any, source: float, away: int, point: float, entry: float) -> float:
    if rule.mode == "none":
        return 0.0
    if rule.mode == "fixed":
        return entry + away * float(rule.points) * point
    return source + away * float(rule.offset_points) * point if source else 0.0


def _ratio(sizing: Any, master: BrokerAccount, slave: BrokerAccount) -> Fraction:
    names = {"balance": "balance", "equity": "equity", "free_margin": "margin_free"}
    if sizing.mode == "fixed_master_balance":
        return Fraction(slave.figures.balance) / Fraction(sizing.master_balance)
    if sizing.mode not in names:
        return Fraction(1)
    name = names[sizing.mode]
    return Fraction(getattr(slave.figures, name)) / Fraction(getattr(master.figures, name))


def _by_risk(sizing: Any, symbol_at_slave: ListedSymbol, slave: BrokerAccount, sl: float) -> Fraction:
    distance = abs(Fraction(str(ENTRY)) - Fraction(str(sl))) if sl else Fraction(0)
    if not distance:
        return Fraction(0)
    money = Fraction(sizing.amount) if sizing.mode == "risk_amount" else None
    if money is None:
        base = slave.figures.balance if sizing.of == "balance" else slave.figures.equity
        money = Fraction(sizing.risk_fraction) * base
    point = Fraction(1, 10**symbol_at_slave.digits)
    return money / (distance / point * Fraction(symbol_at_slave.tick_value)) * ONE_LOT
