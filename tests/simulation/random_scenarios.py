"""Scenarios drawn at random from a seed."""

from random import Random

import msgspec

from tests.simulation.breaks import with_breaks
from tests.simulation.broker import UTC_MS
from tests.simulation.broker_data import LISTED, AccountKind, ListedSymbol
from tests.simulation.late_orders import with_late_openings
from tests.simulation.own_stops import with_own_stops
from tests.simulation.random_settings import (
    needs_stops,
    random_figures,
    random_news,
    random_settings,
    random_settings_with_prices,
)
from tests.simulation.restrictions import with_restrictions
from tests.simulation.scenario import FAULTS, CopierSpec, Scenario, Step
from tests.simulation.volume_limits import with_volume_limits

MOVING = 0.4
"""The fraction of scenarios in which prices move."""
FEW_LOTS = 70_000_000
MIDNIGHT_MS = 1_030_000
"""A world that begins this long before midnight passes midnight half a minute after the first step."""
LEDGERS = (150, 1_000, 50_000)
"""How many frames relays keep."""
SHAPES = (((0, 1),), ((0, 1), (0, 2)), ((0, 2), (1, 2)), ((0, 1), (1, 2)), ((0, 1), (0, 2), (0, 3)))


def scenario_of(seed: int, steps: int) -> Scenario:
    """The scenario of a seed."""
    rng = Random(f"story {seed}")  # noqa: S311 - a seeded scenario, no secret
    pairs = rng.choice(SHAPES)
    moves = rng.random() < MOVING
    copiers = tuple(_copier_spec(rng, *pair, moves) for pair in pairs)
    accounts = max(max(pair) for pair in pairs) + 1
    kinds = tuple(rng.choice((AccountKind.HEDGING, AccountKind.NETTING, AccountKind.MT4)) for _ in range(accounts))
    figures = () if moves else tuple(random_figures(rng) for _ in range(accounts))
    ledger_size = rng.choice(LEDGERS)
    written = tuple(_ScenarioWriter(rng, copiers, accounts, moves).write(steps))
    if moves:
        copiers, written = with_late_openings(seed, with_own_stops(seed, copiers, kinds), written)
    utc_ms = rng.choice((UTC_MS, UTC_MS - MIDNIGHT_MS))
    times = (utc_ms, random_news(rng, utc_ms))
    markets = () if moves else tuple(_market(rng) for _ in range(accounts))
    slaves = frozenset(spec.slave for spec in copiers)
    written = with_restrictions(seed, slaves, written)
    markets = with_breaks(seed, utc_ms, slaves, with_volume_limits(seed, slaves, kinds, markets))
    if any(symbol.volume_max == FEW_LOTS for market in markets for symbol in market):
        # Thousands of parts may be open, and a relay's ledger that cannot hold one snapshot never delivers it.
        ledger_size = max(LEDGERS)
    return Scenario(seed, accounts, ledger_size, copiers, written, markets, kinds, figures, moves, *times)


def _market(rng: Random) -> tuple[ListedSymbol, ...]:
    """A broker's symbols. Now and then it reports a wrong tick value, or takes few lots of a symbol in one order."""
    wrong = rng.choice(("", "", "", "EURUSD", "XAUUSD"))
    few = rng.choice(("", "", "", "EURUSD", "US500"))
    return tuple(
        msgspec.structs.replace(
            one,
            exaggerates=10 if one.name == wrong else one.exaggerates,
            volume_max=FEW_LOTS if one.name == few else one.volume_max,
        )
        for one in LISTED
    )


def _copier_spec(rng: Random, master: int, slave: int, moves: bool) -> CopierSpec:
    fixed = rng.choice((0, 0, 10_000_000, 37_000_000))
    age_ms = rng.choice((1_000, 5_000, 5_000, 30_000))
    settings = random_settings_with_prices(rng) if moves else random_settings(rng, fixed == 10_000_000)
    stops = rng.random() < 0.8 or needs_stops(settings)
    return CopierSpec(master, slave, fixed, rng.choice((50, 100, 130, 300)), stops, age_ms, settings)


