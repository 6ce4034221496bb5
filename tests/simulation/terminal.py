"""One process of a terminal: what it knows of its account, its connection to the broker, and the bridge's two programs.

The terminal's lists change when a broker's event arrives. The programs see it a moment later, as in a real terminal.
"""

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Protocol

import msgspec

from lockstep_core.wire.enums import Capability
from lockstep_core.wire.frames import Frame
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import (
    CONNECTION,
    DONE,
    ENTRY,
    INCONCLUSIVE,
    PARTIAL,
    AccountKind,
    Allocation,
    AllocationKey,
    BrokerDeal,
    BrokerEvent,
    BrokerOrder,
    BrokerPosition,
    DealDone,
    LoginState,
    OrderChanged,
    RequestInWork,
    RequestKind,
    StopsMoved,
    TradeRequest,
    TradeResult,
)
from tests.simulation.executor import Executor
from tests.simulation.inflight_claims import InFlightClaims
from tests.simulation.mt4_loop import Mt4Loop
from tests.simulation.mt4_orders import LinkFile, Shown, folded, shown, ticket_before
from tests.simulation.pipes import Pipe
from tests.simulation.scheduler import MS, SECOND, Scheduler
from tests.simulation.watcher import Watcher

_keys = count(1)


class Latency(msgspec.Struct, frozen=True):
    """Ranges, in ns: of the network to the broker, and of the queue in which the programs' events wait."""

    broker_ns: tuple[int, int] = (5 * MS, 60 * MS)
    queue_ns: tuple[int, int] = (0, 20 * MS)


USUAL_LATENCY = Latency()


class TerminalHost(Protocol):
    """Where a terminal runs: its node's clock, the file of MT4's program, and the relay that its programs talk to."""

    link_file: LinkFile

    def now_ns(self) -> int:
        """The node's clock."""

    def gate(self, call: Callable[[], None]) -> None:
        """Makes a call as soon as the host is not frozen."""

    def open_events(self, terminal: "TerminalProcess") -> bool:
        """Connects the watching program to the relay; False if no relay listens."""

    def take_requests(self) -> list[Frame] | None:
        """Requests of the router to the watching program; None if the relay is gone."""

    def push_events(self, terminal: "TerminalProcess", frames: list[bytes]) -> bool:
        """Sends frames of the watching program; False if the relay is gone."""

    def push_results(self, terminal: "TerminalProcess", frame: bytes) -> None:
        """Sends a frame of the acting program."""

    def on_turn(self, terminal: "TerminalProcess") -> None:
        """MT4's program runs its timer once, between two orders."""


