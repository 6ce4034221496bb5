"""Why a copy has just these lots, in words: its sizing first, then whatever changed what that asked for."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor

from lockstep_core.decision.opening import Draft
from lockstep_core.decision.rounding import cap_of, nearest_step
from lockstep_core.decision.sizing import Opening, counts_factor, wished_lots
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Skip
from lockstep_core.units import lots_text

_SIZINGS: Mapping[str, str] = {
    "none": "it copies the master's lots",
    "fixed": "it always opens {lots} lots",
    "multiplier": "it opens {number} times the master's lots",
    "balance": "it opens {number} times the master's lots in proportion to both balances",
    "equity": "it opens {number} times the master's lots in proportion to both equities",
    "free_margin": "it opens {number} times the master's lots in proportion to both free margins",
    "contract_size": "it opens {number} times the same amount of the traded thing",
    "fixed_risk": "it risks {share} of the slave's {base} at the stop loss",
    "risk_amount": "it risks {number} of the account's currency at the stop loss",
    "fixed_master_balance": "it opens {number} times the master's lots in proportion to the balance set for the master",
    "formula": "its formula says so",
}
_CAPS: Mapping[str, str] = {
    "sizing": "the most that the broker takes",
    "limits.max_trade_volume": "what limits.max_trade_volume allows",
    "limits.max_trade_risk": "what limits.max_trade_risk lets a copy lose at its stop loss",
}


def because(rules: Rules, draft: Draft) -> str:
    """The sizing, what it is corrected by, and the limit or step that made other lots of it."""
    return ", ".join((_sizing(rules), *_corrections(rules, draft.opening), *_fitting(rules, draft)))


def _sizing(rules: Rules) -> str:
    number = rules.sizing.number
    words = {
        "number": f"{float(number):g}",
        "lots": lots_text(int(number)),
        "share": f"{float(number * 100):g} %",
        "base": rules.sizing.base,
    }
    return _SIZINGS[rules.sizing.mode].format(**words).replace("opens 1 times ", "opens ")


def _corrections(rules: Rules, opening: Opening) -> tuple[str, ...]:
    aligned = rules.sizing.align and rules.sizing.mode != "contract_size"
    words = ["corrected for contract sizes"] if aligned else []
    if opening.factor is not None and counts_factor(rules.sizing):
        words.append(f"times {float(opening.factor):g} for the symbol's mapping")
    return tuple(words)


def _fitting(rules: Rules, draft: Draft) -> tuple[str, ...]:
    asked_for, cap = wished_lots(rules.sizing, draft.opening), cap_of(rules.rounding, draft.opening)
    if isinstance(asked_for, Skip) or isinstance(cap, Skip) or Fraction(*asked_for) == draft.lots:
        return ()
    wished = Fraction(*asked_for)
    asked = f"{lots_text(floor(wished))} lots"
    if draft.lots > wished:
        stepped = not rules.rounding.down and draft.lots == nearest_step(wished, draft.spec.volume_step)
        raised = "the broker's nearest step" if stepped else "the least possible, as limits.force_tiny_trades says"
        return (f"raised from {asked} to {raised}",)
    if wished > cap.lots:
        return (f"cut from {asked} to {_CAPS[cap.setting]}",)
    return (f"rounded down from {asked} to the broker's step",)
