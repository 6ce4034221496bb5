"""Prices: the middle price of each instrument, and every broker's own spread around it."""

from collections.abc import Mapping

from tests.simulation.broker_data import ENTRY, ListedSymbol, SymbolQuote, TradeRequest

USUAL_SPREAD = 10
"""In points."""
USUAL_PRICES = {"XAUUSD": 1000.0, "US500": 1000.0}


class MidPrices:
    """The middle price of each instrument. Unless it `moves`, there are no quotes and every deal is at `entry`."""

    def __init__(self, moves: bool = False, entry: float = ENTRY) -> None:
        self.moves = moves
        self.entry = entry
        self._middles: dict[str, float] = {}
        self._ranges: dict[str, tuple[float, float]] = {}

    def middle(self, instrument: str) -> float:
        """The price now."""
        return self._middles.get(instrument, self.scale(instrument))

    def scale(self, instrument: str) -> float:
        """The price that is 1 in a scenario."""
        return USUAL_PRICES.get(instrument, ENTRY) if self.moves else ENTRY

    def move(self, instrument: str, price: float) -> None:
        """Sets the price."""
        self._middles[instrument] = price
        low, high = self.range_of(instrument)
        self._ranges[instrument] = (min(low, price), max(high, price))

    def range_of(self, instrument: str) -> tuple[float, float]:
        """The lowest and the highest price so far."""
        return self._ranges.get(instrument, (self.scale(instrument), self.scale(instrument)))


class BrokerPrices:
    """One broker's prices. `spreads` are in points, of symbols whose spread is not the usual one."""

    def __init__(self, mid_prices: MidPrices, listed: Mapping[str, ListedSymbol]) -> None:
        self.spreads: dict[str, int] = {}
        self._mid_prices = mid_prices
        self._listed = listed

    @property
    def moves(self) -> bool:
        """Whether there are quotes."""
        return self._mid_prices.moves

    def quote(self, symbol: str) -> SymbolQuote:
        """Bid and ask now, on the grid of the symbol's points."""
        listed = self._listed[symbol]
        half = self.spreads.get(symbol, USUAL_SPREAD) // 2
        points = round(self._mid_prices.middle(listed.instrument) / listed.point)
        bid, ask = (round((points + distance) * listed.point, listed.digits) for distance in (-half, half))
        return SymbolQuote(bid, ask)

    def quotes(self) -> dict[str, SymbolQuote]:
        """The quotes of all symbols."""
        return {symbol: self.quote(symbol) for symbol in self._listed}

    def of(self, request: TradeRequest) -> float:
        """The price of a deal: a pending order's price, or the market's."""
        if not self.moves:
            return self._mid_prices.entry
        quote = self.quote(request.symbol)
        return request.price or (quote.bid if request.side else quote.ask)

    def could_close(self, symbol: str, side: int, sl: float, tp: float) -> bool:
        """Whether the price ever reached a position's stop loss or take profit."""
        listed = self._listed[symbol]
        low, high = self._mid_prices.range_of(listed.instrument)
        half = max(self.spreads.get(symbol, USUAL_SPREAD), USUAL_SPREAD) * listed.point
        low, high, up = low - half, high + half, 1 - 2 * side
        loss, gain = (low, high) if up > 0 else (high, low)
        return bool((sl and (loss - sl) * up <= 0) or (tp and (gain - tp) * up >= 0))

    def extremes(self, symbol: str) -> tuple[float, float]:
        """The lowest and the highest price at which a position could have been closed so far."""
        listed = self._listed[symbol]
        half = max(self.spreads.get(symbol, USUAL_SPREAD), USUAL_SPREAD) * listed.point
        low, high = self._mid_prices.range_of(listed.instrument)
        return low - half, high + half

    def exit(self, symbol: str, side: int) -> float:
        """The price at which a position of this side would be closed."""
        quote = self.quote(symbol)
        return quote.ask if side else quote.bid
