"""What a copier would do with a trade and why, by the code that trades, for the website."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from lockstep_core.books.links import Link, link_id
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.decide import decide
from lockstep_core.decision.explain_lots import Part, explain_lots
from lockstep_core.decision.opening import Draft, draft
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import Target
from lockstep_core.settings.copier import CopierMode
from lockstep_core.skips import Params, Shape, Skip
from lockstep_core.units import Lots, lots_text
from lockstep_core.wire.enums import Side


class Trial(msgspec.Struct, frozen=True, gc=False):
    """A trade of the master to try: lots in 1e-8, prices 0.0 where there are none."""

    symbol: str
    side: Literal[0, 1]
    lots: Lots
    price: float = 0.0
    sl: float = 0.0
    tp: float = 0.0
    magic: int = 0
    comment: str = ""


TRADE_PARAMS: Mapping[str, Shape] = {
    "copied": {
        "master_side": str,
        "master_lots": str,
        "master_symbol": str,
        "side": str,
        "lots": str,
        "symbol": str,
        "stops": str,
        "sl": str,
        "tp": str,
    },
    "not_copied": {"master_side": str, "master_lots": str, "master_symbol": str},
}
"""The params that the first part of a preview comes with."""


class Preview(msgspec.Struct, frozen=True):
    """The outcome, and parts that explain it: the trade and each reason for the copy's lots, or the trade alone where the
    outcome is a skip, which explains itself.
    """

    parts: tuple[Part, ...]
    outcome: Target | Skip


def preview(copier: Copier, trial: Trial, context: DecisionContext) -> Preview:
    """What the copier would do if the master opened this now. A trial run previews as if it were on, without any delay."""
    rules = msgspec.structs.replace(copier.rules, delay_min_ns=0, delay_span_ns=0)
    mode = CopierMode.ON if copier.mode is CopierMode.DRY_RUN else copier.mode
    shown = msgspec.structs.replace(copier, mode=mode, rules=rules)
    master = _position(trial, context.now_ns)
    link = Link(link_id(copier.id, 0), copier.id, 0, trial.symbol, "", trial.side, trial.lots)
    ready = msgspec.structs.replace(context.slave, ready=True)
    decision = decide(shown, link, master, msgspec.structs.replace(context, slave=ready))
    found = draft(rules, master, 0.0, context)
    if isinstance(decision, Target) and isinstance(found, Draft):
        copied = Part("copied", {**_trade(trial), **_copy(decision)})
        return Preview((copied, *explain_lots(rules, found)), decision)
    skip = decision if isinstance(decision, Skip) else None
    if skip is None:
        raise AssertionError("a fresh opening without delay ends in a target or a skip")
    return Preview((Part("not_copied", _trade(trial)),), skip)


def _position(trial: Trial, now_ns: int) -> Position:
    return Position(
        0,
        trial.symbol,
        trial.side,
        trial.lots,
        trial.lots,
        trial.sl,
        trial.tp,
        trial.magic,
        trial.comment,
        now_ns,
        trial.price,
    )


def _trade(trial: Trial) -> Params:
    return {"master_side": _side(trial.side), "master_lots": lots_text(trial.lots), "master_symbol": trial.symbol}


def _copy(target: Target) -> Params:
    """`stops` says which of both there are."""
    sl, tp = f"{target.sl:g}" if target.sl else "", f"{target.tp:g}" if target.tp else ""
    return {
        "side": _side(target.side),
        "lots": lots_text(abs(target.volume - target.expected) + target.rest),
        "symbol": target.symbol,
        "stops": "both" if sl and tp else "sl" if sl else "tp" if tp else "none",
        "sl": sl,
        "tp": tp,
    }


def _side(side: int) -> str:
    return "sell" if side == Side.SELL else "buy"
