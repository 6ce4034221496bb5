"""One account at a broker: its positions and orders, which outlive every terminal, and the outcome of requests."""

from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec

from lockstep_core.market.retcodes import POLICIES, Verdict, refuses_these_stops
from lockstep_core.market.symbols import SymbolTradeMode
from lockstep_core.wire.enums import Capability
from tests.simulation import broker_data as m
from tests.simulation.account_figures import FiguresHistory
from tests.simulation.books import BOOK_CLASSES, HedgingBook, PositionChange
from tests.simulation.broker_data import (
    AccountKind,
    BrokerEvent,
    BrokerOrder,
    BrokerPosition,
    DealDone,
    ListedSymbol,
    LoginState,
    RequestInWork,
    RequestKind,
    StopsMoved,
    TradeRequest,
    TradeResult,
)
from tests.simulation.market_hours import is_open
from tests.simulation.pending_orders import PendingOrders
from tests.simulation.prices import BrokerPrices, MidPrices
from tests.simulation.scheduler import MS, SECOND, Scheduler

EventListener = Callable[[BrokerEvent], None]
OnPositionChange = Callable[["BrokerAccount", TradeRequest, PositionChange], None]
OnOrderPlaced = Callable[["BrokerAccount", BrokerOrder], None]

RESTRICTIONS = {
    SymbolTradeMode.DISABLED: 10017,
    SymbolTradeMode.LONG_ONLY: 10042,
    SymbolTradeMode.SHORT_ONLY: 10043,
    SymbolTradeMode.CLOSE_ONLY: 10044,
}
"""A broker's answer to an opening that its symbol's mode forbids."""
OF_THE_MARKET = frozenset({m.ERROR, m.TIMEOUT, m.MARKET_CLOSED, m.ABOVE_LIMIT, m.CONNECTION})
"""Codes that this model answers only where they are true, and never by chance."""
FINAL_REFUSALS = tuple(
    code
    for code, policy in POLICIES.items()
    if code not in OF_THE_MARKET and (policy.verdict is Verdict.FINAL or refuses_these_stops(code) or code == m.NO_MONEY)
)
PASSING_REFUSALS = tuple(code for code in POLICIES if code not in OF_THE_MARKET and code not in FINAL_REFUSALS)
LATEST_ANSWER_NS = 25 * SECOND
"""The longest delay of a bad broker's last answer to a request."""

UTC_MS = 1_772_409_600_000
"""When the world begins: the start of Monday, 2 March 2026."""

HOUR_MS = 3_600_000
LONGEST_COMMENT = 31


class BrokerBehaviour(msgspec.Struct, frozen=True):
    """How a broker handles requests: probabilities of 0..1, and how long it works on one."""

    refuses_soon: float = 0.0
    refuses_finally: float = 0.0
    times_out: float = 0.0
    answers_late: float = 0.0
    fills_partly: float = 0.0
    fills_twice: float = 0.0
    slow: float = 0.0
    acknowledges: float = 0.5
    answers_before_deal: float = 0.3
    reports_deals_reversed: float = 0.5
    work_ns: tuple[int, int] = (5 * MS, 150 * MS)


WELL_BEHAVED = BrokerBehaviour()
FAULTS_OF_BROKERS = (
    *("refuses_soon", "refuses_finally", "times_out", "answers_late", "fills_partly", "fills_twice", "slow"),
)
"""The faults of a bad broker, which it makes now and then."""


class AccountSpec(msgspec.Struct, frozen=True):
    """The terms of an account and its broker's symbols. `utc_ms` is the time when the world begins, `hours_ahead` how far
    the broker's clock is ahead of UTC. `comment_length` is how many characters of an order's comment the broker keeps.
    """

    login: int
    kind: m.AccountKind
    figures: m.AccountFigures = m.AccountFigures()
    listed: tuple[ListedSymbol, ...] = m.LISTED
    utc_ms: int = UTC_MS
    hours_ahead: int = 0
    currency: str = "USD"
    server: str = "Test"
    comment_length: int = LONGEST_COMMENT


