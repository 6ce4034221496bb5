"""What a copier would do with a trade, in a sentence: by the code that trades, for the website."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from lockstep_core.decide import decide
from lockstep_core.links import Link, link_id
from lockstep_core.plans import Copier
from lockstep_core.positions import Position
from lockstep_core.rules import Rules
from lockstep_core.settings.copier import CopierMode
from lockstep_core.skips import Skip
from lockstep_core.units import Lots, lots_text
from lockstep_core.views import Scene
from lockstep_core.wire.frames import Side
from lockstep_core.wishes import Wish


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
    shown = msgspec.structs.replace(copier, mode=mode, _rules=rules)
    master = _position(trial, scene.now_ns)
    link = Link(link_id(copier.id, 0), copier.id, 0, trial.symbol, "", trial.side, trial.lots)
    ready = msgspec.structs.replace(scene.slave, ready=True)
    decision = decide(shown, link, master, msgspec.structs.replace(scene, slave=ready))
    if isinstance(decision, Wish):
        return Preview(f"{_trade(trial)} would open {_copy(decision)} here, because {because(rules)}.", decision)
    skip = decision if isinstance(decision, Skip) else None
    if skip is None:
        raise AssertionError("a fresh opening without delay ends in a wish or a skip")
    return Preview(f"{_trade(trial)} would not be copied. {skip.sentence}", skip)


def because(rules: Rules) -> str:
    """The sizing in words."""
    number = f"{float(rules.sizing.number):g}"
    pattern = _BECAUSE[rules.sizing.mode]
    aligned = ", corrected for contract sizes" if rules.sizing.align and rules.sizing.mode != "contract_size" else ""
    words = pattern.format(number=number, lots=lots_text(int(rules.sizing.number)))
    return words.replace("opens 1 times ", "opens ") + aligned


_BECAUSE: Mapping[str, str] = {
    "none": "it copies the master's lots",
    "fixed": "it always opens {lots} lots",
    "multiplier": "it opens {number} times the master's lots",
    "balance": "it opens {number} times the master's lots in proportion to both balances",
    "equity": "it opens {number} times the master's lots in proportion to both equities",
    "free_margin": "it opens {number} times the master's lots in proportion to both free margins",
    "contract_size": "it opens {number} times the same amount of the traded thing",
    "fixed_risk": "it risks {number} of the account at the stop loss",
    "risk_amount": "it risks {number} of the account's currency at the stop loss",
    "fixed_master_balance": "it opens {number} times the master's lots in proportion to the balance set for the master",
    "formula": "its formula says so",
}


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
