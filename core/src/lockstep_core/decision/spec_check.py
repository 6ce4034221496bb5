"""Whether a broker's specification of a symbol agrees with itself: compares the reported value of a tick with the value that
follows from the contract.

A wrong tick value makes lots, margin and risk wrong by the same factor, so nothing is computed with one that is in doubt. If
no quote gives the rate of the symbol's currency, the reported value counts.
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
    if spec.tick_worth == 0 or figures is None:
        return None
    rate = exchange_rate(spec.currency_profit, figures.currency, context)
    if rate is None:
        return None
    reckoned = spec.tick_worth * rate[0] / rate[1]
    if abs(spec.tick_value - reckoned) <= _TOLERANCE * reckoned:
        return None
    params = {
        "account": account,
        "symbol": spec.name,
        "told": f"{spec.tick_value:.4g}",
        "reckoned": f"{reckoned:.4g}",
        "currency": figures.currency,
    }
    return Skip(SkipCode.SPEC_DOUBTFUL, setting, params)
