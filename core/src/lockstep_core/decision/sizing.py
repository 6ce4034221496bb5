"""How many lots the user's sizing asks for, before any limit or broker's rule. Exact."""

from collections.abc import Callable, Mapping
from fractions import Fraction

import msgspec

from lockstep_core.books.positions import Position
from lockstep_core.decision.alignment import contract_ratio
from lockstep_core.decision.context import DecisionContext, exchange_rate, master_rate
from lockstep_core.decision.spec_check import master_value_doubt, slave_value_doubt
from lockstep_core.formula.errors import FormulaFailed
from lockstep_core.formula.evaluate import MAX_EXPONENT, evaluate
from lockstep_core.market.exact import NOTHING, Ratio, quotient
from lockstep_core.market.money import SAME, Figures, exact, scaled
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import SizingRule
from lockstep_core.skips import Params, Skip, SkipCode
from lockstep_core.units import ONE_LOT
from lockstep_core.wire.enums import Side


class Opening(msgspec.Struct, frozen=True, gc=False):
    """A copy about to be opened. `factor` is the symbol mapping's; `sl` is 0.0 where there will be none. `alike`: one of the
    master's lots is known to be one of the slave's.
    """

    master: Position
    spec: SymbolSpec
    side: int
    entry: float
    sl: float
    factor: Fraction | None
    context: DecisionContext
    alike: bool = False

    @property
    def master_spec(self) -> SymbolSpec | None:
        """What the master's broker says of the master's symbol."""
        return self.context.master.specs.get(self.master.symbol)


_BY_RISK = frozenset({"fixed_risk", "risk_amount"})
_IN_PROPORTION = frozenset({"balance", "equity", "free_margin", "fixed_master_balance"})
_ZERO = Fraction(0)
_OWN = {"own_equity": "equity", "own_margin": "margin_free"}
"""Figures without the broker's credit."""
_SCALED = SizingRule("balance", Fraction(1), "balance")


def requested_lots(rule: SizingRule, opening: Opening) -> Ratio | Skip:
    """The requested lots in 1e-8, or why they cannot be computed."""
    if rule.mode in _BY_RISK:
        return _by_risk(rule, opening)
    lots = _by_formula(rule, opening) if rule.formula is not None else _by_mode(rule, opening)
    if not opening.alike and isinstance(lots, tuple) and is_aligned(rule, opening):
        lots = _aligned(lots, opening)
    if opening.factor is None or not isinstance(lots, tuple) or not counts_factor(rule):
        return lots
    above, below = opening.factor.as_integer_ratio()
    return lots[0] * above, lots[1] * below


def counts_factor(rule: SizingRule) -> bool:
    """Whether the factor of a symbol's mapping multiplies the lots: not where money decides them, nor where a formula
    says itself where it counts.
    """
    return rule.mode not in _BY_RISK and "multiplier" not in rule.names


def loss_of_one_lot(opening: Opening) -> Ratio | Skip:
    """What one lot loses between entry and stop, in the slave's currency."""
    spec = opening.spec
    if opening.sl <= 0 or opening.entry <= 0:
        return Skip(SkipCode.STOP_NEEDED, "sizing", {"why": "risk", "symbol": spec.name})
    if spec.tick_size <= 0 or spec.tick_value <= 0:
        return Skip(SkipCode.SPEC_UNKNOWN, "sizing", {"what": "tick_value", "symbol": spec.name})
    doubt = slave_value_doubt(spec, "sizing", opening.context)
    if doubt is not None:
        return doubt
    (entry, entry_unit), (stop, stop_unit) = scaled(opening.entry), scaled(opening.sl)
    distance = abs(entry * stop_unit - stop * entry_unit)
    if distance == 0:
        return Skip(SkipCode.STOP_NEEDED, "sizing", {"why": "at_entry", "symbol": spec.name})
    return quotient((distance, exact(spec.tick_value)), (entry_unit, stop_unit, exact(spec.tick_size)))


def value_of(lots: int, price: float, spec: SymbolSpec | None) -> Fraction | None:
    """The value of lots (1e-8) at a price in the account's currency; None where the broker reports too little."""
    if spec is None or spec.tick_size <= 0 or spec.tick_value <= 0 or price <= 0:
        return None
    return Fraction(*quotient((lots, exact(price), exact(spec.tick_value)), (ONE_LOT, exact(spec.tick_size))))


def _by_mode(rule: SizingRule, opening: Opening) -> Ratio | Skip:
    if rule.mode in _IN_PROPORTION:
        return _in_proportion(rule, opening)
    above, below = rule.number.as_integer_ratio()
    return (above, below) if rule.mode == "fixed" else (above * opening.master.volume, below)


def _in_proportion(rule: SizingRule, opening: Opening) -> Ratio | Skip:
    master, slave = opening.context.master.figures, opening.context.slave.figures
    if master is None or slave is None:
        which = "master" if master is None else "slave"
        return Skip(SkipCode.FIGURES_UNKNOWN, "sizing", {"account": which, "figure": "all"})
    base = rule.master_balance
    theirs, their_unit = (_figure(master, rule.base) if base is None else base).as_integer_ratio()
    if theirs <= 0:
        return Skip(SkipCode.FIGURES_UNKNOWN, "sizing", {"account": "master", "figure": _OWN.get(rule.base, rule.base)})
    rate = exchange_rate(master.currency, slave.currency, opening.context)
    if rate is None:
        return Skip(SkipCode.RATE_UNKNOWN, "sizing", {"master": master.currency, "slave": slave.currency})
    mine, my_unit = _figure(slave, rule.base).as_integer_ratio()
    if mine <= 0:
        return NOTHING
    (number, unit), (above, below) = rule.number.as_integer_ratio(), rate
    return number * opening.master.volume * mine * their_unit * below, unit * my_unit * theirs * above


