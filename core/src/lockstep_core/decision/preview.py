"""What a copier would do with a trade, in a sentence: by the code that trades, for the website."""

from typing import Literal

import msgspec

from lockstep_core.books.links import Link, link_id
from lockstep_core.books.positions import Position
from lockstep_core.decision.context import Scene
from lockstep_core.decision.decide import decide
from lockstep_core.decision.explain_lots import because
from lockstep_core.decision.opening import Draft, draft
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import Wish
from lockstep_core.settings.copier import CopierMode
from lockstep_core.skips import Skip
from lockstep_core.units import Lots, lots_text
from lockstep_core.wire.frames import Side


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


class Preview(msgspec.Struct, frozen=True):
    """The sentence, and the outcome it is about."""

    sentence: str
    outcome: Wish | Skip


def preview(copier: Copier, trial: Trial, scene: Scene) -> Preview:
    """What the copier would do if the master opened this now. A trial run previews as if it were on, without any delay."""
    rules = msgspec.structs.replace(copier.rules, delay_min_ns=0, delay_span_ns=0)
    mode = CopierMode.ON if copier.mode is CopierMode.DRY_RUN else copier.mode
    shown = msgspec.structs.replace(copier, mode=mode, rules=rules)
    master = _position(trial, scene.now_ns)
    link = Link(link_id(copier.id, 0), copier.id, 0, trial.symbol, "", trial.side, trial.lots)
    ready = msgspec.structs.replace(scene.slave, ready=True)
    decision = decide(shown, link, master, msgspec.structs.replace(scene, slave=ready))
    found = draft(rules, master, 0.0, scene)
    if isinstance(decision, Wish) and isinstance(found, Draft):
        return Preview(f"{_trade(trial)} would open {_copy(decision)} here, because {because(rules, found)}.", decision)
    skip = decision if isinstance(decision, Skip) else None
    if skip is None:
        raise AssertionError("a fresh opening without delay ends in a wish or a skip")
    return Preview(f"{_trade(trial)} would not be copied. {skip.sentence}", skip)


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


def _trade(trial: Trial) -> str:
    return f"Master {_side(trial.side)} {lots_text(trial.lots)} {trial.symbol}"


def _copy(wish: Wish) -> str:
    lots = abs(wish.volume - wish.expected)
    stops = [f"stop loss {wish.sl:g}"] if wish.sl else []
    stops += [f"take profit {wish.tp:g}"] if wish.tp else []
    return " with ".join([f"{_side(wish.side)} {lots_text(lots)} {wish.symbol}", *([" and ".join(stops)] if stops else [])])


def _side(side: int) -> str:
    return "sell" if side == Side.SELL else "buy"
