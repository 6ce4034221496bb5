"""All that the router knows of one account and of the relay that speaks for it."""

from collections import deque
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Protocol

from lockstep_core.accounts import AccountState, TradingAccount
from lockstep_core.books import mt4
from lockstep_core.books.book import Book, apply_stops_frame
from lockstep_core.decision.context import Exposure, MasterView, SlaveView
from lockstep_core.decision.stops import Levels
from lockstep_core.market.broker_clock import BrokerClock
from lockstep_core.market.money import Figures, Quote, figures_of, reported_quote
from lockstep_core.market.symbol_matching import SymbolIndex
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.wire.enums import NETTING_MODES, Capability, Permission
from lockstep_core.wire.frames import AccountFrame, StopsFrame, Tick
from lockstep_router.accounts.hours_table import HoursTable
from lockstep_router.accounts.left_out import NOTHING
from lockstep_router.accounts.limits import FREE_WEIGHT, LONGEST_SNAPSHOT_NS, MAX_SYMBOLS, MAX_TRADED, WEIGHT_NS
from lockstep_router.accounts.money import AccountMoney
from lockstep_router.accounts.paces import FRAMES_AT_ONCE, FRAMES_PER_S, Allowance
from lockstep_router.accounts.session import Session
from lockstep_router.accounts.shared_pauses import SharedPauses
from lockstep_router.accounts.snapshot import Assembly
from lockstep_router.accounts.symbol_round import SymbolRound
from lockstep_router.accounts.tasks import Task
from lockstep_router.journal.outputs import Outputs

NEVER_NS = -(10**18)
DAY_MS = 86_400_000


class TakingOver(Protocol):
    """The work of making a snapshot the account's book."""

    def go_on(self, now_ns: int, out: Outputs) -> bool:
        """Does the next piece. Returns whether more is left."""


