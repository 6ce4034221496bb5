"""Frames that a hostile terminal may send: every number is one that the wire can carry and the door lets in, mostly."""

from collections.abc import Callable, Sequence
from random import Random

from lockstep_core.wire.codec import FRAMES, GROUP, HEAD, MAX_FRAME, VERSION, encode, frame_fields
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import (
    AccountFrame,
    Frame,
    PendingOrder,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    StopsFrame,
    Symbol,
    Tick,
    Trade,
)
from lockstep_core.wire.layout import Chars

LOT = 10**8
PRICES = (0.0, 1e-12, 1e-5, 0.9, 1.1, 1.10001, 3.0, 12345.678, 1e12)
WILD_PRICES = (5e-324, 1e308, -1.0, float("inf"), float("nan"))
VOLUMES = (1, LOT // 100, LOT // 2, LOT, 3 * LOT, 10**14)
TICKETS = (*range(1, 12), 2**31 - 1, 2**32, 2**63, 2**64 - 1)
SYMBOLS = ("EURUSD", "EURUSD.m", "USDJPY", "GOLD", "x" * 31, "", "\N{PILE OF POO}", "eurusd")
CURRENCIES = ("USD", "EUR", "JPY", "", "\N{EURO SIGN}", "XXXXXXXXXXXXXXX")
TIMES = (0, 1, 10**12, 1_772_000_000_000, 2**62, -(2**63))
COUNTS = (0, 1, 2, 5, 100, 2**31, 2**32 - 1)
COMMENTS = ("", "from #5", "to #7", "from #99999999999999999999", "[sl]", "partial close", "\N{PILE OF POO}" * 7)
SETTINGS = (
    {"sizing": {"mode": "none"}},
    {"sizing": {"mode": "multiplier", "factor": "10000"}, "reverse": True},
    {"sizing": {"mode": "equity"}, "limits": {"max_leverage": "5", "max_total_lots": "100"}},
    {"sizing": {"mode": "fixed_risk", "risk_fraction": "0.01"}, "stops": {"max_stop_loss_points": 100}},
    {"sizing": {"mode": "none"}, "pending": {"mode": "copy"}, "stops": {"take_profit": {"mode": "distance"}}},
    {"sizing": {"mode": "none"}, "guards": {"risk_limits": [{"max_relative_risk": "0.1", "close_positions": True}]}},
    {"sizing": {"mode": "formula", "expression": "providerTradeAmount / balance ^ 3"}, "contract_alignment": False},
    {"sizing": {"mode": "balance"}, "max_spread_points": 30, "max_slippage_points": 10},
)


class HostileFrames:
    """Makes frames by chance. Most are nearly true: what is refused at the door tries nothing behind it.

    `links` and `commands` are what the router has sent so far; true answers go deepest. `login` and `now_ns` are
    those of the terminal that speaks next.
    """

    def __init__(self, rng: Random, comments: Sequence[str]) -> None:
        self._rng = rng
        self.login = self.now_ns = 0
        self._comments = (*COMMENTS, *comments)
        self.links: list[int] = [0, 1, -(2**63), 2**63 - 1]
        self.commands: list[int] = [0, 1]
        self._makers: tuple[Callable[[], Frame], ...] = (
            self.trade, self.trade, self.trade, self.order, self.stops, self.result, self.result, self.account, self.symbol,
        )  # fmt: skip

    def note_command(self, link: int, command: int) -> None:
        """The router sent a command."""
        for known, number in ((self.links, link), (self.commands, command)):
            known.append(number)
            del known[4:-60]

    def any(self) -> Frame:
        """A frame of some kind."""
        if self._rng.random() < 0.01:
            return self._rng.choice((self.anything, self.position, self.tick))()
        return self._rng.choice(self._makers)()

    def snapshot(self) -> list[Frame]:
        """A snapshot that adds up."""
        positions = {p.ticket: p for p in (self.position() for _ in range(self._rng.randrange(6))) if p.allocation == 0}
        symbols = [self.symbol() for _ in range(self._rng.randrange(4))]
        extras = [self._rng.choice((self.order, self._deal_of_snapshot))() for _ in range(self._rng.randrange(4))]
        begin, end = SnapshotBegin(5, len(positions), len(symbols)), SnapshotEnd(5, len(positions), len(symbols))
        return [begin, self.account(), *symbols, *positions.values(), *extras, end]

    def trade(self) -> Trade:
        """A deal."""
        pick = self._rng.choice
        return Trade(
            pick(TICKETS), pick(TICKETS), pick(TICKETS), pick(self.links), pick(VOLUMES), self._price(), self._price(),
            self._price(), pick(TIMES), self._seen(), self._rng.randrange(2), pick((0, 0, 0, 1, 1, 2, 3)),
            pick(("EURUSD", *SYMBOLS[:4])), pick(self._comments),
        )  # fmt: skip

    def position(self) -> PositionFrame:
        """A position, or an allocation."""
        pick = self._rng.choice
        return PositionFrame(
            pick(TICKETS), pick(self.links), pick(VOLUMES), self._price(), self._price(), self._price(), pick(TIMES),
            pick(TIMES), self._rng.randrange(2), int(self._rng.random() < 0.2), pick(SYMBOLS[:4]), pick(self._comments),
        )  # fmt: skip

    def encoded(self, frame: Frame) -> list[bytes]:
        """A frame, perhaps with members that only a later release knows, perhaps before a frame of an unknown kind."""
        raw, chance = encode(frame), self._rng.random()
        if chance < 0.02:
            size = self._rng.randrange(len(raw), MAX_FRAME + 1, GROUP)
            return [HEAD.pack(VERSION, frame.KIND, 0, size) + raw[HEAD.size :] + self._rng.randbytes(size - len(raw))]
        if chance < 0.04:
            size = self._rng.randrange(HEAD.size, MAX_FRAME + 1, GROUP)
            kind = self._rng.choice((0, 31, 63, 255))
            return [raw, HEAD.pack(VERSION, kind, 0, size) + self._rng.randbytes(size - HEAD.size)]
        return [raw]

    def order(self) -> PendingOrder:
        """A pending order."""
        pick, volume = self._rng.choice, self._rng.choice(VOLUMES)
        return PendingOrder(
            pick(TICKETS), pick(self.links), volume, self._rng.choice((volume, 0, 1)), self._price(), self._price(),
            self._price(), self._price(), pick(TIMES), pick(TIMES), pick(TIMES), self._seen(), self._rng.randrange(2, 8),
            self._rng.randrange(2), pick(SYMBOLS[:4]), pick(self._comments),
        )  # fmt: skip

    def stops(self) -> StopsFrame:
        """Other stops of a position."""
        pick = self._rng.choice
        return StopsFrame(
            pick(TICKETS), pick(self.links), self._price(), self._price(), pick(TIMES), pick(TIMES), pick(SYMBOLS)
        )

    def result(self) -> Result:
        """An answer to a command, perhaps to one that was sent."""
        pick = self._rng.choice
        return Result(
            pick(self.commands), pick(self.links), pick(TICKETS), pick(TICKETS), pick(TICKETS), pick(TICKETS),
            pick((-1, *VOLUMES)), self._price(), pick(TIMES), pick(TIMES), pick(TIMES), pick(tuple(Stage)),
            pick(tuple(Action)), pick((0, 10008, 10009, 10013, 10016, 10018, 10019, 10031, 2**32 - 1)), pick(COUNTS),
            pick(self._comments),
        )  # fmt: skip

    def account(self) -> AccountFrame:
        """Figures."""
        pick = self._rng.choice
        money = (0.0, 1e-8, 100.0, -1e15, 1e15, 12345.67)
        return AccountFrame(
            self.login if self._rng.random() < 0.99 else 2**63 - 1, pick(money), pick(money), pick(money), pick(TIMES),
            pick(TIMES), pick(COUNTS), pick((0, 2, 2)), int(self._rng.random() < 0.97), 1, pick(COUNTS), pick((4, 5)),
            pick((0, 2, 8, 2**32 - 1)),
            pick((0, 1, 3, 2**32 - 1)), 0 if self._rng.random() < 0.98 else pick((1, 2, 3, 2**32 - 1)), 0,
            pick(CURRENCIES), pick(SYMBOLS), pick(SYMBOLS),
        )  # fmt: skip

    def symbol(self) -> Symbol:
        """A specification; half of them are a usual one."""
        pick = self._rng.choice
        if self._rng.random() < 0.5:
            return Symbol(
                1e5, 1e-5, self._size(), self._size(), LOT // 100, 10**14, LOT // 100, 5, pick((0, 10)), 0, 4, 1, 0,
                pick(SYMBOLS[:4]), "EUR", "USD", "EUR",
            )  # fmt: skip
        return Symbol(
            self._size(), self._size(), self._size(), self._size(), pick((0, *VOLUMES)), pick((0, *VOLUMES)), pick(VOLUMES),
            pick((0, 2, 5, 12, 15, 2**32 - 1)), pick(COUNTS), pick(COUNTS), pick((0, 1, 2, 3, 4, 4, 4, 9)), pick(COUNTS),
            pick(COUNTS), pick(SYMBOLS), pick(CURRENCIES), pick(CURRENCIES), pick(CURRENCIES),
        )  # fmt: skip

    def tick(self) -> Tick:
        """A quote."""
        return Tick(self._size(), self._size(), 0, 0, self._rng.choice(SYMBOLS))

    def anything(self) -> Frame:
        """A frame of any kind with any numbers at all."""
        cls = self._rng.choice(FRAMES)
        return cls(*(self._any_value(kind.code if not isinstance(kind, Chars) else "") for _, kind in frame_fields(cls)))

    def _any_value(self, code: str) -> int | float | str:
        match code:
            case "":
                return self._rng.choice((*SYMBOLS, *self._comments))
            case "d":
                return self._rng.choice((*PRICES, *WILD_PRICES))
            case "q":
                return self._rng.choice((0, 1, -1, LOT, 2**63 - 1, -(2**63)))
            case _:
                return self._rng.choice((0, 1, 2, 4, 2**31, 2**32 - 1))

    def _price(self) -> float:
        return self._rng.choice(PRICES) if self._rng.random() < 0.997 else self._rng.choice(WILD_PRICES)

    def _size(self) -> float:
        return self._rng.choice((*PRICES, *WILD_PRICES))

    def _seen(self) -> int:
        """When something was seen: mostly just now."""
        return self.now_ns - self._rng.randrange(10**6) if self._rng.random() < 0.9 else self._rng.choice(TIMES)

    def _deal_of_snapshot(self) -> Trade:
        deal = self.trade()
        return Trade(
            deal.deal, deal.order, deal.position, deal.magic, deal.volume, deal.price, deal.sl, deal.tp, deal.time_msc, 0,
            deal.side, deal.entry, deal.symbol, deal.comment,
        )  # fmt: skip
