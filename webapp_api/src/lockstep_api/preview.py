"""What a copier would do with trades of its master, by the decision that trades. Pure.

A broker's own limits are known to the router only, so the usual ones are taken and named in the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from lockstep_core.book import Book, Position
from lockstep_core.copiers import CopierMode, CopierSettings, FixedLots
from lockstep_core.decide import SlaveView, Wish, decide
from lockstep_core.links import Link, link_id
from lockstep_core.plans import Copier
from lockstep_core.skips import Skip
from lockstep_core.symbols import SymbolSpec, TradeMode
from lockstep_core.units import ONE_LOT, Lots, lots_text
from lockstep_core.wire.frames import Side

ASSUMED = "The slave's broker is taken to have the symbol, in lots of 0.01 to 100.00 by 0.01."
_STEP = Lots(ONE_LOT // 100)
_ID = UUID(int=0)


@dataclass(frozen=True)
class Trial:
    """A trade of the master to try; lots in 1e-8."""

    symbol: str
    side: Literal["buy", "sell"]
    lots: Lots


@dataclass(frozen=True)
class Outcome:
    """What would come of it. `lots` of a copy in 1e-8; `reason` and `setting` of a skip."""

    trial: Trial
    outcome: Literal["copy", "skip"]
    lots: Lots
    reason: str | None
    setting: str | None
    sentence: str


def preview(settings: CopierSettings, mode: CopierMode, trials: Sequence[Trial]) -> tuple[Outcome, ...]:
    """Each trial as if the master opened it now and the slave were connected. A trial run is shown as if it were on."""
    copier = Copier(_ID, _ID, _ID, _ID, CopierMode.ON if mode is CopierMode.DRY_RUN else mode, settings)
    return tuple(_try(copier, trial) for trial in trials)


def because(settings: CopierSettings) -> str:
    """The sizing in words."""
    sizing = settings.sizing
    if isinstance(sizing, FixedLots):
        return f"it always opens {sizing.lots:.2f} lots"
    return f"it opens {sizing.factor.normalize():f} times the master's lots"


def _try(copier: Copier, trial: Trial) -> Outcome:
    side = Side.BUY if trial.side == "buy" else Side.SELL
    master = Position(0, trial.symbol, side, trial.lots, trial.lots, 0.0, 0.0, 0, "", 0)
    link = Link(link_id(_ID, 0), _ID, 0, trial.symbol, "", side, trial.lots)
    slave = SlaveView(Book(), {trial.symbol: _usual(trial.symbol)}, ready=True)
    decision = decide(copier, link, master, slave, 0)
    said = f"Master {trial.side} {lots_text(trial.lots)} {trial.symbol}"
    if isinstance(decision, Wish):
        text = f"{said} → {lots_text(decision.volume)} here, because {because(copier.settings)}."
        return Outcome(trial, "copy", decision.volume, None, None, text)
    if not isinstance(decision, Skip):
        raise TypeError("a fresh opening at a connected slave ends in a wish or a skip")
    return Outcome(
        trial, "skip", Lots(0), decision.code, decision.setting or None, f"{said} is not copied. {decision.sentence}"
    )


def _usual(symbol: str) -> SymbolSpec:
    return SymbolSpec(symbol, 5, 1e-5, 100_000.0, _STEP, Lots(100 * ONE_LOT), _STEP, TradeMode.FULL)
