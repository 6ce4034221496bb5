"""How many of the slave's lots are one of the master's: as many as earn the same money at the same move of the price."""

import msgspec

from lockstep_core.decision.context import DecisionContext, exchange_rate
from lockstep_core.decision.spec_check import master_value_doubt, slave_value_doubt
from lockstep_core.market.exact import Exact, Ratio, quotient
from lockstep_core.market.money import SAME, Figures, exact
from lockstep_core.market.symbol_matching import are_alike
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.skips import Skip, SkipCode

SETTING = "contract_alignment"


class LotWorth(msgspec.Struct, frozen=True, gc=False):
    """What one lot earns when its price rises by one: `above` over `below`, in a currency, which is empty where not told."""

    above: Exact
    below: Exact
    currency: str


def contract_ratio(symbol: str, slave: SymbolSpec, context: DecisionContext) -> Ratio | Skip:
    """What the master's lots of `symbol` are multiplied by to earn the same with the slave's; `SAME` where they are."""
    master = context.master.specs.get(symbol)
    if master is None:
        return _unknown(symbol)
    if are_alike(master, slave):
        return SAME
    theirs, mine = lot_worth(master, context.master.figures), lot_worth(slave, context.slave.figures)
    if theirs is None or mine is None:
        return _unknown(symbol)
    rate = exchange_rate(theirs.currency, mine.currency, context) if theirs.currency and mine.currency else SAME
    if rate is None:
        return Skip(SkipCode.RATE_UNKNOWN, SETTING, {"master": theirs.currency, "slave": mine.currency})
    doubt = master_value_doubt(master, SETTING, context) or slave_value_doubt(slave, SETTING, context)
    return doubt or quotient((theirs.above, mine.below, rate[0]), (theirs.below, mine.above, rate[1]))


def lot_worth(spec: SymbolSpec, figures: Figures | None) -> LotWorth | None:
    """What a lot earns at a move of one; None where the broker does not tell enough."""
    if spec.by_contract:
        return LotWorth(exact(spec.contract_size), 1, spec.currency_profit) if spec.contract_size > 0 else None
    if spec.tick_value <= 0 or spec.tick_size <= 0 or figures is None:
        return None
    return LotWorth(exact(spec.tick_value), exact(spec.tick_size), figures.currency)


def _unknown(symbol: str) -> Skip:
    return Skip(SkipCode.SPEC_UNKNOWN, SETTING, {"what": "contract_size", "symbol": symbol})
