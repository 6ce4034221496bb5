"""Scenarios: who trades, what breaks, and when. Plain data that needs no random source to be played or printed."""

from collections.abc import Callable
from typing import Any

import msgspec

from lockstep_core.books.positions import OrderKind
from lockstep_core.copiers import CopierMode
from lockstep_core.decision.context import NewsItem
from lockstep_core.market.symbols import SymbolTradeMode
from lockstep_core.units import lots_text
from tests.simulation.broker import LONGEST_COMMENT, UTC_MS, AccountSpec
from tests.simulation.broker_data import LISTED, AccountFigures, AccountKind, ListedSymbol

FAULTS = (
    "kill_router",
    "cut",
    "stall",
    "kill_relay",
    "kill_terminal",
    "replace_pod",
    "lose_broker",
    "freeze",
    "lose_database",
)


REST = "rest"


class Step(msgspec.Struct, frozen=True):
    """One thing that happens. `who` is an account (of `mode` and `reset` a copier), `key` names the opening that it
    concerns.

    `amount` is in ms, lots, points or percent, as the kind needs. `order` is the kind of a pending order, or the magic
    number of an opening. `lasts_ms` is the life of a pending order (0: for ever), or the time until news.
    """

    at_ms: int
    kind: str
    who: int = 0
    key: int = 0
    amount: int = 0
    symbol: str = ""
    side: int = 0
    sl: float = 0.0
    tp: float = 0.0
    copier: int = 0
    price: float = 0.0
    order: int = 0
    lasts_ms: int = 0

    def __str__(self) -> str:
        return f"{self.at_ms / 1000:9.3f} s  {_SENTENCES[self.kind](self)}"


class CopierSpec(msgspec.Struct, frozen=True):
    """A copier between two accounts, by their indices. It copies `fixed` lots, in 1e-8, or `percent` of the master's.

    `settings` are all others, as in JSON.
    """

    master: int
    slave: int
    fixed: int
    percent: int
    copy_stops: bool
    age_ms: int
    settings: dict[str, Any] = {}


class Scenario(msgspec.Struct, frozen=True):
    """A whole scenario: the same one always plays the same way. `seed` is that of the world's random numbers.

    `accounts` is their number, `ledger_size` how many frames each relay keeps. `markets` are the symbols of each account's
    broker where they are not the usual ones. Without `kinds` every account hedges. `moves`: there are quotes, and prices and
    money change. `utc_ms` is the time when the world begins, `news` the calendar then.
    """

    seed: int
    accounts: int
    ledger_size: int
    copiers: tuple[CopierSpec, ...]
    steps: tuple[Step, ...]
    markets: tuple[tuple[ListedSymbol, ...], ...] = ()
    kinds: tuple[AccountKind, ...] = ()
    figures: tuple[AccountFigures, ...] = ()
    moves: bool = False
    utc_ms: int = UTC_MS
    news: tuple[NewsItem, ...] = ()

    def account_spec(self, account: int) -> AccountSpec:
        """The terms of an account at its broker."""
        figures = self.figures[account] if self.figures else AccountFigures()
        listed = self.markets[account] if self.markets else LISTED
        head = (1000 + account, self.kind(account), figures, listed, self.utc_ms, (1000 + account) % 4)
        return AccountSpec(*head, comment_length=self._comment_length(account))

    def _comment_length(self, account: int) -> int:
        """Some brokers of MT4 slaves cut comments. A master's broker never does: only comments tell what the rest of a
        position is.
        """
        is_slave_only = all(spec.master != account for spec in self.copiers)
        if self.kind(account) is not AccountKind.MT4 or not is_slave_only:
            return LONGEST_COMMENT
        return (0, 11, 15, LONGEST_COMMENT, LONGEST_COMMENT, LONGEST_COMMENT)[(self.seed + account) % 6]

    def kind(self, account: int) -> AccountKind:
        """The kind of an account."""
        return self.kinds[account] if self.kinds else AccountKind.HEDGING

    def __str__(self) -> str:
        copiers = [
            f"  copier {i}: account {g.master} -> account {g.slave}, {_sizing(g)}" for i, g in enumerate(self.copiers)
        ]
        kinds = ", ".join(self.kind(i) for i in range(self.accounts))
        return "\n".join((f"seed {self.seed}: {kinds}", *copiers, *(f"  {step}" for step in self.steps)))


