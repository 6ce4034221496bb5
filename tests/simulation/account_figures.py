"""Balance and equity of an account: closed trades and payments change the balance, open positions the equity."""

from collections.abc import Callable, Mapping
from fractions import Fraction

import msgspec

from lockstep_core.wire.enums import DealEntry
from tests.simulation.books import PositionChange
from tests.simulation.broker_data import ENTRY, AccountFigures, BrokerPosition, ListedSymbol
from tests.simulation.prices import BrokerPrices

ONE_LOT = 10**8


class DatedFigures(msgspec.Struct, frozen=True):
    """Figures and the world's time, in ms, since the account has them. `moved`: deposits less withdrawals until then."""

    at_ms: int
    figures: AccountFigures
    moved: int = 0


class Payment(msgspec.Struct, frozen=True):
    """A deposit; below zero a withdrawal."""

    number: int
    at_ms: int
    amount: int


class FiguresHistory:
    """All figures that an account ever had. While prices stand still, positions do not change them."""

    def __init__(
        self,
        prices: BrokerPrices,
        positions: Mapping[int, BrokerPosition],
        listed: Mapping[str, ListedSymbol],
        start: AccountFigures,
        clock_ms: Callable[[], int],
    ) -> None:
        self.all = [DatedFigures(clock_ms(), start)]
        self.payments: list[Payment] = []
        self._prices = prices
        self._positions = positions
        self._listed = listed
        self._balance = Fraction(start.balance)
        self._clock_ms = clock_ms

    @property
    def figures(self) -> AccountFigures:
        """The account's figures now."""
        return self.all[-1].figures

    def on_trade(self, changes: list[PositionChange]) -> None:
        """Books what a deal earned."""
        if self._prices.moves:
            self._balance += sum((self._realized(change) for change in changes), Fraction(0))
            self.update()

    def book(self, amount: int) -> None:
        """Books interest (below zero: costs), which counts as profit and loss."""
        self._balance += amount
        self.update()

    def pay(self, amount: int) -> None:
        """The owner deposits money; a negative amount is withdrawn."""
        self._balance += amount
        self.payments.append(Payment(len(self.payments) + 1, self._clock_ms(), amount))
        self.update()

    def moved_until(self, at_ms: int) -> int:
        """Deposits less withdrawals until a time."""
        return sum(payment.amount for payment in self.payments if payment.at_ms <= at_ms)

    def update(self) -> None:
        """Computes the figures from balance, positions and prices. Keeps them if they changed."""
        floating = sum((self._floating(position) for position in self._positions.values()), Fraction(0))
        equity = _cents(self._balance + floating)
        figures = AccountFigures(_cents(self._balance), equity, equity)
        self.set(figures)

    def set(self, figures: AccountFigures) -> None:
        """Sets the account's figures from now on."""
        if figures != self.figures:
            now_ms = self._clock_ms()
            self.all.append(DatedFigures(now_ms, figures, self.moved_until(now_ms)))

    def _realized(self, change: PositionChange) -> Fraction:
        deal, position = change.deal, change.before
        if deal is None or position is None or deal.entry == DealEntry.IN:
            return Fraction(0)
        return self._profit(position, deal.price, min(deal.volume, position.volume))

    def _floating(self, position: BrokerPosition) -> Fraction:
        return self._profit(position, self._prices.exit(position.symbol, position.side), position.volume)

    def _profit(self, position: BrokerPosition, price: float, volume: int) -> Fraction:
        listed = self._listed[position.symbol]
        points = Fraction(price - (position.price or ENTRY)) / Fraction(listed.point)
        return points * listed.tick_value * volume * (1 - 2 * position.side) / ONE_LOT


def _cents(amount: Fraction) -> Fraction:
    return Fraction(round(amount * 100), 100)