class TerminalProcess:
    """What a terminal knows of its account while it is `connected`; `ready` once its lists have settled.

    `history_magics` and `ordered_magics` are the magic numbers of all past deals and pending orders, `in_work` those of
    requests that the broker works on. `deals` are those of open netting positions, `ended_orders` the pending orders that
    ended since it logged in, `expected_tickets` the new tickets that MT4 announced and has not shown yet. An MT4 terminal
    does not know links: it has `dealt` and `ordered`, the magic numbers of all positions and pending orders by ticket.
    """

    def __init__(
        self, scheduler: Scheduler, rng: Random, account: BrokerAccount, host: TerminalHost, latency: Latency = USUAL_LATENCY
    ) -> None:
        self.scheduler = scheduler
        self.rng = rng
        self.account = account
        self.host = host
        self._latency = latency
        self.connected = False
        self.alive = True
        self.ready = False
        self.positions: dict[int, BrokerPosition] = {}
        self.is_mt4 = account.kind is AccountKind.MT4
        self.history_magics: set[int] = set()
        self.dealt: dict[int, int] = {}
        self.ordered: dict[int, int] = {}
        self.in_work: list[int] = []
        self.allocations: dict[AllocationKey, Allocation] = {}
        self.orders: dict[int, BrokerOrder] = {}
        self.ended_orders: dict[int, BrokerOrder] = {}
        self.ordered_magics: set[int] = set()
        self.newest_deal = 0
        self.deals: list[BrokerDeal] = []
        self.expected_tickets: set[int] = set()
        self.claims = InFlightClaims()
        self.watcher = Watcher(self)
        self.executor = Executor(self)
        self._key = 0
        self.requests = 0
        self._events: Pipe[BrokerEvent] | None = None
        self._outbox: Pipe[TradeRequest] | None = None
        self._queue: Pipe[BrokerEvent] = Pipe(scheduler, rng, latency.queue_ns, self.watcher.on_transaction)
        turn = (latency.queue_ns, host.gate, self.watcher.on_transaction, lambda: host.on_turn(self))
        self._loop = Mt4Loop(scheduler, rng, *turn) if self.is_mt4 else None

    def now_ns(self) -> int:
        """The clock of its node."""
        return self.host.now_ns()

    def quote(self, symbol: str) -> tuple[float, float] | None:
        """The market as the terminal sees it; None without prices."""
        prices = self.account.prices
        if not prices.moves or symbol not in self.account.listed:
            return None
        quote = prices.quote(symbol)
        return quote.bid, quote.ask

    @property
    def market_watch(self) -> frozenset[str]:
        """The symbols that the terminal shows: the chart's, those of positions and orders, and those that the router
        subscribed. MT4's programs cannot subscribe, so their users have added all symbols.
        """
        listed = self.account.listed
        if not self.account.capabilities & Capability.QUOTES:
            return frozenset(listed)
        held = {item.symbol for items in (self.positions, self.orders) for item in items.values()}
        return frozenset({*tuple(listed)[:1], *held, *self.watcher.subscribed} & set(listed))

    def log_in(self) -> None:
        """Connects to the broker, which sends the account's state."""
        if not self.alive or self._events is not None:
            return
        self._key = next(_keys)
        key, account = self._key, self.account
        self._events = Pipe(
            self.scheduler,
            self.rng,
            self._latency.broker_ns,
            lambda event: self.host.gate(lambda: self._on_event(key, event)),
        )
        self._outbox = Pipe(self.scheduler, self.rng, self._latency.broker_ns, lambda request: account.request(key, request))
        self._events.send(account.attach(key, self._events.send))

    def stall(self, until_ns: int) -> None:
        """Delays everything that the broker sends until then."""
        if self._events is not None:
            self._events.stall(until_ns)

    def log_out(self) -> None:
        """The connection to the broker breaks."""
        self.account.detach(self._key)
        for pipe in (self._events, self._outbox):
            if pipe is not None:
                pipe.cut()
        if self._events is not None:
            self._events.shut()
        self._events = self._outbox = None
        self.connected = False
        if self._loop is not None:
            self._loop.lost()

    def end(self) -> None:
        """Ends the process. Requests that it has sent may still reach the broker."""
        if self._loop is not None:
            self._loop.end()
        self.log_out()
        self.alive = False
        self._queue.shut()

    def send(self, request: TradeRequest) -> int:
        """Sends a request and returns its number, 0 where there is no connection."""
        if self._outbox is None or not self.connected:
            return 0
        self._outbox.send(request)
        if self._loop is not None:
            self._loop.sends(request.number)
        return request.number

    @property
    def is_sending(self) -> bool:
        """Whether MT4's program waits for the broker's answer, and does nothing else."""
        return self._loop is not None and self._loop.busy

    def on_command(self, carry_out: Callable[[], None]) -> None:
        """A command of the router arrived. MT4's program reads it at its next turn."""
        if self._loop is None:
            carry_out()
        else:
            self._loop.command(carry_out)

    def next_request(self) -> int:
        """The number of the next request."""
        self.requests += 1
        return self.requests

    def link_of(self, ticket: int, magic: int) -> int:
        """The link of a position or order: its magic number, or on MT4 what the program can tell by its file, 0 if it
        cannot. The program reads its file each time it meets an order: of two links that waited for a ticket, one may be
        the only one left.
        """
        if not self.is_mt4:
            return magic
        file = self.host.link_file
        file.saw(ticket, folded(magic), file.before.get(ticket, 0))
        return file.links.get(ticket, 0)

    def had_deal(self, link: int) -> bool:
        """Whether a link ever had a position, or may have had one."""
        return self.host.link_file.had(link, self.dealt) if self.is_mt4 else link in self.history_magics

    def had_order(self, link: int) -> bool:
        """Whether a link ever had a pending order, or may have had one."""
        return self.host.link_file.had(link, self.ordered) if self.is_mt4 else link in self.ordered_magics

    def is_in_work(self, link: int) -> bool:
        """Whether the broker works on a link's order. MT4 does not show that, so its program goes by its own requests."""
        return self.host.link_file.is_still_out(link, self.now_ns()) if self.is_mt4 else link in self.in_work

    @property
    def _held(self) -> list[BrokerPosition | BrokerOrder]:
        return [*self.positions.values(), *self.orders.values()]

    def may_have(self, link: int) -> bool:
        """Whether an open MT4 order that the program does not know may be a link's."""
        file = self.host.link_file
        return self.is_mt4 and any(file.may_be_of(link, item.ticket, item.magic) for item in self._held)

    def adopt(self, link: int, hint: int) -> None:
        """The router names the link of an order that MT4's program does not know. The program accepts it if the magic
        number agrees.
        """
        tickets = {hint} | {new for new, before in self.host.link_file.before.items() if before == hint}
        for item in self._held if self.is_mt4 else ():
            if item.ticket in tickets and self.host.link_file.may_be_of(link, item.ticket, item.magic):
                self.host.link_file.links[item.ticket] = link

    def first_ticket(self, ticket: int) -> int:
        """The ticket with which a position began before partial closes, if MT4's program can prove it; else 0. The comments
        of closed orders lead back to it.
        """
        whole = self.account.book.first_tickets if self.account.keeps_comments else self.host.link_file.first
        return whole.get(ticket, 0)

    def position_of(self, magic: int, hint: int = 0) -> BrokerPosition | None:
        """The position of a link, or its allocation on a netting account."""
        if self.is_mt4:
            held = self.positions.values()
            return next((one for one in held if self.link_of(one.ticket, one.magic) == magic), None)
        if self.account.nets:
            return self._allocation(magic, hint)
        hinted = self.positions.get(hint)
        if hinted is not None and hinted.magic == magic:
            return hinted
        return next((position for position in self.positions.values() if position.magic == magic), None)

    def net_position(self, symbol: str) -> BrokerPosition | None:
        """A netting account's position of a symbol."""
        return next((position for position in self.positions.values() if position.symbol == symbol), None)

    def server_ms(self) -> int:
        """The broker's clock now, in whole seconds."""
        return self.account.server_ms(self.scheduler.now_ns // SECOND * 1000)

    def world_ms(self, server_ms: int) -> int:
        """A moment of the broker's clock in the world's time; 0 means never."""
        return server_ms - self.account.server_ms(0) if server_ms else 0

    def pending_order_of(self, magic: int) -> BrokerOrder | None:
        """The pending order of a link."""
        return next((order for order in self.orders.values() if self.link_of(order.ticket, order.magic) == magic), None)

    def allocated_positions(self) -> list[BrokerPosition]:
        """The allocations of a netting account, each in the form of a position."""
        return [self._as_position(key, 0) for key in self.allocations] if self.account.nets else []

    def _allocation(self, magic: int, hint: int) -> BrokerPosition | None:
        key = next((key for key in self.allocations if key[0] == magic), None)
        return None if key is None else self._as_position(key, hint)

    def _as_position(self, key: AllocationKey, hint: int) -> BrokerPosition:
        allocation = self.allocations[key]
        net = self.net_position(allocation.symbol)
        known = (0, 0.0, 0.0, 0, ENTRY) if net is None else (net.ticket, net.sl, net.tp, net.opened_ns, net.price)
        head = (
            known[0] or hint,
            allocation.symbol,
            int(allocation.signed < 0),
            abs(allocation.signed),
            allocation.max_volume,
        )
        return BrokerPosition(*head, known[1], known[2], key[0], allocation.comment, *known[3:])

    def _on_event(self, key: int, event: BrokerEvent) -> None:
        if not self.alive or self._events is None or key != self._key:
            return
        match event:
            case LoginState():
                self._on_login(event)
                return
            case DealDone():
                self._on_deal(event)
            case StopsMoved():
                self.positions[event.position.ticket] = self._shown(event.position)
            case OrderChanged():
                self._on_order(event)
            case RequestInWork():
                self.in_work.append(event.magic) if event.active else self._work_ended(event.magic)
                return
            case TradeResult():
                if event.retcode == CONNECTION or not self._hears(event):
                    return
                self._on_result(event)
        self._tell_programs(event)

    def _hears(self, event: TradeResult) -> bool:
        return self._loop is None or self._loop.hears(event)

    def _tell_programs(self, event: BrokerEvent) -> None:
        if self._loop is None:
            self._queue.send(event)
        elif isinstance(event, TradeResult):
            self._loop.answered(event)
        else:
            self._loop.happened(event)

    def _on_result(self, event: TradeResult) -> None:
        """`OrderSend` returns with the ticket of what it opened."""
        kind, retcode = event.request.kind, event.retcode
        if self.is_mt4 and kind in (RequestKind.OPEN, RequestKind.PLACE) and retcode not in INCONCLUSIVE:
            self.host.link_file.ended(event.request.magic, event.order if retcode in (DONE, PARTIAL) else 0)

    def _shown(self, item: Shown) -> Shown:
        return shown(item, self.account.spec.comment_length) if self.is_mt4 else item

    def _saw(self, ticket: int, magic: int, comment: str, *, live: bool) -> None:
        """MT4's program sees an order, and finds its link and its ticket before a partial close. Where a broker cuts
        comments, a ticket that vanished in the same turn tells that, too.
        """
        if not self.is_mt4:
            return
        before, file = ticket_before(comment), self.host.link_file
        if not live and not self.account.keeps_comments:
            before = 0
        if before and ticket not in file.before:
            file.follows(ticket, before)
        file.saw(ticket, folded(magic), before)

    def _on_order(self, event: OrderChanged) -> None:
        order = self._shown(event.order)
        self.ordered_magics.add(order.magic)
        self.ordered[order.ticket] = order.magic
        self._saw(order.ticket, event.order.magic, "", live=True)
        if event.active:
            self.orders[order.ticket] = order
        else:
            self.orders.pop(order.ticket, None)
            self.ended_orders[order.ticket] = order

    def _work_ended(self, magic: int) -> None:
        if magic in self.in_work:
            self.in_work.remove(magic)

    def _on_deal(self, event: DealDone) -> None:
        self.history_magics.add(event.deal.magic)
        self.dealt[event.deal.position] = folded(event.deal.magic) if self.is_mt4 else event.deal.magic
        self._saw(event.deal.position, event.deal.magic, event.deal.comment, live=True)
        self.allocations = event.allocations
        self.newest_deal = max(self.newest_deal, event.deal.number)
        if self.account.nets:
            self.deals.append(event.deal)
        self.expected_tickets.discard(event.deal.position)
        if event.deal.remainder and event.deal.remainder not in self.positions:
            self.expected_tickets.add(event.deal.remainder)
        if event.position is None:
            self.positions.pop(event.deal.position, None)
        else:
            self.positions[event.position.ticket] = self._shown(event.position)

    def _on_login(self, state: LoginState) -> None:
        self.connected = True
        self.positions = {ticket: self._shown(position) for ticket, position in state.positions.items()}
        self.history_magics = set(state.history_magics)
        self.dealt, self.ordered = dict(state.dealt), dict(state.ordered)
        self.allocations = state.allocations
        self.orders = {ticket: self._shown(order) for ticket, order in state.pending_orders.items()}
        self.ordered_magics = set(state.ordered_magics)
        self.in_work = list(state.in_work)
        self.newest_deal, self.deals = state.newest_deal, list(state.deals)
        self.expected_tickets.clear()
        if self.is_mt4:
            self._read_mt4(state)

    def _read_mt4(self, state: LoginState) -> None:
        """Reads what MT4 shows: its own magic numbers, and no requests in progress. Reads rests in their order."""
        self.history_magics, self.ordered_magics, self.in_work = set(), set(), []
        self.dealt = {ticket: folded(magic) for ticket, magic in state.dealt.items()}
        self.ordered = {ticket: folded(magic) for ticket, magic in state.ordered.items()}
        whole: list[BrokerPosition | BrokerOrder] = [*state.positions.values(), *state.pending_orders.values()]
        for item in whole:
            self._saw(item.ticket, item.magic, item.comment, live=False)