def mode_of(step: Step) -> CopierMode:
    """The mode that a `mode` step sets."""
    return (CopierMode.ON, CopierMode.CLOSE_ONLY, CopierMode.OFF, CopierMode.DRY_RUN)[step.amount]


def _sizing(spec: CopierSpec) -> str:
    lots = f"fixed {lots_text(spec.fixed)}" if spec.fixed else f"{spec.percent} %"
    return f"{lots} {spec.settings or ''}".rstrip()


def _copy(step: Step) -> str:
    return f"on account {step.who}, by hand: the copy of #{step.key} by copier {step.copier}"


_SENTENCES: dict[str, Callable[[Step], str]] = {
    REST: lambda _: "no more faults, until all is quiet",
    "behaviour": lambda s: f"the broker of account {s.who} behaves badly from now on ({s.amount})",
    "open": lambda s: (
        f"account {s.who} opens #{s.key}: {lots_text(s.amount)} {s.symbol} {'sell' if s.side else 'buy'}"
        + (f" with magic number {s.order}" if s.order else "")
    ),
    "more": lambda s: f"the broker of account {s.who} fills {lots_text(s.amount)} more of the order of #{s.key}",
    "close": lambda s: f"account {s.who} closes #{s.key}",
    "reduce": lambda s: f"account {s.who} closes {s.amount} % of #{s.key}",
    "place": lambda s: (
        f"account {s.who} places #{s.key}: {lots_text(s.amount)} {s.symbol} {OrderKind(s.order).name.lower()} at {s.price}"
        + (f" for {s.lasts_ms} ms" if s.lasts_ms else "")
    ),
    "change": lambda s: f"account {s.who} moves its order #{s.key} to {s.price}, stops {s.sl}, {s.tp}",
    "delete": lambda s: f"account {s.who} deletes its order #{s.key}",
    "fill": lambda s: f"the market comes to {s.amount} % of order #{s.key} of account {s.who}",
    "fill_late": lambda s: f"the market comes to orders of account {s.who} for what was opened late",
    "by": lambda s: f"account {s.who} closes #{s.key} by a position of the other side",
    "part": lambda s: f"account {s.who} closes {lots_text(s.amount)} of #{s.key}",
    "stops": lambda s: f"account {s.who} moves the stops of #{s.key} to {s.sl}, {s.tp}",
    "hand_close": lambda s: f"{_copy(s)} is closed",
    "hand_reduce": lambda s: f"{_copy(s)} is closed by {s.amount} %",
    "hand_stops": lambda s: f"{_copy(s)} gets the stop {s.sl}",
    "foreign": lambda s: f"account {s.who} opens {lots_text(s.amount)} {s.symbol} for itself",
    "move": lambda s: f"{s.symbol} goes to {s.price}",
    "spread": lambda s: f"the spread of {s.symbol} at the broker of account {s.who} is {s.amount} points",
    "restrict": lambda s: f"{s.symbol} is {SymbolTradeMode(s.amount).name} at the broker of account {s.who} from now on",
    "cash": lambda s: f"account {s.who} is booked {s.amount}",
    "pay": lambda s: f"account {s.who} deposits {s.amount}",
    "reset": lambda s: f"guard {s.key} of copier {s.who} is reset",
    "news": lambda s: f"{s.symbol} will have news in {s.lasts_ms} ms",
    "mode": lambda s: f"copier {s.who} is set to {mode_of(s)}",
    "kill_router": lambda s: f"the router is killed, back after {s.amount} ms",
    "cut": lambda s: f"the connection of account {s.who} breaks",
    "stall": lambda s: f"the connection of account {s.who} stands still for {s.amount % 2900} ms",
    "kill_relay": lambda s: f"the relay of account {s.who} is killed, back after {s.amount} ms",
    "kill_terminal": lambda s: f"the terminal of account {s.who} is killed, back after {s.amount} ms",
    "replace_pod": lambda s: f"account {s.who} gets a new pod, the old one goes on for {s.amount} ms",
    "lose_broker": lambda s: f"account {s.who} loses its broker for {s.amount} ms",
    "freeze": lambda s: f"the pod of account {s.who} freezes for {s.amount} ms",
    "lose_database": lambda s: f"the database is away for {s.amount} ms",
}
