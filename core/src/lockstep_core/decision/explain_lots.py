"""Why a copy has these lots: its sizing first, then whatever changed the lots that the sizing asked for."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import floor

import msgspec

from lockstep_core.decision.alignment import LotWorth, lot_worth
from lockstep_core.decision.limits import within_volume_limit
from lockstep_core.decision.opening import Draft
from lockstep_core.decision.rounding import cap_of, fitted_lots, nearest_step, one_order
from lockstep_core.decision.sizing import Opening, counts_factor, is_aligned, requested_lots
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Params, Shape, Skip
from lockstep_core.units import Lots, lots_text


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of an explanation: a code and what its words are filled with."""

    code: str
    params: Params


LOTS_PARAMS: Mapping[str, Shape] = {
    "sizing": {"mode": str, "number": str, "base": str},
    "aligned": {"master": str, "slave": str},
    "mapped": {"factor": str},
    "raised": {"lots": str, "to": str},
    "cut": {"lots": str, "by": str},
    "rounded": {"lots": str},
    "split": {"orders": int, "most": str},
}
"""The params that each part of an explanation comes with."""

_CAPS: Mapping[str, str] = {
    "sizing": "broker",
    "limits.max_trade_volume": "max_trade_volume",
    "limits.max_trade_risk": "max_trade_risk",
}


def explain_lots(rules: Rules, draft: Draft) -> tuple[Part, ...]:
    """The sizing, what it is corrected by, the limit or step that made other lots of it, and in how many orders they are
    opened.
    """
    return (_sizing(rules), *_corrections(rules, draft.opening), *_fitting(rules, draft), *_splitting(draft))


def _sizing(rules: Rules) -> Part:
    """`number` is lots of a fixed size, a percentage of a share of the account, and a factor or money otherwise."""
    number, mode = rules.sizing.number, rules.sizing.mode
    text = f"{float(number * 100 if mode == 'fixed_risk' else number):g}"
    shown = lots_text(int(number)) if mode == "fixed" else text
    params = {"mode": mode, "number": shown, "base": rules.sizing.base.removeprefix("own_")}
    return Part("sizing", params)


def _corrections(rules: Rules, opening: Opening) -> tuple[Part, ...]:
    said = is_aligned(rules.sizing, opening) and rules.sizing.mode != "contract_size"
    parts = list(_alignment(opening)) if said else []
    if opening.factor is not None and counts_factor(rules.sizing):
        parts.append(Part("mapped", {"factor": f"{float(opening.factor):g}"}))
    return tuple(parts)


def _alignment(opening: Opening) -> Iterator[Part]:
    """What a lot is at both brokers, where that differs: the size of its contract, with its currency where that differs."""
    master, context = opening.master_spec, opening.context
    theirs = None if master is None else lot_worth(master, context.master.figures)
    mine = lot_worth(opening.spec, context.slave.figures)
    if theirs is None or mine is None:
        return
    same_currency = theirs.currency == mine.currency or not theirs.currency or not mine.currency
    if same_currency and theirs.above * mine.below == mine.above * theirs.below:
        return
    there, here = (_number(worth) if same_currency else f"{_number(worth)} {worth.currency}" for worth in (theirs, mine))
    yield Part("aligned", {"master": there, "slave": here})


def _number(worth: LotWorth) -> str:
    return f"{float(worth.above / Fraction(worth.below)):.12g}"


def _fitting(rules: Rules, draft: Draft) -> tuple[Part, ...]:
    asked_for, cap = requested_lots(rules.sizing, draft.opening), cap_of(rules.rounding, draft.opening)
    whole = draft.lots + draft.rest
    if isinstance(asked_for, Skip) or isinstance(cap, Skip) or Fraction(*asked_for) == whole:
        return ()
    requested = Fraction(*asked_for)
    lots = lots_text(floor(requested))
    if whole > requested:
        stepped = not rules.rounding.down and whole == nearest_step(requested, draft.spec.volume_step)
        return (Part("raised", {"lots": lots, "to": "step" if stepped else "minimum"}),)
    fitted = fitted_lots(rules.rounding, asked_for, draft.opening)
    if not isinstance(fitted, Skip) and whole < fitted:
        by = "volume_limit" if _is_limited(draft, fitted) else "guards"
        return (Part("cut", {"lots": lots_text(fitted), "by": by}),)
    if requested > cap.lots:
        return (Part("cut", {"lots": lots, "by": _CAPS[cap.setting]}),)
    return (Part("rounded", {"lots": lots}),)


def _is_limited(draft: Draft, lots: Lots) -> bool:
    """Whether the broker takes no more of the symbol in this direction."""
    return bool(draft.spec.volume_limit) and within_volume_limit(draft.opening, lots) == draft.lots + draft.rest


def _splitting(draft: Draft) -> tuple[Part, ...]:
    """How many orders the lots need, if they are above the broker's largest order."""
    if not draft.rest:
        return ()
    orders, left = 1, draft.rest
    while left:
        orders, left = orders + 1, Lots(left - one_order(left, draft.spec))
    return (Part("split", {"orders": orders, "most": lots_text(draft.spec.volume_max)}),)
