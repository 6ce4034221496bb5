"""A master, its followers and their brokers for the benchmark; prices, stops and moments by chance with a seed."""

import random
from uuid import UUID

import msgspec

from lockstep_core.books.book import Book, apply_stops, apply_trade, drop, followed
from lockstep_core.books.links import Link, chance_of, link_id, link_tag
from lockstep_core.books.positions import Position
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.context import DecisionContext, MasterView, NewsItem, SlaveView
from lockstep_core.decision.decide import decide
from lockstep_core.decision.limits import exposure_of
from lockstep_core.decision.links_of import new_link
from lockstep_core.decision.plan import Copier
from lockstep_core.decision.target import Decision
from lockstep_core.market.money import Figures, Prices, cents
from lockstep_core.market.symbol_matching import index_of
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.units import ONE_LOT, Lots
from lockstep_core.wire.enums import DealEntry, Side
from lockstep_core.wire.frames import Trade

MS = 1_000_000
NOW_NS = 10**15
HOUR_MS = 3_600_000
WEDNESDAY_NOON_MS = 1_789_560_000_000
STEP = Lots(ONE_LOT // 100)
CURRENCIES = ("EUR", "GBP", "AUD", "NZD", "USD", "CAD", "CHF", "JPY")
PAIRS = tuple((base, profit) for i, base in enumerate(CURRENCIES) for profit in CURRENCIES[i + 1 :])
AFFIXES = ("", ".m", "pro", "-ecn")

SIZINGS: dict[str, dict[str, object]] = {
    "none": {},
    "fixed": {"lots": "0.25"},
    "multiplier": {"factor": "0.5"},
    "balance": {"factor": "1.5"},
    "equity": {},
    "free_margin": {},
    "contract_size": {},
    "fixed_risk": {"risk_fraction": "0.01"},
    "risk_amount": {"amount": "250"},
    "fixed_master_balance": {"master_balance": "50000"},
    "formula": {"expression": "min(providerVolume * equity / providerEquity, balance / 20000)"},
}
LIMITS: dict[str, object] = {
    "max_trade_volume": "5",
    "max_open_positions": 40,
    "max_open_positions_per_symbol": 8,
    "max_total_lots": "60",
    "reserved_margin_fraction": "0.1",
}
FILTERS: dict[str, object] = {
    "symbol_filter": {"excluded": ["BTC*", "*ZAR*"]},
    "magic_filter": {"excluded": [{"first": 900_000, "last": 999_999}]},
    "comment_filter": {"excluded": ["test*"]},
    "time_windows": [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "01:00", "end": "23:00"}],
    "time_zone": "Europe/Berlin",
    "news_filter": {"priorities": ["high", "election"], "open_position_preceding_time_gap_in_minutes": 30},
}
STOPS: dict[str, object] = {"max_stop_loss_points": 3_000, "too_close": "widen", "modify_interval_ms": 0}
RICH: dict[str, object] = {
    "limits": LIMITS,
    "filters": FILTERS,
    "stops": STOPS,
    "symbols": {"symbol_mapping": [{"from": "XAUUSD", "to": "GOLD"}]},
    "max_slippage_points": 5_000,
    "max_spread_points": 40,
}
EVERYTHING: dict[str, object] = {**RICH, "limits": {**LIMITS, "max_leverage": "200", "max_open_positions_per_side": 30}}
PLANS: tuple[dict[str, object], ...] = (
    {},
    {"limits": LIMITS},
    {"filters": FILTERS, "reverse": True},
    {"stops": STOPS, "max_spread_points": 40},
    EVERYTHING,
)


class Event(msgspec.Struct, frozen=True):
    """A master's opening of one EURUSD: its book after it, and the quotes of that moment."""

    book: Book
    key: int
    quotes: tuple[Prices, ...]
    now_ns: int
    utc_ms: int


class Follower(msgspec.Struct, frozen=True):
    """A copier and its slave's account; the quotes are replaced as ticks come in."""

    copier: Copier
    slave: SlaveView
    quotes: dict[str, Prices]


class Case(msgspec.Struct, frozen=True):
    """One decision to be made. `link` None: none is followed yet."""

    follower: Follower
    event: Event
    master: Book
    slave: Book
    link: Link | None = None


