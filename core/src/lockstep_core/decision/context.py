"""What a decision looks at: both accounts as they are known now, the time, the news, and what a guard has stopped."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from lockstep_core.books.book import Book
from lockstep_core.books.positions import Position
from lockstep_core.decision.stops import Levels
from lockstep_core.market.exact import Ratio
from lockstep_core.market.money import SAME, Figures, Quote, rate
from lockstep_core.market.symbol_matching import NO_SPECS, SymbolIndex, index_of
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import WeekendRule
from lockstep_core.settings.copier import CopierMode
from lockstep_core.skips import Params
from lockstep_core.wire.enums import Capability

ALL_CAPABILITIES = Capability.NET | Capability.ORDERS | Capability.QUOTES
NO_QUOTES: Mapping[str, Quote] = {}
NO_STOPS: Mapping[int, Levels] = {}


class Stake(msgspec.Struct, frozen=True, gc=False):
    """What counts of a position that is about to be opened; the fields are those of a position."""

    symbol: str
    side: int
    volume: int
    price: float
    sl: float = 0.0


class Exposure(msgspec.Struct, frozen=True, gc=False):
    """What an account has open, opening orders under way included, and its symbols; limits count of it what they need.
    `further`: those of the stakes that are a trade with another one, since its copy is in parts; they are not counted.
    """

    stakes: tuple[Position | Stake, ...] = ()
    specs: Mapping[str, SymbolSpec] = NO_SPECS
    further: tuple[Position | Stake, ...] = ()


class SlaveView(msgspec.Struct, frozen=True, gc=False):
    """What is known of the slave. `ready` means that its book is true now and that it can be commanded.

    `index` is to be made once per snapshot; `exposure` is read only by limits; `mode` is the account's own; `capabilities`
    are bits of `Capability`. `stops`: what each link's trade wants within a netting account's position, or hidden.
    `closes_in_order`: its broker closes positions of a symbol only in the order in which they were opened.
    """

    book: Book
    specs: Mapping[str, SymbolSpec]
    ready: bool
    index: SymbolIndex | None = None
    figures: Figures | None = None
    quotes: Mapping[str, Quote] = NO_QUOTES
    exposure: Exposure | None = None
    mode: CopierMode = CopierMode.ON
    messages_today: int = 0
    capabilities: int = ALL_CAPABILITIES
    stops: Mapping[int, Levels] = NO_STOPS
    closes_in_order: bool = False

    @property
    def symbols(self) -> SymbolIndex:
        """The index of its symbols."""
        return index_of(self.specs) if self.index is None else self.index


class MasterView(msgspec.Struct, frozen=True, gc=False):
    """What is known of the master beside its positions. `index` is to be made once per snapshot."""

    specs: Mapping[str, SymbolSpec] = NO_SPECS
    figures: Figures | None = None
    quotes: Mapping[str, Quote] = NO_QUOTES
    index: SymbolIndex | None = None

    @property
    def symbols(self) -> SymbolIndex:
        """The index of its symbols."""
        return index_of(self.specs) if self.index is None else self.index


class NewsItem(msgspec.Struct, frozen=True, gc=False, order=True):
    """An entry of the news calendar; `priority` is `election`, `high`, `medium` or `low`."""

    utc_ms: int
    currency: str
    priority: str
    title: str


class Halt(msgspec.Struct, frozen=True, gc=False):
    """A guard that has tripped: nothing is opened; with `closes`, what is open is closed. `params` describe its limit, and
    how it ends where it only `pauses` the copier.
    """

    closes: bool
    setting: str
    params: Params
    pauses: bool = False


class OpenedToday(msgspec.Struct, frozen=True, gc=False):
    """What copiers have opened on an account today, with openings under way; lots in 1e-8. Not `is_known`: the account's
    present day is not known.
    """

    trades: int
    lots: int
    is_known: bool = True


class Floor(msgspec.Struct, frozen=True, gc=False):
    """The balance at which a guard acts. It must stay above this, or with `may_touch` at this. The broker's credit is not
    included.
    """

    balance: Fraction
    may_touch: bool = False

    def holds(self, left: Fraction) -> bool:
        """Whether no guard acts at this balance."""
        return left > self.balance or (self.may_touch and left == self.balance)


class DecisionContext(msgspec.Struct, frozen=True, gc=False):
    """Everything but the link itself. `news` is sorted by time; `chance` in [0, 1) belongs to the link for ever.
    `may_ask`: a quote that is missing may be asked for. `floor`: the copier's guards act there, None where none does or the
    copier does not look at that before it opens. `today` is read only by limits of a day, which do not hold
    where it is None. `weekends`: those that hold for the slave's whole account, whichever copier has them.
    """

    slave: SlaveView
    now_ns: int
    master: MasterView = MasterView()
    utc_ms: int | None = None
    news: tuple[NewsItem, ...] = ()
    halt: Halt | None = None
    chance: float = 0.0
    may_ask: bool = False
    floor: Floor | None = None
    today: OpenedToday | None = None
    weekends: tuple[WeekendRule, ...] = ()

    def quote(self, symbol: str) -> Quote | None:
        """The slave's newest quote of a symbol; None where there is none, or an impossible or old one."""
        quote = self.slave.quotes.get(symbol)
        return quote if quote is not None and 0 < quote.bid <= quote.ask and self.now_ns <= quote.good_until_ns else None


def master_rate(context: DecisionContext) -> Ratio | None:
    """What one unit of the master's currency is worth in the slave's; None where nobody knows."""
    master, slave = context.master, context.slave
    if master.figures is None or slave.figures is None:
        return None
    return exchange_rate(master.figures.currency, slave.figures.currency, context)


def exchange_rate(source: str, to: str, context: DecisionContext) -> Ratio | None:
    """What one unit of `source` is worth in `to`, by the slave's quotes, or by the master's where those do not tell."""
    if source == to:
        return SAME
    master, slave = context.master, context.slave
    found = rate(source, to, (slave.index or slave.symbols).crosses, slave.quotes)
    return rate(source, to, master.symbols.crosses, master.quotes) if found is None else found
