"""Stories: who trades, what breaks, when. Plain data, made from a seed, readable, and complete without its random source."""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from lockstep_core.books.positions import OrderKind
from lockstep_core.copiers import CopierMode
from lockstep_core.decision.context import NewsItem
from lockstep_core.units import lots_text
from tests.simulation.broker import UTC_MS, Name
from tests.simulation.drawn import a_moving_setting, a_setting, needs_stops, some_figures, some_news
from tests.simulation.market import LISTED, Figures, Kind, Listed

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
    """`who` is an account (of `mode`: a copier), `key` the opening it is about, `amount` ms, lots or percent.

    `order` is the kind of a pending order, or the magic number of an opening; `lasts_ms` how long it lives (0: for ever).
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


class Leg(msgspec.Struct, frozen=True):
    """A copier between two accounts by their place; `fixed` lots in 1e-8 or 0, `percent` of the master's lots.

    `settings` are all others, as JSON has them.
    """

    master: int
    slave: int
    fixed: int
    percent: int
    copy_stops: bool
    age_ms: int
    settings: dict[str, Any] = {}


class Story(msgspec.Struct, frozen=True):
    """`accounts` is how many there are, `kept` the size of each relay's ledger, `seed` of the world's dice.

    `markets` are the symbols of each account's broker, where they are not the usual ones; without `kinds` all of them
    hedge. `moves`: there are quotes, and prices and money change;
    `utc_ms` is the time when the world begins, `news` the
    calendar then.
    """

    seed: int
    accounts: int
    kept: int
    legs: tuple[Leg, ...]
    steps: tuple[Step, ...]
    markets: tuple[tuple[Listed, ...], ...] = ()
    kinds: tuple[Kind, ...] = ()
    figures: tuple[Figures, ...] = ()
    moves: bool = False
    utc_ms: int = UTC_MS
    news: tuple[NewsItem, ...] = ()

    def name(self, account: int) -> Name:
        """What an account is."""
        figures = self.figures[account] if self.figures else Figures()
        listed = self.markets[account] if self.markets else LISTED
        return Name(1000 + account, self.kind(account), figures, listed, self.utc_ms)

    def kind(self, account: int) -> Kind:
        """What kind of account it is."""
        return self.kinds[account] if self.kinds else Kind.HEDGING

    def __str__(self) -> str:
        legs = [f"  copier {i}: account {g.master} -> account {g.slave}, {_sizing(g)}" for i, g in enumerate(self.legs)]
        kinds = ", ".join(self.kind(i) for i in range(self.accounts))
        return "\n".join((f"seed {self.seed}: {kinds}", *legs, *(f"  {step}" for step in self.steps)))


MOVING = 0.4
"""The share of stories in which prices move."""
MIDNIGHT_MS = 1_030_000
"""A world that begins so long before midnight has one half a minute after its story began."""
SHAPES = (((0, 1),), ((0, 1), (0, 2)), ((0, 2), (1, 2)), ((0, 1), (1, 2)), ((0, 1), (0, 2), (0, 3)))


def story(seed: int, steps: int) -> Story:
    """The story of a seed."""
    dice = Random(f"story {seed}")  # noqa: S311 - a seeded story, no secret
    pairs = dice.choice(SHAPES)
    moves = dice.random() < MOVING
    legs = tuple(_leg(dice, *pair, moves) for pair in pairs)
    accounts = max(max(pair) for pair in pairs) + 1
    kinds = tuple(dice.choice((Kind.HEDGING, Kind.NETTING, Kind.MT4)) for _ in range(accounts))
    figures = () if moves else tuple(some_figures(dice) for _ in range(accounts))
    kept = dice.choice((150, 1_000, 50_000))
    told = tuple(_Writer(dice, legs, accounts, moves).write(steps))
    utc_ms = dice.choice((UTC_MS, UTC_MS - MIDNIGHT_MS))
    times = (utc_ms, some_news(dice, utc_ms))
    return Story(seed, accounts, kept, legs, told, (), kinds, figures, moves, *times)


def _leg(dice: Random, master: int, slave: int, moves: bool) -> Leg:
    fixed = dice.choice((0, 0, 10_000_000, 37_000_000))
    age_ms = dice.choice((1_000, 5_000, 5_000, 30_000))
    settings = a_moving_setting(dice) if moves else a_setting(dice, fixed == 10_000_000)
    stops = dice.random() < 0.8 or needs_stops(settings)
    return Leg(master, slave, fixed, dice.choice((50, 100, 130, 300)), stops, age_ms, settings)


class _Writer:
    """Invents steps; `_open` are the keys of openings by account."""

    def __init__(self, dice: Random, legs: tuple[Leg, ...], accounts: int, moves: bool) -> None:
        self._dice = dice
        self._legs = legs
        self._accounts = accounts
        self._masters = sorted({leg.master for leg in legs})
        self._keys: list[tuple[int, int]] = []
        self._orders: list[tuple[int, int]] = []
        self._waits = dice.choice((0.0, 0.2, 0.5))
        self._at_ms = 5_000
        self._faulty = dice.choice((0.0, 0.1, 0.3, 0.5))
        self._hands = dice.choice((0.0, 0.05, 0.2))
        self._haste = dice.choice((150, 600, 2_500))
        self._market = 0.35 if moves else 0.0

    def write(self, count: int) -> list[Step]:
        dice = self._dice
        steps = [self._temper(i) for i in range(self._accounts) if dice.random() < 0.5]
        while len(steps) < count:
            self._at_ms += dice.choice(
                (0, 1, dice.randint(0, 50), dice.randint(0, self._haste), dice.randint(0, 3 * self._haste))
            )
            chance = dice.random()
            if dice.random() < self._market:
                steps.append(self._market_step())
            elif chance < self._faulty:
                steps.append(self._fault())
            elif chance < self._faulty + self._hands:
                steps.append(self._hand())
            else:
                steps.append(self._trade(len(steps)))
        return steps

    def _temper(self, who: int) -> Step:
        return Step(0, "temper", who, amount=self._dice.randrange(1, 10**6))

    def _trade(self, key: int) -> Step:
        dice = self._dice
        if not self._keys or dice.random() < 0.4:
            return self._opening(key, dice.choice(self._masters), "open")
        if dice.random() < self._waits:
            return self._pending(key)
        who, old = dice.choice(self._keys[-6:])
        kind = dice.choice(("close", "close", "reduce", "reduce", "stops", "by"))
        return Step(self._at_ms, kind, who, old, amount=dice.randint(1, 99), sl=self._stop(), tp=self._stop())

    def _pending(self, key: int) -> Step:
        dice = self._dice
        if not self._orders or dice.random() < 0.4:
            who = dice.choice(self._masters)
            self._orders.append((who, key))
            self._keys.append((who, key))
            lots = dice.choice((10_000_000, 50_000_000, 100_000_000))
            head = (self._at_ms, "place", who, key, lots, dice.choice(("EURUSD", "XAUUSD", "US500")))
            lasts_ms = dice.choice((0, 2_000, 15_000, 600_000))
            return Step(*head, 0, self._stop(), self._stop(), 0, dice.choice((1.05, 1.15)), dice.randint(2, 5), lasts_ms)
        who, old = dice.choice(self._orders[-4:])
        kind, amount = dice.choice((("fill", 100), ("fill", 100), ("fill", 50), ("change", 0), ("change", 0), ("delete", 0)))
        return Step(self._at_ms, kind, who, old, amount, sl=self._stop(), tp=self._stop(), price=dice.choice((1.04, 1.16)))

    def _market_step(self) -> Step:
        dice = self._dice
        kind = dice.choice(("move", "move", "move", "spread", "spread", "cash", "cash", "reset", "news"))
        symbol = dice.choice(("EURUSD", "EURUSD", "XAUUSD", "US500"))
        if kind == "news":
            head = (self._at_ms, kind, 0, 0, 0, dice.choice(("EUR", "USD")))
            return Step(*head, lasts_ms=dice.choice((30_000, 61_000, 65_000, 90_000)))
        if kind == "move":
            return Step(self._at_ms, kind, symbol=symbol, price=dice.choice((0.95, 0.99, 0.997, 1.0, 1.003, 1.01, 1.05)))
        if kind == "spread":
            return Step(self._at_ms, kind, dice.randrange(self._accounts), amount=dice.choice((10, 200)), symbol=symbol)
        if kind == "cash":
            amount = dice.choice((-600, -300, -150, 150, 300, 600))
            return Step(self._at_ms, kind, dice.randrange(self._accounts), amount=amount)
        return Step(self._at_ms, kind, dice.randrange(len(self._legs)), dice.randrange(2))

    def _opening(self, key: int, who: int, kind: str) -> Step:
        dice = self._dice
        self._keys.append((who, key))
        lots = dice.choice((10_000_000, 20_000_000, 50_000_000, 100_000_000, 130_000_000))
        symbol = dice.choice(("EURUSD", "EURUSD", "XAUUSD", "US500"))
        head = (self._at_ms, kind, who, key, lots, symbol, dice.randint(0, 1), self._stop(), self._stop())
        return Step(*head, order=dice.choice((0, 0, 77, 4242)))

    def _hand(self) -> Step:
        """The owner of a slave's account meddles."""
        dice = self._dice
        copier = dice.randrange(len(self._legs))
        kind = dice.choice(("hand_close", "hand_close", "hand_reduce", "hand_stops", "foreign", "mode"))
        if kind == "mode":
            return Step(self._at_ms, kind, copier, amount=dice.choice((0, 0, 1, 2, 3)))
        if kind == "foreign" or not self._keys:
            lots = dice.choice((10_000_000, 50_000_000))
            return Step(self._at_ms, "foreign", self._legs[copier].slave, 0, lots, "EURUSD", dice.randint(0, 1))
        head = (self._legs[copier].slave, dice.choice(self._keys[-6:])[1])
        return Step(self._at_ms, kind, *head, amount=dice.randint(1, 99), sl=self._stop(), copier=copier)

    def _fault(self) -> Step:
        return a_fault(self._dice, self._at_ms, self._accounts)

    def _stop(self) -> float:
        return self._dice.choice((0.0, 0.0, 1.1, 1.3, 1.2))