class World:
    """A master whose events follow each other, and the news."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._count = 0
        specs = a_broker("")
        self._master = MasterView(specs, an_account("USD", 80_000), dict(zip(specs, self._prices(1.1), strict=True)))
        items = ((WEDNESDAY_NOON_MS + i * HOUR_MS // 3, CURRENCIES[i % 8]) for i in range(-90, 90) if abs(i) > 3)
        self._news = tuple(NewsItem(at_ms, currency, "high", "news") for at_ms, currency in items)

    def follower(self, number: int, sizing: str, settings: dict[str, object]) -> Follower:
        """A slave with six positions open, at one of four brokers, in euros."""
        specs, quotes = a_broker(AFFIXES[number % 4]), dict[str, Prices]()
        parsed = parse_settings({"sizing": {"mode": sizing, **SIZINGS[sizing]}, **settings})
        ids = (UUID(int=1000 + number), UUID(int=9), UUID(int=1), UUID(int=2 + number))
        copier = Copier(*ids, CopierMode.ON, parsed)
        slave_position = [self._held(copier, name, 10 * number + i) for i, name in enumerate(list(specs)[:24:4])]
        book = Book({p.ticket: p for p in slave_position}, {p.magic: p for p in slave_position if p.magic})
        slave = SlaveView(book, specs, True, index_of(specs), an_account("EUR", 10_000 + number), quotes)
        return Follower(copier, slave, quotes)

    def event(self) -> Event:
        """The next one."""
        self._count += 1
        price = round(1.1 + self._chance.uniform(-0.01, 0.01), 5)
        now_ns, key = NOW_NS + self._count * 1_000 * MS, 5_000_000 + self._count
        trade = a_deal(key, 0, price, "EURUSD", "")
        book = apply_trade(Book(), trade, now_ns - 2 * MS)
        return Event(book, key, self._prices(price), now_ns, WEDNESDAY_NOON_MS + self._count * 10)

    def opening(self, follower: Follower, event: Event) -> Case:
        """The master has opened, and the slave has the quotes of that moment."""
        follower.quotes.update(zip(follower.slave.specs, event.quotes, strict=True))
        return Case(follower, event, event.book, follower.slave.book)

    def closing(self, follower: Follower, event: Event) -> Case:
        """The master has closed what the slave holds."""
        case = self._copied(self.opening(follower, event))
        return msgspec.structs.replace(case, master=drop(event.book, event.key))

    def moving(self, follower: Follower, event: Event) -> Case:
        """The master has moved the stop of what the slave holds."""
        case = self._copied(self.opening(follower, event))
        sl = round(event.book.positions[event.key].sl + 0.001, 5)
        return msgspec.structs.replace(case, master=apply_stops(event.book, event.key, sl, 0.0, event.now_ns))

    def decided(self, case: Case) -> Decision:
        """All that is done for one link with the core's code."""
        copier, slave, event = case.follower.copier, case.follower.slave, case.event
        master = followed(case.master, event.key)
        link = case.link
        if link is None and master is not None:
            link = new_link(copier, master, link_id(copier.id, event.key))
        if link is None:
            raise ValueError("a link begins with something open")
        exposure = None if copier.rules.limits is None else exposure_of(case.slave, slave.specs)
        view = SlaveView(case.slave, slave.specs, True, slave.index, slave.figures, slave.quotes, exposure)
        leader = MasterView(self._master.specs, self._master.figures, self._master.quotes)
        context = DecisionContext(view, event.now_ns, leader, event.utc_ms, self._news, None, chance_of(link.id))
        return decide(copier, link, master, context)

    def _copied(self, case: Case) -> Case:
        copier, event = case.follower.copier, case.event
        master = event.book.positions[event.key]
        link = new_link(copier, master, link_id(copier.id, event.key))
        symbol = f"EURUSD{AFFIXES[(copier.id.int - 1000) % 4]}"
        deal = a_deal(event.key + 1, link.id, master.price, symbol, link_tag(copier.id))
        return msgspec.structs.replace(case, link=link, slave=apply_trade(case.slave, deal, event.now_ns - MS))

    def _prices(self, eurusd: float) -> tuple[Prices, ...]:
        middles = (eurusd if pair == ("EUR", "USD") else round(self._chance.uniform(0.6, 1.9), 5) for pair in PAIRS)
        return tuple(Prices(price, round(price + 0.0001, 5)) for price in middles)

    def _held(self, copier: Copier, symbol: str, ticket: int) -> Position:
        price, lots = round(self._chance.uniform(0.6, 1.9), 5), Lots(self._chance.randint(1, 90) * STEP)
        magic, tag = (0, "") if ticket % 3 == 0 else (link_id(copier.id, ticket), link_tag(copier.id))
        return Position(ticket, symbol, ticket % 2, lots, lots, round(price - 0.01, 5), 0.0, magic, tag, NOW_NS, price)


def a_broker(affix: str) -> dict[str, SymbolSpec]:
    """The 28 pairs of eight currencies under a broker's names."""
    names = {f"{base}{profit}{affix}": (base, profit) for base, profit in PAIRS}
    lots = (STEP, Lots(100 * ONE_LOT), STEP)
    return {name: SymbolSpec(name, 5, 1e-5, 1e5, *lots, 4, 1e-5, 0.93, 5, 0, *pair) for name, pair in names.items()}


def an_account(currency: str, money: int) -> Figures:
    """An account's figures."""
    return Figures(currency, cents(money + 0.37, 2), cents(money + 21.9, 2), cents(money - 800.11, 2), 100, 2 * HOUR_MS)


def a_deal(position: int, magic: int, price: float, symbol: str, comment: str) -> Trade:
    """One lot bought with both stops."""
    sl, tp = round(price - 0.004, 5), round(price + 0.008, 5)
    return Trade(1, 1, position, magic, ONE_LOT, price, sl, tp, 0, 0, Side.BUY, DealEntry.IN, symbol, comment)
