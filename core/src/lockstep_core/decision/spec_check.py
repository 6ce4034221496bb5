"""Whether a broker's specification of a symbol agrees with itself: compares the reported value of a tick with what the
terminal itself reckons as the profit of one, and with the value that follows from the contract.

A wrong tick value makes lots, margin and risk wrong by the same factor, so nothing is computed with one that is in doubt. If
the terminal reckons nothing and no quote gives the rate of the symbol's currency, the reported value counts.
"""

from lockstep_core.decision.context import DecisionContext, exchange_rate
from lockstep_core.market.money import Figures
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.skips import Skip, SkipCode

_TOLERANCE = 0.05


def slave_value_doubt(spec: SymbolSpec, setting: str, context: DecisionContext) -> Skip | None:
    """Why the tick value of one of the slave's symbols must not be used."""
    return _doubt("slave", spec, setting, context.slave.figures, context)


def master_value_doubt(spec: SymbolSpec, setting: str, context: DecisionContext) -> Skip | None:
    """The same for one of the master's symbols."""
    return _doubt("master", spec, setting, context.master.figures, context)


def _doubt(account: str, spec: SymbolSpec, setting: str, figures: Figures | None, context: DecisionContext) -> Skip | None:
    if figures is None:
        return None
    if spec.calc_value > 0 and spec.tick_value > 0 and _differ(spec.tick_value, spec.calc_value):
        return _doubtful(account, spec, setting, figures, spec.calc_value)
    rate = exchange_rate(spec.currency_profit, figures.currency, context) if spec.tick_worth else None
    if rate is None:
        return None
    reckoned = spec.tick_worth * rate[0] / rate[1]
    return _doubtful(account, spec, setting, figures, reckoned) if _differ(spec.tick_value, reckoned) else None


def _differ(told: float, reckoned: float) -> bool:
    return abs(told - reckoned) > _TOLERANCE * reckoned


def _doubtful(account: str, spec: SymbolSpec, setting: str, figures: Figures, reckoned: float) -> Skip:
    params = {
        "account": account,
        "symbol": spec.name,
        "told": f"{spec.tick_value:.4g}",
        "reckoned": f"{reckoned:.4g}",
        "currency": figures.currency,
    }
    return Skip(SkipCode.SPEC_DOUBTFUL, setting, params)