class BrokerAccount:
    """`on_change` is called for every change of a position, and `on_placed` for every new pending order, before anybody else
    knows it.

    `untold` counts the copies that MT4's program reported without a link. `left_open` has the links for which the broker's
    answer to an opening did not say whether there is a position. `next_tickets` are the tickets of the next openings by
    hand, where a test sets them. `refused_closed` has the requests for symbols whose market was closed, with the world's
    time; `taken` has all requests after the first of them that were not refused so. `restricted` says when a symbol's mode
    changed, and to what; `refused_restricted` has the openings that the mode forbade.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        rng: Random,
        spec: AccountSpec,
        on_change: OnPositionChange,
        on_placed: OnOrderPlaced,
        mid_prices: MidPrices,
    ) -> None:
        self.login = spec.login
        self.kind = spec.kind
        self.spec = spec
        self.utc_ms = spec.utc_ms
        self.behaviour = WELL_BEHAVED
        holds_limits = 0 if spec.kind is AccountKind.MT4 else Capability.QUOTES
        self.capabilities: int = Capability.ORDERS | (Capability.NET if self.nets else 0) | holds_limits
        self.listed: dict[str, ListedSymbol] = {s.name: s for s in spec.listed}
        self.prices = BrokerPrices(mid_prices, self.listed)
        self.book: HedgingBook = BOOK_CLASSES[spec.kind](self._next, lambda: scheduler.now_ns, self.prices.of)
        self.positions = self.book.positions
        self.figures_history = FiguresHistory(
            self.prices, self.positions, self.listed, spec.figures, lambda: scheduler.now_ns // MS
        )
        self.pending_orders = PendingOrders(scheduler, self, lambda order: on_placed(self, order))
        self.deals = self.book.deals
        self.closes_in_order = False
        self.refused: Counter[tuple[int, RequestKind]] = Counter()
        self.refused_closed: list[tuple[int, TradeRequest]] = []
        self.taken: list[tuple[int, TradeRequest]] = []
        self.restricted: list[tuple[int, str, int]] = []
        self.refused_restricted: list[tuple[int, TradeRequest]] = []
        self.fitted: dict[int, int] = {}
        self.left_open: set[int] = set()
        self._for_good: set[tuple[int, RequestKind]] = set()
        self._scheduler = scheduler
        self._rng = rng
        self._on_change = on_change
        self._listeners: dict[int, EventListener] = {}
        self._in_work: dict[int, TradeRequest] = {}
        self._filling: set[int] = set()
        self._numbers = spec.login * 1_000_000
        self.next_tickets: list[int] = []
        self.untold = 0

    def attach(self, key: int, listener: EventListener) -> LoginState:
        """Logs a terminal in: it gets the account's state, and every event from now on."""
        self._listeners[key] = listener
        newest = self.deals[-1].number if self.deals else 0
        magics = frozenset(deal.magic for deal in self.deals)
        in_work = tuple(r.magic for r in self._in_work.values() if _is_visible(r))
        waiting, ordered = dict(self.pending_orders.waiting), dict(self.pending_orders.ordered)
        deals = tuple(deal for deal in self.deals if deal.position in self.positions) if self.nets else ()
        dealt = {deal.position: deal.magic for deal in self.deals}
        state = (dict(self.positions), newest, magics, in_work, self._allocations(), waiting, frozenset(ordered.values()))
        return LoginState(*state, deals, dealt, ordered)

    def detach(self, key: int) -> None:
        """Logs a terminal out."""
        self._listeners.pop(key, None)

    def server_ms(self, world_ms: int) -> int:
        """A moment of the world by this broker's clock."""
        return self.utc_ms + world_ms + self.spec.hours_ahead * HOUR_MS

    @property
    def figures(self) -> m.AccountFigures:
        """Balance, equity and free margin now."""
        return self.figures_history.figures

    @property
    def keeps_comments(self) -> bool:
        """Whether the broker leaves the comments of orders unchanged."""
        return self.spec.comment_length >= LONGEST_COMMENT

    @property
    def nets(self) -> bool:
        """Whether the account has one position for each symbol."""
        return self.kind is m.AccountKind.NETTING

    def levels(self, first_ticket: int, key: int) -> set[tuple[float, float]]:
        """All stops that a position, or the pending order it came from, ever had."""
        return self.book.levels.get(first_ticket, set()) | self.pending_orders.levels.get(key, set())

    def positions_of(self, magic: int) -> list[BrokerPosition]:
        """The open positions of a magic number; of a netting account, its allocation."""
        return self.book.of_magic(magic)

    def refused_for_good(self, magic: int, kind: RequestKind, tries: int) -> bool:
        """Whether such a request was refused finally, or so often that the router may give up."""
        return (magic, kind) in self._for_good or self.refused[magic, kind] >= tries

    # What its owner does by hand

    def open_by_hand(
        self, symbol: str, side: int, volume: int, sl: float, tp: float, magic: int = 0, comment: str = ""
    ) -> int:
        """Opens at market. Returns the position's ticket, which a test may have set before."""
        order = self.next_tickets.pop(0) if self.next_tickets else self._next()
        self.fill(TradeRequest(0, RequestKind.OPEN, symbol, side, volume, 0, magic, sl, tp, comment), order, volume)
        net = next((position.ticket for position in self.positions.values() if position.symbol == symbol), 0)
        return net if self.nets else order

    def fill_more(self, ticket: int, volume: int) -> None:
        """Fills further lots of the order that opened or increased a position, if none of it has been closed yet."""
        position = self.positions.get(ticket)
        if position is None:
            return
        order, is_whole = ticket, position.volume == position.max_volume
        if self.nets:
            tranche = self.book.tranches.open[ticket][-1]
            order, is_whole = tranche.key, tranche.remaining == max(tranche.history)
        if is_whole:
            what = (position.symbol, position.side, volume, 0, position.magic, position.sl, position.tp, position.comment)
            self.fill(TradeRequest(0, RequestKind.OPEN, *what), order, volume)

    def reduce_by_hand(self, ticket: int, volume: int) -> None:
        """Closes that much of a position, at most all of it."""
        position = self.positions.get(ticket)
        if position is not None and volume > 0:
            size = (1 - position.side, min(volume, position.volume))
            request = TradeRequest(0, RequestKind.REDUCE, position.symbol, *size, ticket, 0, 0.0, 0.0, "")
            self.fill(request, self._next(), request.volume)

    def close_by_hand(self, ticket: int, other: int) -> None:
        """Closes two positions of opposite sides by each other, up to the smaller volume."""
        first, second = self.positions[ticket], self.positions[other]
        volume = min(first.volume, second.volume)
        for position in (first, second):
            request = TradeRequest(
                0, RequestKind.CLOSE_BY, position.symbol, 1 - position.side, volume, position.ticket, 0, 0.0, 0.0, ""
            )
            self.fill(request, self._next(), volume)

    def move_by_hand(self, ticket: int, sl: float, tp: float) -> None:
        """Sets stops."""
        position = self.positions.get(ticket)
        if position is not None and (position.sl, position.tp) != (sl, tp):
            self.book.put(msgspec.structs.replace(position, sl=sl, tp=tp))
            self.publish(StopsMoved(self.positions[ticket]))

    def place_by_hand(self, order: BrokerOrder) -> int:
        """Places a pending order; returns its ticket."""
        placed = msgspec.structs.replace(order, ticket=self._next(), placed_ns=self._scheduler.now_ns)
        self.pending_orders.place(placed)
        return placed.ticket

    # Requests of terminals

    def request(self, key: int, request: TradeRequest) -> None:
        """Takes a request of the terminal logged in as `key`."""
        behaviour, rng = self.behaviour, self._rng
        if not is_open(self.listed[request.symbol], self.server_ms(self._scheduler.now_ns // MS)):
            self.refused_closed.append((self._scheduler.now_ns, request))
            self._answer(key, request, m.MARKET_CLOSED)
            return
        restricted = self._restricts(request)
        if restricted:
            self.refused_restricted.append((self._scheduler.now_ns, request))
            self._answer(key, request, restricted)
            return
        if self.refused_closed:
            self.taken.append((self._scheduler.now_ns, request))
        if rng.random() < behaviour.refuses_soon:
            self._answer(key, request, rng.choice(PASSING_REFUSALS))
        elif (
            request.kind in (RequestKind.OPEN, RequestKind.STOPS, RequestKind.PLACE)
            and rng.random() < behaviour.refuses_finally
        ):
            self._answer(key, request, rng.choice(FINAL_REFUSALS))
        elif request.kind is RequestKind.STOPS:
            self._work(key, request, 0)
        else:
            self._accept(key, request)

    def restrict(self, symbol: str, trade_mode: int) -> None:
        """Sets the mode of a symbol from now on (MQL5 `ENUM_SYMBOL_TRADE_MODE`)."""
        self.listed[symbol] = msgspec.structs.replace(self.listed[symbol], trade_mode=trade_mode)
        self.restricted.append((self._scheduler.now_ns, symbol, trade_mode))

    def _restricts(self, request: TradeRequest) -> int:
        """The code of the refusal of an opening that the symbol's mode forbids; 0 if it is allowed."""
        opens = request.kind in (RequestKind.OPEN, RequestKind.PLACE)
        mode = SymbolTradeMode(self.listed[request.symbol].trade_mode if opens else SymbolTradeMode.FULL)
        return (
            0
            if mode == (SymbolTradeMode.SHORT_ONLY if request.side else SymbolTradeMode.LONG_ONLY)
            else RESTRICTIONS.get(mode, 0)
        )

    def _accept(self, key: int, request: TradeRequest) -> None:
        if request.kind is RequestKind.REDUCE and any(w.position == request.position for w in self._in_work.values()):
            self._answer(key, request, m.CLOSE_EXISTS)
            return
        order = self._next()
        self._in_work[order] = request
        if _is_visible(request):
            self.publish(RequestInWork(request.magic, True))
        if self._rng.random() < self.behaviour.times_out:
            self._answer(key, request, self._rng.choice((m.TIMEOUT, m.ERROR)))
        elif self._rng.random() < self.behaviour.acknowledges:
            self._answer(key, request, m.PLACED)
        slow = self._rng.random() < self.behaviour.slow
        pause_ns = self._rng.randint(SECOND, 20 * SECOND) if slow else self._rng.randint(*self.behaviour.work_ns)
        self._scheduler.after(pause_ns, lambda: self._work(key, request, order))

    def _work(self, key: int, request: TradeRequest, order: int) -> None:
        if request.position in self._filling:
            # A position that is still being filled cannot be reduced.
            self._scheduler.after(SECOND // 10, lambda: self._work(key, request, order))
            return
        self._in_work.pop(order, None)
        match request.kind:
            case RequestKind.STOPS:
                self._move(key, request)
            case RequestKind.OPEN | RequestKind.NET:
                self._open(key, request, order)
            case RequestKind.PLACE | RequestKind.CHANGE | RequestKind.DELETE:
                above = request.kind is RequestKind.PLACE and self._is_above_limit(request)
                retcode = m.ABOVE_LIMIT if above else self.pending_orders.carry_out(request, order)
                if _is_visible(request):
                    self.publish(RequestInWork(request.magic, False))
                self._answer(key, request, retcode, order)
            case _:
                self._reduce(key, request, order)

    def _move(self, key: int, request: TradeRequest) -> None:
        position = self.positions.get(request.position)
        if position is None:
            self._answer(key, request, m.POSITION_GONE)
            return
        if position.side != request.side and (request.sl or request.tp):
            # The position was reversed meanwhile, so stops that were above its price would be below it now. Removing them is
            # never wrong.
            self._answer(key, request, m.INVALID_STOPS)
            return
        self._on_change(self, request, PositionChange(None, position, position))
        self.move_by_hand(position.ticket, request.sl, request.tp)
        self._answer(key, request, m.DONE)

    def _open(self, key: int, request: TradeRequest, order: int) -> None:
        listed, volume = self.listed[request.symbol], request.volume
        if volume % listed.volume_step or not listed.volume_min <= volume <= listed.volume_max:
            self.publish(RequestInWork(request.magic, False))
            self._answer(key, request, m.INVALID_VOLUME)
            return
        if self._is_above_limit(request):
            self.publish(RequestInWork(request.magic, False))
            self._answer(key, request, m.ABOVE_LIMIT)
            return
        steps = volume // listed.volume_step
        if listed.partial_fills and steps > 1 and self._rng.random() < self.behaviour.fills_partly:
            volume = self._rng.randint(1, steps - 1) * listed.volume_step
        self._complete(key, request, order, volume)

    def _is_above_limit(self, request: TradeRequest) -> bool:
        """Whether positions and pending orders of one direction would exceed this broker's limit of lots. Remembers how
        much of an opening the limit would have allowed.
        """
        limit = self.listed[request.symbol].volume_limit
        side = request.side if request.order is None else request.order.side
        held = sum(p.volume for p in self.positions.values() if (p.symbol, p.side) == (request.symbol, side))
        waiting = self.pending_orders.waiting.values()
        held += sum(o.remaining for o in waiting if (o.symbol, o.side) == (request.symbol, side))
        if limit:
            self.fitted.setdefault(request.magic, limit - held)
        return limit > 0 and held + request.volume > limit

    def _reduce(self, key: int, request: TradeRequest, order: int) -> None:
        position = self.positions.get(request.position)
        if position is None or request.volume > position.volume:
            self.publish(RequestInWork(request.magic, False))
            self._answer(key, request, m.POSITION_GONE if position is None else m.TOO_MUCH_TO_CLOSE)
            return
        if self.closes_in_order and any(
            other.symbol == position.symbol and other.ticket < position.ticket for other in self.positions.values()
        ):
            self.publish(RequestInWork(request.magic, False))
            self._answer(key, request, m.OTHERS_FIRST)
            return
        if request.volume < min(self.listed[request.symbol].volume_min, position.volume):
            self.publish(RequestInWork(request.magic, False))
            self._answer(key, request, m.INVALID_VOLUME)
            return
        self._complete(key, request, order, request.volume)

    def _complete(self, key: int, request: TradeRequest, order: int, volume: int) -> None:
        """Fills a request in one deal or two. The answer comes before or after the first deal."""
        step = self.listed[request.symbol].volume_step
        first = volume
        if volume > step and self._rng.random() < self.behaviour.fills_twice:
            first = self._rng.randint(1, volume // step - 1 or 1) * step
        retcode = m.DONE if volume == request.volume else m.PARTIAL
        answer_first = self._rng.random() < self.behaviour.answers_before_deal
        if answer_first:
            self._answer(key, request, retcode, order)
        self.fill(request, order, first)
        if first < volume:
            self._filling.add(request.position or order)
            self._scheduler.after(self._rng.randint(0, 200 * MS), lambda: self._fill_rest(request, order, volume - first))
        else:
            self.publish(RequestInWork(request.magic, False))
        if not answer_first:
            self._answer(key, request, retcode, order)

    def _fill_rest(self, request: TradeRequest, order: int, volume: int) -> None:
        self._filling.discard(request.position or order)
        self.fill(request, order, volume)
        self.publish(RequestInWork(request.magic, False))

    def _answer(self, key: int, request: TradeRequest, retcode: int, order: int = 0) -> None:
        if retcode not in (m.DONE, m.PARTIAL, m.PLACED, m.TIMEOUT, m.ERROR):
            self.refused[request.magic, request.kind] += 1
            if retcode in FINAL_REFUSALS:
                self._for_good.add((request.magic, request.kind))
        if retcode in (m.TIMEOUT, m.ERROR) and request.kind in (RequestKind.OPEN, RequestKind.PLACE):
            self.left_open.add(request.magic)
        result = TradeResult(request, retcode, order, self.deals[-1].number if self.deals else 0)
        late = retcode != m.PLACED and self._rng.random() < self.behaviour.answers_late
        pause_ns = self._rng.randint(SECOND, LATEST_ANSWER_NS) if late else 0
        if pause_ns:
            self._scheduler.after(pause_ns, lambda: self._send(key, result))
        else:
            self._send(key, result)

    def fill(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        """Fills a request or a pending order, in part or in whole, and reports the deals."""
        changes = self.book.trade(request, order, volume)
        self.figures_history.on_trade(changes)
        allocations = self._allocations()
        for change in changes:
            self._on_change(self, request, change)
        if self._rng.random() < self.behaviour.reports_deals_reversed:
            # Terminals see the closed part of an MT4 position, and the rest under its new ticket, in either order.
            changes.reverse()
        for change in changes:
            if change.deal is not None:
                self.publish(DealDone(change.deal, change.after, allocations))
        return changes

    def _allocations(self) -> dict[m.AllocationKey, m.Allocation]:
        return self.book.allocations.all() if self.nets else {}

    def publish(self, event: BrokerEvent) -> None:
        """Sends an event to every terminal that is logged in."""
        for listener in list(self._listeners.values()):
            listener(event)

    def _send(self, key: int, event: BrokerEvent) -> None:
        listener = self._listeners.get(key)
        if listener is not None:
            listener(event)

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers


def _is_visible(request: TradeRequest) -> bool:
    """Whether terminals see the request while the broker works on it: a change or deletion of a pending order has no order
    of its own.
    """
    return request.kind not in (RequestKind.CHANGE, RequestKind.DELETE)