def a_fault(dice: Random, at_ms: int, accounts: int) -> Step:
    """Something breaks."""
    long_ms = dice.choice((100, 500, 1_500, 4_000, 9_000, 20_000))
    return Step(at_ms, dice.choice(FAULTS), dice.randrange(accounts), amount=dice.randint(20, long_ms))


def mode_of(step: Step) -> CopierMode:
    """The mode a `mode` step sets."""
    return (CopierMode.ON, CopierMode.CLOSE_ONLY, CopierMode.OFF, CopierMode.DRY_RUN)[step.amount]


def _sizing(leg: Leg) -> str:
    lots = f"fixed {lots_text(leg.fixed)}" if leg.fixed else f"{leg.percent} %"
    return f"{lots} {leg.settings or ''}".rstrip()


def _copy(step: Step) -> str:
    return f"on account {step.who}, by hand: the copy of #{step.key} by copier {step.copier}"


_SENTENCES: dict[str, Callable[[Step], str]] = {
    REST: lambda _: "peace until all is quiet",
    "temper": lambda s: f"the broker of account {s.who} is in a bad temper ({s.amount})",
    "open": lambda s: (
        f"account {s.who} opens #{s.key}: {lots_text(s.amount)} {s.symbol} {'sell' if s.side else 'buy'}"
        + (f" with magic number {s.order}" if s.order else "")
    ),
    "close": lambda s: f"account {s.who} closes #{s.key}",
    "reduce": lambda s: f"account {s.who} closes {s.amount} % of #{s.key}",
    "place": lambda s: (
        f"account {s.who} places #{s.key}: {lots_text(s.amount)} {s.symbol} {OrderKind(s.order).name.lower()} at {s.price}"
        + (f" for {s.lasts_ms} ms" if s.lasts_ms else "")
    ),
    "change": lambda s: f"account {s.who} moves its order #{s.key} to {s.price}, stops {s.sl}, {s.tp}",
    "delete": lambda s: f"account {s.who} deletes its order #{s.key}",
    "fill": lambda s: f"the market comes to {s.amount} % of order #{s.key} of account {s.who}",
    "by": lambda s: f"account {s.who} closes #{s.key} by a position of the other side",
    "part": lambda s: f"account {s.who} closes {lots_text(s.amount)} of #{s.key}",
    "stops": lambda s: f"account {s.who} moves the stops of #{s.key} to {s.sl}, {s.tp}",
    "hand_close": lambda s: f"{_copy(s)} is closed",
    "hand_reduce": lambda s: f"{_copy(s)} is closed by {s.amount} %",
    "hand_stops": lambda s: f"{_copy(s)} gets the stop {s.sl}",
    "foreign": lambda s: f"account {s.who} opens {lots_text(s.amount)} {s.symbol} for itself",
    "move": lambda s: f"{s.symbol} goes to {s.price}",
    "spread": lambda s: f"the spread of {s.symbol} at the broker of account {s.who} is {s.amount} points",
    "cash": lambda s: f"account {s.who} pays {s.amount} in",
    "reset": lambda s: f"guard {s.key} of copier {s.who} is let go on",
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