class TrackedAccount:
    """One account and its session.

    `synced`: `book` holds everything that its terminal reported. `received`: how many frames of the relay's present
    incarnation were received. `beat_ns`: when its terminal last reported figures; `connected`: whether it saw its broker
    then. `allowance`: how many of its frames may be handled now. `is_mt4`: its orders do not have their links as magic
    numbers. `other_pod_ns`: when a new pod first spoke for it. `permissions`: bits of `Permission`; `closes_in_order`: its
    `FIFO`. `unsure`: tickets of positions whose next deals wait for a snapshot. `stops`: the stops that each link's trade
    wants, on a netting account or if they are hidden. `left_out`: what is open and not in `book`. `hours`: when its symbols
    can be traded. `reported_state`: the state in the last row. `subscribed`: the symbols whose quotes its terminal was
    asked to report; `traded`: those that it traded last. `naming`: the search for the links of an MT4 slave's unnamed
    orders. `seen_again`: its terminal sees its broker again and has sent no snapshot since, so payments of the gap are not
    known. `leaving`: it is to go to another shard, so no order is begun on it.

    `taking_over`, `naming` and `tasks` are done, in this order, before the next frames of its relay are handled.
    """

    __slots__ = (
        "_master_view",
        "account",
        "allowance",
        "assembly",
        "beat_ns",
        "book",
        "capabilities",
        "clock",
        "closes_in_order",
        "connected",
        "epoch",
        "figures",
        "hours",
        "incarnation",
        "index",
        "is_mt4",
        "leaving",
        "left_out",
        "messages",
        "messages_day",
        "money",
        "naming",
        "netting",
        "next_snapshot_ns",
        "other_pod_ns",
        "pauses",
        "permissions",
        "quotes",
        "received",
        "reported_reason",
        "reported_state",
        "seen_again",
        "sent_before",
        "session",
        "snapshot_requested_ns",
        "state",
        "stops",
        "subscribed",
        "symbol_round",
        "synced",
        "taking_over",
        "tasks",
        "traded",
        "unacked",
        "unsure",
        "wants_snapshot",
    )

    def __init__(
        self,
        account: TradingAccount,
        quotes: MutableMapping[str, Quote] | None = None,
        sent_before: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.account = account
        self.epoch = account.epoch
        self.session: Session | None = None
        self.incarnation: int | None = None
        self.received = 0
        self.unacked = 0
        self.allowance = Allowance(FRAMES_PER_S, FRAMES_AT_ONCE)
        self.book = Book()
        self.index = SymbolIndex()
        self.hours = HoursTable()
        self.figures: Figures | None = None
        self.clock = BrokerClock()
        self.pauses = SharedPauses()
        self.permissions = 0
        self.closes_in_order = False
        self.money = AccountMoney()
        self.capabilities = 0
        self.connected = False
        self.seen_again = False
        self.beat_ns: int | None = None
        self.netting = False
        self.is_mt4 = False
        self.other_pod_ns = NEVER_NS
        self.stops: dict[int, Levels] = {}
        self.quotes: MutableMapping[str, Quote] = {} if quotes is None else quotes
        self._master_view = MasterView()
        self.messages = 0
        self.messages_day = 0
        self.sent_before = sent_before
        self.synced = False
        self.leaving = False
        self.assembly: Assembly | None = None
        self.taking_over: TakingOver | None = None
        self.naming: Iterator[None] | None = None
        self.tasks: deque[Task] = deque()
        self.wants_snapshot = False
        self.left_out = NOTHING
        self.unsure: set[int] = set()
        self.subscribed: set[str] = set()
        self.symbol_round = SymbolRound()
        self.traded: dict[str, None] = {}
        self.snapshot_requested_ns = self.next_snapshot_ns = NEVER_NS
        self.state: AccountState | None = None
        self.reported_state: AccountState | None = None
        self.reported_reason = ""

    @property
    def ready(self) -> bool:
        """Whether commands can be decided from its book, and sent to it."""
        return self.synced and self.session is not None and self.naming is None

    @property
    def is_busy(self) -> bool:
        """Whether it has work that waits for its turn."""
        if self.taking_over is not None or self.naming is not None or self.tasks:
            return True
        return self.session is not None and self.session.waiting_frames > 0

    def as_slave(self, exposure: Exposure | None, utc_ms: int | None) -> SlaveView:
        """The account as a decision reads a slave, at this moment."""
        # On the path of every trade, once per slave: properties and keyword arguments would cost more than what they read.
        return SlaveView(
            self.book,
            self.index.by_name,
            self.synced and self.session is not None,
            self.index,
            self.figures,
            self.quotes,
            exposure,
            self.account.mode,
            self.messages_on(utc_ms),
            self.capabilities,
            self.stops,
            self.closes_in_order,
        )

    def as_master(self) -> MasterView:
        """The account as a decision reads a master; the same view for all slaves, until figures or symbols change."""
        view = self._master_view
        if view.figures is not self.figures or view.index is not self.index:
            view = self._master_view = MasterView(self.index.by_name, self.figures, self.quotes, self.index)
        return view

    @property
    def explains_figures(self) -> bool:
        """Whether its terminal has reported all payments that are in its figures."""
        return self.synced and not self.seen_again

    def set_figures(self, frame: AccountFrame, utc_ms: int | None, now_ns: int) -> None:
        """Takes an Account frame. The figures of a terminal without its broker are old, so they are not taken."""
        self.capabilities = frame.capabilities
        self.permissions, self.closes_in_order = frame.permissions, bool(frame.permissions & Permission.FIFO)
        self.is_mt4 = frame.platform == mt4.PLATFORM
        self.seen_again = self.seen_again or (frame.connected != 0 and not self.connected)
        self.connected, self.beat_ns = frame.connected != 0, now_ns
        if frame.connected:
            self.clock.told(frame.server_time_msc, now_ns)
            self.figures = figures_of(frame, utc_ms) or self.figures
            self.netting = frame.margin_mode in NETTING_MODES
            self._remember_messages(utc_ms)

    @property
    def specs(self) -> Mapping[str, SymbolSpec]:
        """The broker's symbols by name."""
        return self.index.by_name

    def set_symbols(self, index: SymbolIndex) -> None:
        """Takes the symbols of a snapshot. If the terminal reports all symbols in pages, a snapshot has only some."""
        if not self.specs or not self.capabilities & Capability.QUOTES:
            self.index = index
            return
        for spec in index.by_name.values():
            self.put_spec(spec)

    @property
    def awaits_symbols(self) -> bool:
        """Whether its terminal has not reported all symbols of its broker yet, so that an unknown one may still come."""
        return bool(self.capabilities & Capability.QUOTES) and not self.symbol_round.was_whole

    def put_spec(self, spec: SymbolSpec) -> None:
        """Takes a new or changed symbol, unless `MAX_SYMBOLS` are known already."""
        known = self.specs.get(spec.name)
        self.symbol_round.saw(spec.name, is_news=known != spec)
        if known != spec and (known is not None or len(self.specs) < MAX_SYMBOLS):
            self.index.put(spec)

    def on_traded(self, symbol: str) -> bool:
        """Notes that it trades a symbol. Returns whether it had not done so lately."""
        if symbol in self.traded:
            return False
        if len(self.traded) >= MAX_TRADED:
            del self.traded[next(iter(self.traded))]
        self.traded[symbol] = None
        return True

    def take_quote(self, tick: Tick, now_ns: int) -> None:
        """Takes a quote that came with an answer, if its symbol is known."""
        if tick.symbol in self.specs and 0 < tick.bid <= tick.ask:
            self.quotes[tick.symbol] = reported_quote(tick, now_ns)

    def count_message(self, utc_ms: int | None) -> None:
        """Counts an order that went to the broker, on the broker's day."""
        today = self._broker_ms(utc_ms) // DAY_MS
        self.messages = self.messages + 1 if today == self.messages_day else 1
        self.messages_day = today

    def _remember_messages(self, utc_ms: int | None) -> None:
        """Adds the orders that earlier routers sent on this day. The first figures tell when the broker's days begin.

        `sent_before`: (Unix time in ms, number of orders sent then).
        """
        if self.figures is None or utc_ms is None or not self.sent_before:
            return
        today = self._broker_ms(utc_ms) // DAY_MS
        before = sum(count for at_ms, count in self.sent_before if self._broker_ms(at_ms) // DAY_MS == today)
        self.messages, self.messages_day = self.messages_on(utc_ms) + before, today
        self.sent_before = ()

    def messages_on(self, utc_ms: int | None) -> int:
        """How many orders went to the broker on its present day."""
        return self.messages if self._broker_ms(utc_ms) // DAY_MS == self.messages_day else 0

    def left_of_day_ms(self, utc_ms: int | None) -> int:
        """How long it is until the broker's next day."""
        return DAY_MS - self._broker_ms(utc_ms) % DAY_MS

    def _broker_ms(self, utc_ms: int | None) -> int:
        """The broker's clock in ms; 0 while our own clock is not known."""
        offset_ms = 0 if self.figures is None or self.figures.utc_offset_ms is None else self.figures.utc_offset_ms
        return 0 if utc_ms is None else utc_ms + offset_ms

    def forget(self) -> None:
        """Its book does not count until the next snapshot."""
        self.synced = False
        self.assembly = self.taking_over = None

    def drop_endless_snapshot(self, now_ns: int) -> None:
        """Drops a snapshot that has taken too long to end, and requests another one."""
        if self.assembly is not None and now_ns - self.assembly.begun_ns > LONGEST_SNAPSHOT_NS:
            self.assembly = None
            self.want_snapshot()

    def on_snapshot_taken(self, weight: int, now_ns: int) -> None:
        """A snapshot replaced the book. After a large one there is a pause before the next."""
        self.next_snapshot_ns = now_ns + max(0, weight - FREE_WEIGHT) * WEIGHT_NS

    def set_stops(self, frame: StopsFrame, now_ns: int) -> None:
        """Takes the new stops of a position."""
        self.book = apply_stops_frame(self.book, frame, now_ns)

    def begin_naming(self, naming: Iterator[None]) -> None:
        """Begins the search for the links of its unnamed orders, in its turns. Until it ends, nothing is decided from its
        book.
        """
        self.naming = naming

    def end_naming(self) -> None:
        """The search is over, or a new book has made it pointless."""
        self.naming = None

    def set_names(self, book: Book) -> None:
        """Takes the same book with links for orders that its program does not know."""
        self.book = book

    def note_stops(self, link: int, levels: Levels) -> None:
        """Notes the stops that a trade of a netting account wants. Also drops the notes of trades that are over, because
        nobody reports the end of a trade whose copier is gone.
        """
        self.stops = {known: stops for known, stops in self.stops.items() if known in self.book.by_magic}
        self.stops[link] = levels

    def bring_back_stops(self, link: int, levels: Levels) -> None:
        """Restores the stops that a trade wanted when its row was written, unless newer ones are known."""
        self.stops.setdefault(link, levels)

    def forget_stops(self, link: int) -> None:
        """A trade has nothing open any more."""
        self.stops.pop(link, None)

    def want_snapshot(self) -> None:
        """Requests a snapshot, because only a snapshot can say what the account holds."""
        self.wants_snapshot = True