def _figure(figures: Figures, base: str) -> Fraction:
    """One of `balance`, `equity` and `margin_free`, or of the latter two without credit."""
    found: Fraction = getattr(figures, base)
    return found


def is_aligned(rule: SizingRule, opening: Opening) -> bool:
    """Whether the lots are corrected for contract sizes: not where the factor of a mapping says how contracts relate, unless
    the sizing itself goes by contracts.
    """
    return rule.align and (opening.factor is None or rule.mode == "contract_size")


def _aligned(lots: Ratio, opening: Opening) -> Ratio | Skip:
    ratio = contract_ratio(opening.master.symbol, opening.spec, opening.context)
    if ratio is SAME:
        return lots
    return ratio if isinstance(ratio, Skip) else (lots[0] * ratio[0], lots[1] * ratio[1])


def _by_risk(rule: SizingRule, opening: Opening) -> Ratio | Skip:
    loss = loss_of_one_lot(opening)
    if isinstance(loss, Skip):
        return loss
    if rule.mode == "risk_amount":
        return quotient((rule.number, ONE_LOT, loss[1]), (loss[0],))
    figures = opening.context.slave.figures
    if figures is None:
        return Skip(SkipCode.FIGURES_UNKNOWN, "sizing", {"account": "slave", "figure": "all"})
    return quotient((rule.number, max(_figure(figures, rule.base), _ZERO), ONE_LOT, loss[1]), (loss[0],))


def _by_formula(rule: SizingRule, opening: Opening) -> Ratio | Skip:
    doubt = _doubt_of(rule, opening)
    if doubt is not None:
        return doubt
    known = {name: value for name in rule.names if (value := _VARIABLES[name](opening)) is not None}
    try:
        lots = _ZERO if rule.formula is None else evaluate(rule.formula, known)
    except FormulaFailed as error:
        params: Params = {"why": error.why, "name": error.name, "limit": MAX_EXPONENT}
        return Skip(SkipCode.FORMULA_FAILED, "sizing.expression", params)
    return quotient((lots, ONE_LOT), ())


def _doubt_of(rule: SizingRule, opening: Opening) -> Skip | None:
    """Why a formula that names the value of a tick has no lots."""
    setting, master = "sizing.expression", opening.master_spec
    doubt = slave_value_doubt(opening.spec, setting, opening.context) if "tickValue" in rule.names else None
    if doubt is not None or master is None or "providerTradeAmount" not in rule.names:
        return doubt
    return master_value_doubt(master, setting, opening.context)


def _master_money(base: str) -> Callable[[Opening], Fraction | None]:
    return lambda o: None if o.context.master.figures is None else _figure(o.context.master.figures, base)


def _slave_money(base: str) -> Callable[[Opening], Fraction | None]:
    return lambda o: None if o.context.slave.figures is None else _figure(o.context.slave.figures, base)


def _known_only(value: float) -> Fraction | None:
    return exact(value) if value > 0 else None


def _trade_amount(o: Opening) -> Fraction | None:
    return value_of(o.master.volume, o.master.price, o.master_spec)


def _scaled(o: Opening) -> Fraction | None:
    lots = _in_proportion(_SCALED, o)
    return None if isinstance(lots, Skip) else Fraction(*lots) / ONE_LOT


def _exchange_rate(o: Opening) -> Fraction | None:
    found = master_rate(o.context)
    return None if found is None else Fraction(*found)


_VARIABLES: Mapping[str, Callable[[Opening], Fraction | None]] = {
    "providerVolume": lambda o: Fraction(o.master.volume, ONE_LOT),
    "providerTradeAmount": _trade_amount,
    "providerScaledVolume": _scaled,
    "providerBalance": _master_money("balance"),
    "providerEquity": _master_money("equity"),
    "providerFreeMargin": _master_money("margin_free"),
    "providerContractSize": lambda o: None if o.master_spec is None else _known_only(o.master_spec.contract_size),
    "providerStopLoss": lambda o: exact(o.master.sl),
    "providerTakeProfit": lambda o: exact(o.master.tp),
    "providerMagic": lambda o: Fraction(o.master.magic),
    "providerSide": lambda o: Fraction(-1 if o.master.side == Side.SELL else 1),
    "multiplier": lambda o: Fraction(1) if o.factor is None else o.factor,
    "balance": _slave_money("balance"),
    "equity": _slave_money("equity"),
    "freeMargin": _slave_money("margin_free"),
    "contractSize": lambda o: _known_only(o.spec.contract_size),
    "tickSize": lambda o: _known_only(o.spec.tick_size),
    "tickValue": lambda o: _known_only(o.spec.tick_value),
    "quoteOrOpenPrice": lambda o: _known_only(o.entry),
    "stopLoss": lambda o: exact(o.sl),
    "accountCurrencyExchangeRate": _exchange_rate,
}
