"""One account with its broker, terminal and relay: the simulation's models without latency and without chance."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from random import Random
from uuid import UUID

import msgspec

from lockstep_core.market.money import Quote
from lockstep_core.wire.codec import decode, encode
from lockstep_core.wire.enums import Action, Stage
from lockstep_core.wire.frames import AccountFrame, Command, Frame, PendingOrder, QuoteRequest, Result
from tests.simulation.broker import AccountSpec, BrokerAccount, BrokerBehaviour
from tests.simulation.broker_data import (
    CONNECTION,
    AccountFigures,
    AccountKind,
    BrokerEvent,
    BrokerOrder,
    BrokerPosition,
    DealDone,
    ListedSymbol,
    RequestKind,
    TradeRequest,
)
from tests.simulation.mt4_orders import LinkFile
from tests.simulation.prices import MidPrices
from tests.simulation.scheduler import Scheduler
from tests.simulation.terminal import Latency, TerminalProcess
from tests.simulation.terminal_frames import account_frame, pending_frame

from .small_relay import SmallRelay

LOT = 10**8
PRICE = 1.1
UTC_NS = 1_772_000_000_000_000_000
INSTANT = BrokerBehaviour(acknowledges=0.0, answers_before_deal=0.0, reports_deals_reversed=0.0, work_ns=(0, 0))
WITHOUT_LATENCY = Latency((0, 0), (0, 0))
VOLUME_ACTIONS = frozenset({Action.OPEN, Action.SET_VOLUME, Action.CLOSE, Action.SET_NET, Action.PLACE})


def symbol(name: str = "EURUSD", step: int = LOT // 100, smallest: int = LOT // 100, mode: int = 4) -> ListedSymbol:
    """A symbol of a broker."""
    return ListedSymbol(name, 5, smallest, step, 100 * LOT, trade_mode=mode)


class InstantBroker(BrokerAccount):
    """Refuses the next requests with `refusals`. While it `holds` requests, it fills none before `release`. While it
    `delays_deals`, it reports none before `report_deals`. `before_request` may do something first.
    """

    def __init__(self, scheduler: Scheduler, spec: AccountSpec) -> None:
        super().__init__(scheduler, Random(0), spec, lambda *_: None, lambda *_: None, MidPrices(entry=PRICE))  # noqa: S311
        self.behaviour = INSTANT
        self.refusals: list[int] = []
        self.holds = self.delays_deals = False
        self.before_request: Callable[[TradeRequest], None] = lambda _: None
        self._held: deque[tuple[int, TradeRequest]] = deque()
        self._delayed: deque[BrokerEvent] = deque()

    def request(self, key: int, request: TradeRequest) -> None:
        """A request of the terminal."""
        self.before_request(request)
        if self.refusals:
            self._answer(key, request, self.refusals.pop(0))
        elif self.holds:
            self._held.append((key, request))
        else:
            super().request(key, request)

    def release(self) -> None:
        """Carries out the oldest request that it holds."""
        super().request(*self._held.popleft())

    def publish(self, event: BrokerEvent) -> None:
        """Sends an event to the terminal."""
        if self.delays_deals and isinstance(event, DealDone):
            self._delayed.append(event)
        else:
            super().publish(event)

    def report_deals(self) -> None:
        """Reports the deals that it delayed."""
        self.delays_deals = False
        while self._delayed:
            self.publish(self._delayed.popleft())

    def add(self, ticket: int, lots: int) -> None:
        """One more deal of the order that opened a position; on a netting account, of another order."""
        position = self.positions[ticket]
        if self.nets:
            self.open_by_hand(position.symbol, position.side, lots, position.sl, position.tp)
            return
        what = (position.symbol, position.side, lots, 0, position.magic, position.sl, position.tp, position.comment)
        self.fill(TradeRequest(0, RequestKind.OPEN, *what), ticket, lots)


class MarketTerminal(TerminalProcess):
    """A terminal whose market the test sets."""

    market: Mapping[str, Quote] = {}

    def quote(self, symbol: str) -> tuple[float, float] | None:
        """The market as the test has it now."""
        quote = self.market.get(symbol)
        return None if quote is None else (quote.bid, quote.ask)


class InstantTerminal(SmallRelay):
    """What is done to the account happens at once; `work` carries out commands.

    `received`: all commands. `orders`: those for which an order for volume was sent to the broker. `asked`: the symbols
    whose quotes the router asked for. `blocking`: the actions that the next openings and queries find in flight. `lost`: the
    actions of commands that never reach the terminal. A `mute` terminal answers nothing; a `late` one does not answer that
    an order was placed.
    """

    def __init__(
        self,
        account: UUID,
        login: int,
        now_ns: int,
        kind: AccountKind = AccountKind.HEDGING,
        utc_ns: int = UTC_NS,
        incarnation: int = 1,
    ) -> None:
        super().__init__(incarnation)
        self.account = account
        self.scheduler = Scheduler(now_ns)
        spec = AccountSpec(login, kind, listed=(symbol(),), utc_ms=utc_ns // 1_000_000, currency="USD", server="Test-Demo")
        self.broker = InstantBroker(self.scheduler, spec)
        self.process = MarketTerminal(self.scheduler, Random(0), self.broker, Host(self), WITHOUT_LATENCY)  # noqa: S311
        self.orders: list[Command] = []
        self.received: list[Command] = []
        self.asked: list[str] = []
        self.blocking: list[Action] = []
        self.lost: set[Action] = set()
        self.mute = self.late = False
        self._commands: list[Command] = []
        self._withheld: list[Frame] | None = None
        self.process.log_in()
        self.settle()
        self.process.ready = True
        self.process.watcher.connect()

    @property
    def now_ns(self) -> int:
        """The clock of its node."""
        return self.scheduler.now_ns

    @now_ns.setter
    def now_ns(self, now_ns: int) -> None:
        self.scheduler.run_until(now_ns)

    @property
    def positions(self) -> dict[int, BrokerPosition]:
        """Open positions by ticket."""
        return self.broker.positions

    @property
    def pending_orders(self) -> dict[int, BrokerOrder]:
        """Waiting pending orders by ticket."""
        return self.broker.pending_orders.waiting

    @property
    def refusals(self) -> list[int]:
        """The retcodes with which the broker refuses the next requests."""
        return self.broker.refusals

    @refusals.setter
    def refusals(self, retcodes: list[int]) -> None:
        self.broker.refusals = retcodes

    @property
    def heard(self) -> list[int]:
        """The actions of all commands."""
        return [command.action for command in self.received]

    @property
    def volume_commands(self) -> list[Command]:
        """The commands that ask for an order for volume, whether or not the terminal sent one."""
        return [command for command in self.received if command.action in VOLUME_ACTIONS]

    def settle(self) -> None:
        """Lets everything happen that is due now."""
        self.scheduler.run_until(self.scheduler.now_ns)

    # What its owner and the market do

    def open(
        self, lots: int, side: int = 0, name: str = "EURUSD", magic: int = 0, comment: str = "", sl: float = 0.0
    ) -> int:
        """Opens at market; returns the position's ticket."""
        ticket = self.broker.open_by_hand(name, side, lots, sl, 0.0, magic, comment)
        self.settle()
        return ticket

    def add(self, ticket: int, lots: int) -> None:
        """A position gets bigger."""
        self.broker.add(ticket, lots)
        self.settle()

    def close(self, ticket: int, lots: int | None = None) -> None:
        """Closes a position, or some lots of it."""
        self.broker.reduce_by_hand(ticket, self.positions[ticket].volume if lots is None else lots)
        self.settle()

    def set_stops(self, ticket: int, sl: float, tp: float) -> None:
        """Moves the stops of a position."""
        self.broker.move_by_hand(ticket, sl, tp)
        self.settle()

    def place(self, kind: int, lots: int, price: float) -> int:
        """Places a pending order; returns its ticket."""
        ticket = self.broker.place_by_hand(BrokerOrder(0, "EURUSD", kind, lots, lots, price, 0.0, 0.0, 0, 0, ""))
        self.settle()
        return ticket

    def fill(self, ticket: int, lots: int | None = None) -> None:
        """The market fills a pending order, or some lots of it."""
        order = self.pending_orders[ticket]
        self.broker.pending_orders.fill(ticket, order.remaining if lots is None else lots, order_first=True)
        self.settle()

    def delete(self, ticket: int) -> None:
        """Deletes a pending order, or lets it expire."""
        self.broker.pending_orders.delete(ticket)
        self.settle()

    def release(self) -> None:
        """The broker carries out the oldest request that it holds."""
        self.broker.release()
        self.settle()

    def report_deals(self) -> None:
        """The broker reports the deals that it delayed."""
        self.broker.report_deals()
        self.settle()

    def set_equity(self, equity: float, balance: int = 10_000) -> None:
        """Another equity and balance, which the terminal shows with the next figures."""
        self.broker.figures_history.set(AccountFigures(balance, Fraction(equity), Fraction(equity)))

    def list_symbols(self, *symbols: ListedSymbol) -> None:
        """The broker lists these symbols, and no others."""
        self.broker.listed.clear()
        self.broker.listed.update({listed.name: listed for listed in symbols})

    # What its terminal shows

    def figures(self, connected: bool = True) -> AccountFrame:
        """The account's figures; without its broker a terminal shows zeros."""
        return account_frame(self.process, connected)

    def snapshot(self) -> None:
        """Reports all that the terminal knows."""
        self.paused = False
        self.process.watcher.send_snapshot()

    def on_request(self, request: Frame) -> None:
        """The router asked something of the watching program."""
        if isinstance(request, QuoteRequest):
            self.asked.append(request.symbol)
            if not self.mute:
                self.process.executor.on_asked(request)
        else:
            self.process.watcher.on_request(request)

    @property
    def subscribed(self) -> set[str]:
        """The symbols whose quotes the router wants."""
        return self.process.watcher.subscribed

    @contextmanager
    def withheld(self) -> Iterator[list[Frame]]:
        """What happens in this block is not reported; the frames are there to be reported later."""
        frames: list[Frame] = []
        self._withheld = frames
        yield frames
        self._withheld = None

    def relabel(self, ticket: int, comment: str) -> None:
        """The broker shows a position with another comment, and reports nothing."""
        position = msgspec.structs.replace(self.positions[ticket], comment=comment)
        self.positions[ticket] = self.process.positions[ticket] = position

    def hide_positions(self) -> dict[int, BrokerPosition]:
        """The terminal does not show any of its positions; returns them."""
        hidden, self.process.positions = self.process.positions, {}
        return hidden

    def show_positions(self, positions: dict[int, BrokerPosition]) -> None:
        """The terminal shows positions that it hid."""
        self.process.positions.update(positions)

    def hide_order(self, ticket: int) -> BrokerOrder:
        """The terminal does not show a pending order; returns it."""
        return self.process.orders.pop(ticket)

    def show_order(self, order: BrokerOrder) -> PendingOrder:
        """The terminal shows a pending order that it hid; returns its frame."""
        self.process.orders[order.ticket] = order
        return pending_frame(self.process, order, True)

    # Commands

    def on_command(self, command: Command) -> None:
        """A command has come in; `work` carries it out."""
        self._commands.append(command)
        self.received.append(command)

    def work(self) -> None:
        """Carries out the commands that have come in."""
        commands, self._commands = self._commands, []
        for command in commands:
            self._carry_out(command)
            self.settle()
        if not self.paused:
            self.process.watcher.tell_hours()

    def answer(self, command: Command, stage: Stage, retcode: int = 0) -> None:
        """Reports an answer to a command."""
        now_ns = self.now_ns
        head = (command.command, command.link, 0, 0, 0, 0, -1, 0.0, now_ns, now_ns, now_ns)
        self.report_result(encode(Result(*head, stage, command.action, retcode, 0, "")))

    def report_result(self, frame: bytes) -> None:
        """Reports an answer, unless this terminal does not."""
        result, _ = decode(frame)
        is_late = self.late and isinstance(result, Result) and result.stage == Stage.PLACED
        if not self.mute and not is_late:
            self.report_encoded([frame])

    def report_events(self, frames: list[bytes]) -> None:
        """Reports what the watching program says."""
        if self._withheld is not None:
            self._withheld.extend(decode(frame)[0] for frame in frames)
        elif len(frames) == 1 and frames[0][1] == Result.KIND:
            self.report_result(frames[0])
        else:
            self.report_encoded(frames)

    def _carry_out(self, command: Command) -> None:
        if command.action in self.lost:
            return
        if self.blocking and command.action in (Action.OPEN, Action.QUERY):
            self.answer(msgspec.structs.replace(command, action=self.blocking.pop(0)), Stage.IN_FLIGHT)
            return
        refusals, requests = self.broker.refusals, self.process.requests
        if refusals and refusals[0] == CONNECTION and command.action != Action.QUERY:
            self.answer(command, Stage.REJECTED, refusals.pop(0))
            return
        self.process.executor.on_command(command)
        if self.process.requests > requests and command.action in VOLUME_ACTIONS:
            self.orders.append(command)


class Host:
    """Where the terminal runs: its programs are always connected, and nothing delays them."""

    def __init__(self, terminal: InstantTerminal) -> None:
        self._terminal = terminal
        self.link_file = LinkFile()

    def now_ns(self) -> int:
        """The terminal's clock."""
        return self._terminal.now_ns

    def gate(self, call: Callable[[], None]) -> None:
        """Makes the call."""
        call()

    def open_events(self, _: TerminalProcess) -> bool:
        """Connects the watching program."""
        return True

    def take_requests(self) -> list[Frame]:
        """What the router asked of the watching program: its relay hands that over at once."""
        return []

    def push_events(self, _: TerminalProcess, frames: list[bytes]) -> bool:
        """Reports frames of the watching program."""
        self._terminal.report_events(frames)
        return True

    def on_turn(self, _: TerminalProcess) -> None:
        """Nothing: there is no timer here, and its settling is set by hand."""

    def push_results(self, _: TerminalProcess, frame: bytes) -> None:
        """Reports a frame of the acting program."""
        self._terminal.report_result(frame)
