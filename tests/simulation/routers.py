"""The router's processes: the real engine in a shell like its own loop, and a writer that is always a little behind."""

from collections import deque
from collections.abc import Mapping
from itertools import count
from random import Random
from typing import Protocol
from uuid import UUID

from lockstep_core.decision.context import NewsItem
from lockstep_core.wire.envelope import Refusal
from lockstep_core.wire.errors import MalformedTicket
from lockstep_core.wire.ticket import Ticket, decode_ticket
from lockstep_router.engine.engine import Engine
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import CopyRow, Record
from tests.simulation.agenda import MS, Agenda
from tests.simulation.broker import UTC_MS
from tests.simulation.database import Database
from tests.simulation.market import Quoted
from tests.simulation.wires import Connection

PLAN_NS = (20 * MS, 400 * MS)
ACK_NS = 300_000


def check_ticket(raw: bytes) -> Ticket | Refusal:
    """Every well-formed ticket is good."""
    try:
        return decode_ticket(raw)[0]
    except MalformedTicket:
        return Refusal.BAD_TICKET


class Witness(Protocol):
    """Whoever looks at what routers say the moment they say it."""

    def on_start(self) -> None:
        """A new process has read what the database knows."""

    def on_records(self, records: list[Record]) -> None:
        """What a router wants remembered, in order."""


class Router:
    """One place where a router runs; `kill` and `start` change the process in it. `messages` counts what came in.

    `forgotten` are links of which no row had got to the database when a process was killed. `begun` says in which order
    openings were decided on; `quotes` are what this process was told of prices, `calendar` is what it was told of news,
    `life` says which process it is.
    """

    def __init__(self, agenda: Agenda, dice: Random, database: Database, utc_ms: int = UTC_MS) -> None:
        self.listening = False
        self.messages = 0
        self.engine = Engine(check_ticket)
        self._agenda = agenda
        self._dice = dice
        self._database = database
        self._peers: dict[bytes, Connection] = {}
        self._early: deque[tuple[Connection, bytes]] = deque()
        self._unwritten: list[Record] = []
        self._has_plan = False
        self._acks_due = False
        self.life = 0
        self.calendar: tuple[NewsItem, ...] = ()
        self._utc_ms = utc_ms
        self.quotes: dict[UUID, dict[str, Quoted]] = {}
        self.witness: Witness | None = None
        self._clock_ns = 0
        self.forgotten: set[int] = set()
        self.begun: dict[int, int] = {}
        self._decided = count(1)

    def start(self) -> None:
        """A new process, which knows nothing."""
        if self.listening:
            return
        self.life += 1
        self.listening, self._has_plan = True, False
        self._clock_ns = self._dice.randint(0, 10**15)
        self.quotes, self.calendar = {}, ()
        self.engine = Engine(check_ticket, quotes=self.quotes_of)
        self.engine.set_utc_offset(self._utc_ms * MS - self._clock_ns)
        self._want_plan()

    def quotes_of(self, account: UUID) -> Mapping[str, Quoted]:
        """The newest quotes of an account."""
        return self.quotes.setdefault(account, {})

    def on_quotes(self, life: int, account: UUID, quotes: Mapping[str, Quoted]) -> None:
        """Ticks have arrived; without a session of their account nobody hears them."""
        mind = self.engine.accounts.get(account)
        if self.listening and life == self.life and mind is not None and mind.session is not None:
            self.quotes.setdefault(account, {}).update(quotes)

    def kill(self) -> None:
        """The end of the process: of what was not written yet, a random beginning had got as far as the database."""
        if not self.listening:
            return
        self.listening = False
        if self._database.up:
            self._database.write(self._unwritten[: self._dice.randint(0, len(self._unwritten))])
        rows = {record.link for record in self._unwritten if isinstance(record, CopyRow)}
        self.forgotten |= rows - set(self._database.copies)
        self._unwritten.clear()
        self._early.clear()
        for connection in self._peers.values():
            connection.cut(noticed=True)
        self._peers.clear()

    def now_ns(self) -> int:
        """The clock of its node."""
        return self._agenda.now_ns + self._clock_ns

    def accept(self, connection: Connection) -> None:
        """A new peer."""
        self._peers[connection.peer] = connection

    def on_message(self, connection: Connection, message: bytes) -> None:
        """A message of a peer; nobody is heard before there is a plan."""
        if not self.listening or self._peers.get(connection.peer) is not connection:
            return
        if not self._has_plan:
            self._early.append((connection, message))
            return
        self.messages += 1
        self._act(self.engine.on_message(connection.peer, message, connection.key, self.now_ns()))
        if not self._acks_due:
            self._acks_due = True
            self._agenda.after(ACK_NS, self._acks)

    def on_clock(self) -> None:
        """A turn of the loop, and of the writer."""
        if not self.listening:
            return
        if self._has_plan:
            self._act(self.engine.on_clock(self.now_ns()))
        if self._database.up and self._unwritten and self._dice.random() < 0.5:
            self._database.write(self._unwritten)
            self._unwritten.clear()

    def on_plan_changed(self) -> None:
        """The database has another plan."""
        if self.listening:
            self._want_plan()

    @property
    def quiet(self) -> bool:
        """Whether nothing is under way."""
        flights = any(copy.in_flight is not None for copy in self.engine._copy_manager.index.copies.values())
        return self._has_plan and not self._unwritten and not flights

    def _want_plan(self) -> None:
        life = self.life
        self._agenda.after(self._dice.randint(*PLAN_NS), lambda: self._load_plan(life))

    def _load_plan(self, life: int) -> None:
        if life != self.life or not self.listening:
            return
        if not self._database.up:
            self._want_plan()
            return
        links, guards = self._database.links(), list(self._database.guards.values())
        if not self._has_plan and self.witness is not None:
            self.witness.on_start()
        self._has_plan = True
        if self.calendar != self._database.news:
            # First, so that nothing is opened by a plan whose news are still on their way.
            self.calendar = self._database.news
            self._act(self.engine.on_calendar(self.calendar, self.now_ns()))
        self._act(self.engine.on_plan(self._database.plan(), links, self.now_ns(), guards))
        while self._early:
            self.on_message(*self._early.popleft())

    def _acks(self) -> None:
        self._acks_due = False
        if self.listening:
            self._act(self.engine.acks(self.now_ns()))

    def _act(self, out: Outputs) -> None:
        if not out.journal and not out.sends:
            return
        self._unwritten.extend(out.journal)
        if self.witness is not None:
            self.witness.on_records(out.journal)
        for row in (record for record in out.journal if isinstance(record, CopyRow)):
            if row.status == "sent":
                self.begun[row.link] = next(self._decided)
        for peer, message, link in out.sends:
            connection = self._peers.get(peer)
            if connection is None or connection.known_gone:
                self._peers.pop(peer, None)
                self._unwritten.extend(self.engine.on_unreachable(peer, self.now_ns()).journal)
                continue
            connection.down.send(message)
            if link:
                self.engine.on_sent(link, self.now_ns())