class _ScenarioWriter:
    """Draws steps at random. `_keys` and `_orders` are the openings and pending orders so far, with their accounts."""

    def __init__(self, rng: Random, copiers: tuple[CopierSpec, ...], accounts: int, moves: bool) -> None:
        self._rng = rng
        self._copiers = copiers
        self._accounts = accounts
        self._masters = sorted({spec.master for spec in copiers})
        self._keys: list[tuple[int, int]] = []
        self._orders: list[tuple[int, int]] = []
        self._pending_chance = rng.choice((0.0, 0.2, 0.5))
        self._at_ms = 5_000
        self._fault_chance = rng.choice((0.0, 0.1, 0.3, 0.5))
        self._manual_chance = rng.choice((0.0, 0.05, 0.2))
        self._longest_pause_ms = rng.choice((150, 600, 2_500))
        self._market_chance = 0.35 if moves else 0.0

    def write(self, count: int) -> list[Step]:
        rng = self._rng
        steps = [self._behaviour(i) for i in range(self._accounts) if rng.random() < 0.5]
        while len(steps) < count:
            self._at_ms += rng.choice(
                (
                    0,
                    1,
                    rng.randint(0, 50),
                    rng.randint(0, self._longest_pause_ms),
                    rng.randint(0, 3 * self._longest_pause_ms),
                )
            )
            chance = rng.random()
            if rng.random() < self._market_chance:
                steps.append(self._market_step())
            elif chance < self._fault_chance:
                steps.append(self._fault())
            elif chance < self._fault_chance + self._manual_chance:
                steps.append(self._manual_step())
            else:
                steps.append(self._trade(len(steps)))
        return steps

    def _behaviour(self, who: int) -> Step:
        return Step(0, "behaviour", who, amount=self._rng.randrange(1, 10**6))

    def _trade(self, key: int) -> Step:
        rng = self._rng
        if not self._keys or rng.random() < 0.4:
            return self._opening(key, rng.choice(self._masters), "open")
        if rng.random() < self._pending_chance:
            return self._pending(key)
        who, key = rng.choice(self._keys[-6:])
        kind = rng.choice(("close", "close", "reduce", "reduce", "stops", "by"))
        return Step(self._at_ms, kind, who, key, amount=rng.randint(1, 99), sl=self._stop(), tp=self._stop())

    def _pending(self, key: int) -> Step:
        rng = self._rng
        if not self._orders or rng.random() < 0.4:
            who = rng.choice(self._masters)
            self._orders.append((who, key))
            self._keys.append((who, key))
            lots = rng.choice((10_000_000, 50_000_000, 100_000_000))
            head = (self._at_ms, "place", who, key, lots, rng.choice(("EURUSD", "XAUUSD", "US500")))
            lasts_ms = rng.choice((0, 2_000, 15_000, 600_000))
            return Step(*head, 0, self._stop(), self._stop(), 0, rng.choice((1.05, 1.15)), rng.randint(2, 5), lasts_ms)
        who, key = rng.choice(self._orders[-4:])
        kind, amount = rng.choice((("fill", 100), ("fill", 100), ("fill", 50), ("change", 0), ("change", 0), ("delete", 0)))
        return Step(self._at_ms, kind, who, key, amount, sl=self._stop(), tp=self._stop(), price=rng.choice((1.04, 1.16)))

    def _market_step(self) -> Step:
        rng = self._rng
        kind = rng.choice(("move", "move", "move", "spread", "spread", "cash", "cash", "pay", "reset", "news"))
        symbol = rng.choice(("EURUSD", "EURUSD", "XAUUSD", "US500"))
        if kind == "news":
            head = (self._at_ms, kind, 0, 0, 0, rng.choice(("EUR", "USD")))
            return Step(*head, lasts_ms=rng.choice((30_000, 61_000, 65_000, 90_000)))
        if kind == "move":
            return Step(self._at_ms, kind, symbol=symbol, price=rng.choice((0.95, 0.99, 0.997, 1.0, 1.003, 1.01, 1.05)))
        if kind == "spread":
            return Step(self._at_ms, kind, rng.randrange(self._accounts), amount=rng.choice((10, 200)), symbol=symbol)
        if kind in ("cash", "pay"):
            amount = rng.choice((-600, -300, -150, 150, 300, 600))
            return Step(self._at_ms, kind, rng.randrange(self._accounts), amount=amount)
        return Step(self._at_ms, kind, rng.randrange(len(self._copiers)), rng.randrange(2))

    def _opening(self, key: int, who: int, kind: str) -> Step:
        rng = self._rng
        self._keys.append((who, key))
        lots = rng.choice((10_000_000, 20_000_000, 50_000_000, 100_000_000, 130_000_000))
        symbol = rng.choice(("EURUSD", "EURUSD", "XAUUSD", "US500"))
        head = (self._at_ms, kind, who, key, lots, symbol, rng.randint(0, 1), self._stop(), self._stop())
        return Step(*head, order=rng.choice((0, 0, 77, 4242)))

    def _manual_step(self) -> Step:
        """The owner of a slave's account trades by hand, or changes a copier's mode."""
        rng = self._rng
        copier = rng.randrange(len(self._copiers))
        kind = rng.choice(("hand_close", "hand_close", "hand_reduce", "hand_stops", "foreign", "mode"))
        if kind == "mode":
            return Step(self._at_ms, kind, copier, amount=rng.choice((0, 0, 1, 2, 3)))
        if kind == "foreign" or not self._keys:
            lots = rng.choice((10_000_000, 50_000_000))
            return Step(self._at_ms, "foreign", self._copiers[copier].slave, 0, lots, "EURUSD", rng.randint(0, 1))
        head = (self._copiers[copier].slave, rng.choice(self._keys[-6:])[1])
        return Step(self._at_ms, kind, *head, amount=rng.randint(1, 99), sl=self._stop(), copier=copier)

    def _fault(self) -> Step:
        return random_fault(self._rng, self._at_ms, self._accounts)

    def _stop(self) -> float:
        return self._rng.choice((0.0, 0.0, 1.1, 1.3, 1.2))


def random_fault(rng: Random, at_ms: int, accounts: int) -> Step:
    """A fault, at an account drawn at random."""
    long_ms = rng.choice((100, 500, 1_500, 4_000, 9_000, 20_000))
    return Step(at_ms, rng.choice(FAULTS), rng.randrange(accounts), amount=rng.randint(20, long_ms))
