"""The router's processes: the real engine in a loop like the router's own, and a writer that is always a little behind."""

from collections import deque
from collections.abc import Mapping
from itertools import count
from random import Random
from typing import Protocol
from uuid import UUID

from msgspec.structs import replace

from lockstep_core.accounts import Environment
from lockstep_core.decision.context import NewsItem
from lockstep_core.market.money import Quote
from lockstep_core.wire.envelope import Refusal
from lockstep_core.wire.errors import MalformedTicket
from lockstep_core.wire.ticket import Ticket, decode_ticket
from lockstep_router.engine.engine import Engine
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import CopyRow, Record
from tests.simulation.broker import UTC_MS
from tests.simulation.broker_data import SymbolQuote
from tests.simulation.connections import Connection
from tests.simulation.database import RouterTables
from tests.simulation.scheduler import MS, Scheduler

PLAN_NS = (20 * MS, 400 * MS)
ACK_NS = 300_000
BACKLOG_NS = 100_000
QUOTE_LIFE_NS = 5_000 * MS
"""How long after its arrival a quote still counts as the market's."""


def check_ticket(raw: bytes) -> Ticket | Refusal:
    """Every well-formed ticket is good."""
    try:
        return decode_ticket(raw)[0]
    except MalformedTicket:
        return Refusal.BAD_TICKET


class RecordsMonitor(Protocol):
    """Checks what routers write the moment they do."""

    def on_start(self) -> None:
        """A new process has read what was written."""

    def on_records(self, records: list[Record]) -> None:
        """A router writes records, in this order."""


