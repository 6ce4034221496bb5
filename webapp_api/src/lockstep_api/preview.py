"""What a copier would do with trades of its master, by the decision code that trades. Pure.

What only the router knows of accounts and brokers is assumed; the notice `assumed_broker` says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from lockstep_api.account_figures import AccountFigures
from lockstep_api.guard_standing import NO_GUARDS, GuardStanding
from lockstep_core.books.book import Book
from lockstep_core.copiers import CopierMode, CopierSettings
from lockstep_core.decision import preview as engine
from lockstep_core.decision.context import DecisionContext, MasterView, NewsItem, SlaveView
from lockstep_core.decision.economic_news import items_of
from lockstep_core.decision.explain_lots import Part
from lockstep_core.decision.plan import Copier
from lockstep_core.market.currencies import TRADED
from lockstep_core.market.money import Prices, rate
from lockstep_core.market.symbol_matching import index_of
from lockstep_core.market.symbol_names import core_of
from lockstep_core.market.symbols import SymbolSpec, SymbolTradeMode
from lockstep_core.settings.symbols import Symbols, folded_name
from lockstep_core.skips import Skip
from lockstep_core.units import ONE_LOT, Lots

_STEP = Lots(ONE_LOT // 100)
_PRICE = 1.0
_ID = UUID(int=0)


@dataclass(frozen=True)
class PreviewTrade:
    """A trade of the master to try; lots in 1e-8, `price` 0.0 if unknown, `utc_ms` when it was opened. Stops are 0.0 for
    none.
    """

    symbol: str
    side: Literal["buy", "sell"]
    lots: Lots
    price: float = 0.0
    utc_ms: int | None = None
    sl: float = 0.0
    tp: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """The result of a trade. `lots` of a copy in 1e-8; `skip` if there would be no copy; `parts` explain the lots."""

    trial: PreviewTrade
    outcome: Literal["copy", "skip"]
    lots: Lots
    skip: Skip | None
    parts: tuple[Part, ...]


def news_of(rows: Iterable[Mapping[str, Any]]) -> tuple[NewsItem, ...]:
    """Rows of the calendar as decisions read them: one for each currency, sorted by time."""
    return items_of((_ms(row["at"]), row["currencies"], row["importance"], row["title"]) for row in rows)


def preview(
    settings: CopierSettings,
    mode: CopierMode,
    trials: Sequence[PreviewTrade],
    now_ms: int,
    money: AccountFigures,
    news: tuple[NewsItem, ...] = (),
    guards: GuardStanding = NO_GUARDS,
) -> tuple[Outcome, ...]:
    """Decides on each trial as if it came at its own time (UTC; `now_ms` without one) with the slave connected.

    `news` are the calendar's entries around these times, sorted by time; `guards` stand as they do now.
    """
    copier = Copier(_ID, _ID, _ID, _ID, mode, settings)
    return tuple(_try(copier, trial, now_ms, money, news, guards) for trial in trials)


def _try(
    copier: Copier,
    trial: PreviewTrade,
    now_ms: int,
    money: AccountFigures,
    news: tuple[NewsItem, ...],
    guards: GuardStanding,
) -> Outcome:
    price = trial.price if trial.price > 0 else _PRICE
    given = engine.Trial(trial.symbol, 0 if trial.side == "buy" else 1, trial.lots, price, trial.sl, trial.tp)
    context = _context(copier.settings.symbols, trial, price, now_ms, money, news)
    context = msgspec.structs.replace(context, floor=guards.floor, today=guards.today)
    found = engine.preview(copier, given, context)
    if isinstance(found.outcome, Skip):
        return Outcome(trial, "skip", Lots(0), found.outcome, found.parts)
    return Outcome(trial, "copy", found.outcome.volume, None, found.parts)


def _context(
    symbols: Symbols, trial: PreviewTrade, price: float, now_ms: int, money: AccountFigures, news: tuple[NewsItem, ...]
) -> DecisionContext:
    theirs = _valued(_usual(trial.symbol), price, money.master.currency)
    mine = _valued(_usual(_name(symbols, theirs)), price, money.slave.currency)
    slave = SlaveView(Book(), {mine.name: mine}, ready=True, figures=money.slave, quotes={mine.name: Prices(price, price)})
    master = MasterView({theirs.name: theirs}, money.master)
    return DecisionContext(slave, 0, master, now_ms if trial.utc_ms is None else trial.utc_ms, news)


def _name(symbols: Symbols, master: SymbolSpec) -> str:
    """The symbol's name at a slave's broker as the settings describe it."""
    mapped = {folded_name(mapping.source): mapping.to.strip() for mapping in symbols.symbol_mapping}
    named = mapped.get(folded_name(master.name)) or (
        mapped.get(core_of(master.name, master)) if symbols.auto_affix else None
    )
    if named is not None:
        return named
    if symbols.prefix or symbols.suffix:
        return f"{symbols.prefix or ''}{core_of(master.name, master)}{symbols.suffix or ''}"
    return master.name


def _usual(name: str) -> SymbolSpec:
    most = Lots(100 * ONE_LOT)
    base, profit = _currencies(core_of(name))
    spec = SymbolSpec(name, 5, 1e-5, 100_000.0, _STEP, most, _STEP, SymbolTradeMode.FULL, 1e-5, 1.0)
    return msgspec.structs.replace(spec, currency_base=base, currency_profit=profit)


def _valued(spec: SymbolSpec, price: float, currency: str) -> SymbolSpec:
    """The spec with a tick's value in an account's currency, if the symbol's own price gives the rate."""
    found = rate(spec.currency_profit, currency, index_of({spec.name: spec}).crosses, {spec.name: Prices(price, price)})
    return spec if found is None else msgspec.structs.replace(spec, tick_value=spec.tick_value * found[0] / found[1])


def _currencies(core: str) -> tuple[str, str]:
    """The two currencies of a pair with a usual name. For other symbols they are unknown here, and all news count."""
    pair = core[:3], core[3:]
    return pair if TRADED.issuperset(pair) else ("", "")


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
