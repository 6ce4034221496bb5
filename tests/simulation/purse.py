"""Money of an account: a balance that closed trades and payments change, and an equity that moves with what is open."""

from collections.abc import Callable, Mapping
from fractions import Fraction

import msgspec

from lockstep_core.wire.frames import DealEntry
from tests.simulation.books import Change
from tests.simulation.market import ENTRY, Figures, Held, Listed
from tests.simulation.prices import Prices

ONE_LOT = 10**8


class Since(msgspec.Struct, frozen=True):
    """Figures and the moment (of the world, ms) from which they were so."""

    at_ms: int
    figures: Figures


class Purse:
    """`history` is of all figures there ever were; where prices stand still there is but one."""

    def __init__(
        self,
        prices: Prices,
        positions: Mapping[int, Held],
        listed: Mapping[str, Listed],
        start: Figures,
        clock_ms: Callable[[], int],
    ) -> None:
        self.history = [Since(clock_ms(), start)]
        self._prices = prices
        self._positions = positions
        self._listed = listed
        self._balance = Fraction(start.balance)
        self._clock_ms = clock_ms

    @property
    def figures(self) -> Figures:
        """As of now."""
        return self.history[-1].figures

    def on_trade(self, changes: list[Change]) -> None:
        """Deals were done."""
        if self._prices.moves:
            self._balance += sum((self._earned(change) for change in changes), Fraction(0))
            self.look()

    def pay(self, amount: int) -> None:
        """The owner pays in, or takes out."""
        self._balance += amount
        self.look()

    def look(self) -> None:
        """Something may have changed."""
        floating = sum((self._worth(held) for held in self._positions.values()), Fraction(0))
        equity = _cents(self._balance + floating)
        figures = Figures(_cents(self._balance), equity, equity)
        if figures != self.figures:
            self.history.append(Since(self._clock_ms(), figures))

    def _earned(self, change: Change) -> Fraction:
        deal, held = change.deal, change.before
        if deal is None or held is None or deal.entry == DealEntry.IN:
            return Fraction(0)
        return self._gain(held, deal.price, min(deal.volume, held.volume))

    def _worth(self, held: Held) -> Fraction:
        return self._gain(held, self._prices.exit(held.symbol, held.side), held.volume)

    def _gain(self, held: Held, price: float, volume: int) -> Fraction:
        listed = self._listed[held.symbol]
        points = Fraction(price - (held.price or ENTRY)) / Fraction(listed.point)
        return points * listed.tick_value * volume * (1 - 2 * held.side) / ONE_LOT


def _cents(amount: Fraction) -> Fraction:
    return Fraction(round(amount * 100), 100)
