"""What things cost: one street for all brokers, and what each of them makes of it. Where it stands still, all is `ENTRY`."""

from collections.abc import Mapping

from tests.simulation.market import ENTRY, Listed, Quoted, Request

NORMAL = 10
"""The usual spread in points."""
USUAL = {"XAUUSD": 1000.0, "US500": 1000.0}


class Street:
    """The middle price of each thing; nothing `moves` in most stories."""

    def __init__(self, moves: bool = False) -> None:
        self.moves = moves
        self._middles: dict[str, float] = {}

    def middle(self, thing: str) -> float:
        """What a thing is worth now."""
        return self._middles.get(thing, self.scale(thing))

    def scale(self, thing: str) -> float:
        """What a thing costs where a story says 1."""
        return USUAL.get(thing, ENTRY) if self.moves else ENTRY

    def move(self, thing: str, price: float) -> None:
        """Another price."""
        self._middles[thing] = price


class Prices:
    """One broker's. `spreads` are in points, by symbol, where they are not as usual."""

    def __init__(self, street: Street, listed: Mapping[str, Listed]) -> None:
        self.spreads: dict[str, int] = {}
        self._street = street
        self._listed = listed

    @property
    def moves(self) -> bool:
        """Whether there are quotes at all."""
        return self._street.moves

    def quote(self, symbol: str) -> Quoted:
        """What it takes and asks now, on the symbol's points."""
        listed = self._listed[symbol]
        half = self.spreads.get(symbol, NORMAL) // 2
        points = round(self._street.middle(listed.thing) / listed.point)
        bid, ask = (round((points + far) * listed.point, listed.digits) for far in (-half, half))
        return Quoted(bid, ask)

    def quotes(self) -> dict[str, Quoted]:
        """All of them."""
        return {symbol: self.quote(symbol) for symbol in self._listed}

    def of(self, request: Request) -> float:
        """The price of a deal: of a pending order its own, of anything else the market's."""
        if not self.moves:
            return ENTRY
        quote = self.quote(request.symbol)
        return request.price or (quote.bid if request.side else quote.ask)

    def exit(self, symbol: str, side: int) -> float:
        """What closing a position of this side would bring."""
        quote = self.quote(symbol)
        return quote.ask if side else quote.bid