class Router:
    """A router's place, in which one process follows another; `generation` numbers the processes.

    `messages` counts incoming messages. `unrecorded` are links whose first row was lost with a killed process.
    `decision_order` numbers openings in the order of their decisions. `quotes` and `calendar` are those of the running
    process.
    """

    def __init__(self, scheduler: Scheduler, rng: Random, database: RouterTables, utc_ms: int = UTC_MS) -> None:
        self.listening = False
        self.messages = 0
        self.engine = Engine(check_ticket, Environment.DEMO)
        self._scheduler = scheduler
        self._rng = rng
        self._database = database
        self._peers: dict[bytes, Connection] = {}
        self._early: deque[tuple[Connection, bytes]] = deque()
        self._unwritten: list[Record] = []
        self._has_plan = False
        self._acks_due = self._backlog_due = False
        self.generation = 0
        self.calendar: tuple[NewsItem, ...] = ()
        self._utc_ms = utc_ms
        self.quotes: dict[UUID, dict[str, Quote]] = {}
        self.monitor: RecordsMonitor | None = None
        self._clock_ns = self._utc_offset_ns = 0
        self.unrecorded: set[int] = set()
        self.decision_order: dict[int, int] = {}
        self._decided = count(1)

    def start(self) -> None:
        """Starts a new process, which knows nothing of earlier ones."""
        if self.listening:
            return
        self.generation += 1
        self.listening, self._has_plan = True, False
        self._clock_ns = self._rng.randint(0, 10**15)
        self.quotes, self.calendar = {}, ()
        self.engine = Engine(check_ticket, Environment.DEMO, quotes=self.quotes_of)
        self._utc_offset_ns = self._utc_ms * MS - self._clock_ns
        self.engine.set_utc_offset(self._utc_offset_ns)
        self._want_plan()

    def quotes_of(self, account: UUID) -> dict[str, Quote]:
        """The newest quotes of an account."""
        return self.quotes.setdefault(account, {})

    def on_quotes(self, generation: int, account: UUID, quotes: Mapping[str, SymbolQuote]) -> None:
        """Takes ticks. They are dropped while their account has no session."""
        tracked = self.engine.accounts.get(account)
        if self.listening and generation == self.generation and tracked is not None and tracked.session is not None:
            until_ns = self.now_ns() + QUOTE_LIFE_NS
            told = {name: replace(quote, good_until_ns=until_ns) for name, quote in quotes.items()}
            self.quotes.setdefault(account, {}).update(told)
            out = self.engine.on_quotes(account, self.now_ns())
            if out is not None:
                self._act(out)

    def good_quotes_of(self, account: UUID) -> Mapping[str, Quote]:
        """The quotes of an account that are still fresh."""
        now_ns = self.now_ns()
        return {name: quote for name, quote in self.quotes_of(account).items() if now_ns <= quote.good_until_ns}

    def kill(self) -> None:
        """Kills the process. A random first part of the unwritten records still reaches the database."""
        if not self.listening:
            return
        self.listening = False
        if self._database.up:
            self._database.write(self._unwritten[: self._rng.randint(0, len(self._unwritten))], self._utc_offset_ns)
        rows = {record.link for record in self._unwritten if isinstance(record, CopyRow)}
        self.unrecorded |= rows - set(self._database.copies)
        self._unwritten.clear()
        self._early.clear()
        for connection in self._peers.values():
            connection.cut(noticed=True)
        self._peers.clear()

    def now_ns(self) -> int:
        """The clock of its node."""
        return self._scheduler.now_ns + self._clock_ns

    def accept(self, connection: Connection) -> None:
        """A new peer."""
        self._peers[connection.peer] = connection

    def on_message(self, connection: Connection, message: bytes) -> None:
        """A message of a peer. It waits until there is a plan."""
        if not self.listening or self._peers.get(connection.peer) is not connection:
            return
        if not self._has_plan:
            self._early.append((connection, message))
            return
        self.messages += 1
        self._act(self.engine.on_message(connection.peer, message, connection.key, self.now_ns()))
        self._go_on_soon()

    def on_clock(self) -> None:
        """One turn of the loop, and of the writer."""
        if not self.listening:
            return
        if self._has_plan:
            self._act(self.engine.on_clock(self.now_ns()))
            self._go_on_soon()
        if self._database.up and self._unwritten and self._rng.random() < 0.5:
            self._database.write(self._unwritten, self._utc_offset_ns)
            self._unwritten.clear()

    def on_plan_changed(self) -> None:
        """The database has another plan."""
        if self.listening:
            self._want_plan()

    @property
    def quiet(self) -> bool:
        """Whether nothing is in flight."""
        is_in_flight = any(copy.in_flight is not None for copy in self.engine._copy_manager.index.copies.values())
        return self._has_plan and not self._unwritten and not is_in_flight

    def _want_plan(self) -> None:
        generation = self.generation
        self._scheduler.after(self._rng.randint(*PLAN_NS), lambda: self._load_plan(generation))

    def _load_plan(self, generation: int) -> None:
        if generation != self.generation or not self.listening:
            return
        if not self._database.up:
            self._want_plan()
            return
        links, guards = self._database.links(), list(self._database.guards.values())
        if not self._has_plan and self.monitor is not None:
            self.monitor.on_start()
        self._has_plan = True
        if self.calendar != self._database.news:
            # The calendar comes before the plan, so that nothing is opened without knowledge of news.
            self.calendar = self._database.news
            self._act(self.engine.on_calendar(self.calendar, self.now_ns()))
        self._act(self.engine.on_plan(self._database.plan(), links, self.now_ns(), guards))
        self._go_on_soon()
        while self._early:
            self.on_message(*self._early.popleft())

    def _go_on_soon(self) -> None:
        if self.engine.is_busy and not self._backlog_due:
            self._backlog_due = True
            self._scheduler.after(BACKLOG_NS, self._work_off)
        if not self._acks_due:
            self._acks_due = True
            self._scheduler.after(ACK_NS, self._acks)

    def _work_off(self) -> None:
        self._backlog_due = False
        if self.listening:
            self._act(self.engine.on_backlog(self.now_ns()))
            self._go_on_soon()

    def _acks(self) -> None:
        self._acks_due = False
        if self.listening:
            self._act(self.engine.acks(self.now_ns()))

    def _act(self, out: Outputs) -> None:
        if not out.journal and not out.sends:
            return
        self._unwritten.extend(out.journal)
        if self.monitor is not None:
            self.monitor.on_records(out.journal)
        for row in (record for record in out.journal if isinstance(record, CopyRow)):
            if row.status == "sent":
                self.decision_order[row.link] = next(self._decided)
        for peer, message, link in out.sends:
            connection = self._peers.get(peer)
            if connection is None or connection.known_gone:
                self._peers.pop(peer, None)
                self._unwritten.extend(self.engine.on_unreachable(peer, self.now_ns()).journal)
                continue
            connection.down.send(message)
            if link:
                self.engine.on_sent(link, self.now_ns())
