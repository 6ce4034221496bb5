"""A router's engine and the terminals of its accounts under one virtual clock."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from lockstep_core.accounts import Environment, Role, TradingAccount
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.plan import Copier, Plan
from lockstep_core.market.money import Quote
from lockstep_router.accounts.tickets import check_ticket
from lockstep_router.engine.canary import CanaryPair
from lockstep_router.engine.engine import Engine
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.records import CopyRow, GuardRow, KnownGuard, KnownLink, OrderFilled, Record
from tests.simulation.broker_data import AccountKind
from tests.simulation.database import known_guard, known_link

from .terminals import LOT, UTC_NS, InstantTerminal
from .ticket_issuer import Issuer

MS = 1_000_000
EXPIRES_S = 4_000_000_000
USER = UUID(int=99)
MASTER, SLAVE = UUID(int=1), UUID(int=2)
COPIER = UUID("aaaaaaaa-0000-0000-0000-000000000001")
SAME = {"sizing": {"mode": "multiplier", "factor": "1"}}


def curve_key(account: UUID) -> bytes:
    return account.bytes * 2


def copier(settings: object = None, mode: str = "on", slave: UUID = SLAVE, number: UUID = COPIER) -> Copier:
    return Copier(number, USER, MASTER, slave, CopierMode(mode), parse_settings(SAME if settings is None else settings))


def plan(*copiers: Copier) -> Plan:
    numbers = {MASTER, SLAVE, *(c.master for c in copiers), *(c.slave for c in copiers)}
    accounts = {number: TradingAccount(number, USER, number.int, Role.BOTH) for number in numbers}
    return Plan(accounts, {c.id: c for c in copiers})


class EngineHarness:
    """Messages travel at once, unless the filter `to_terminal` or `to_router` drops them. Accounts hedge unless `kinds`
    names another kind.
    """

    def __init__(
        self,
        *copiers: Copier,
        connect: bool = True,
        kinds: Mapping[UUID, AccountKind] = MappingProxyType({}),
        canary: CanaryPair | None = None,
    ) -> None:
        self.canary = canary
        self.now_ns = 10**12
        self.issuer = Issuer()
        self.plan = plan(*(copiers or (copier(),)))
        self.journal: list[Record] = []
        self.is_written = True
        self.quotes: dict[UUID, dict[str, Quote]] = {}
        self.to_terminal: Callable[[InstantTerminal, bytes], bool] = lambda _terminal, _message: True
        self.to_router: Callable[[InstantTerminal, bytes], bool] = lambda _terminal, _message: True
        self.terminals = {
            account: InstantTerminal(account, account.int, self.now_ns, kinds.get(account, AccountKind.HEDGING))
            for account in self.plan.accounts
        }
        for account, terminal in self.terminals.items():
            terminal.process.market = self.quotes.setdefault(account, {})
        self.peers: dict[bytes, InstantTerminal] = {}
        self.epochs = dict.fromkeys(self.terminals, 1)
        self.connections = 0
        self.start_router()
        if connect:
            for terminal in self.terminals.values():
                self.connect(terminal)
        self.pass_ms(1500)

    @property
    def master(self) -> InstantTerminal:
        return self.terminals[MASTER]

    @property
    def slave(self) -> InstantTerminal:
        return self.terminals[SLAVE]

    def start_router(
        self, *known: KnownLink, guards: Iterable[KnownGuard] = (), sent: Iterable[tuple[UUID, int, int]] = ()
    ) -> None:
        """Starts a new router, which knows the plan and what was written."""
        check = partial(check_ticket, keys=self.issuer.keys, unix_s=0.0)
        self.engine = Engine(
            check,
            Environment.DEMO,
            quotes=lambda account: self.quotes.setdefault(account, {}),
            is_written=lambda: self.is_written,
            canary=self.canary,
        )
        self.engine.set_utc_offset(UTC_NS)
        self.peers.clear()
        self.engine.on_sent_before(sent)
        self.act(self.engine.on_plan(self.plan, known, self.now_ns, guards))

    def change_plan(self, *copiers: Copier, guards: Iterable[KnownGuard] = ()) -> None:
        self.plan = plan(*copiers)
        self.act(self.engine.on_plan(self.plan, (), self.now_ns, guards))
        self.run()

    def connect(self, terminal: InstantTerminal, epoch: int | None = None) -> bytes:
        """Gives a terminal's relay a new connection, on which it asks for a session."""
        for old in [peer for peer, other in self.peers.items() if other is terminal]:
            del self.peers[old]
        self.connections += 1
        peer = b"peer%d" % self.connections
        self.peers[peer] = terminal
        ticket = self.ticket(terminal.account, epoch or self.epochs[terminal.account])
        terminal.hello(ticket)
        self.run()
        return peer

    def ticket(self, account: UUID, epoch: int = 1) -> bytes:
        return self.issuer.ticket(account, epoch, curve_key(account), EXPIRES_S)

    def run(self, turns: int = 50) -> None:
        """Delivers messages until none are left."""
        for _ in range(turns):
            sent_any = False
            for peer, terminal in list(self.peers.items()):
                terminal.work()
                messages, terminal.outbox = terminal.outbox, []
                for message in messages:
                    sent_any = True
                    if self.to_router(terminal, message):
                        self.message(peer, message)
                        self.work_off()
            self.act(self.engine.acks(self.now_ns))
            if not sent_any:
                return

    def work_off(self) -> None:
        while self.engine.is_busy:
            self._deliver(self.engine.on_backlog(self.now_ns))

    def message(self, peer: bytes, message: bytes) -> Outputs:
        terminal = self.peers.get(peer)
        key = None if terminal is None else curve_key(terminal.account)
        out = self.engine.on_message(peer, message, key, self.now_ns)
        self.act(out)
        return out

    def act(self, out: Outputs) -> None:
        """Sends and writes what the engine wants, and gives every account its turns."""
        self._deliver(out)
        self.work_off()

    def _deliver(self, out: Outputs) -> None:
        self.journal.extend(out.journal)
        for peer, message, link in out.sends:
            terminal = self.peers.get(peer)
            if terminal is None:
                self.journal.extend(self.engine.on_unreachable(peer, self.now_ns).journal)
                continue
            if link:
                self.engine.on_sent(link, self.now_ns)
            if self.to_terminal(terminal, message):
                terminal.receive(message)

    def pass_ms(self, duration_ms: int, step_ms: int = 100) -> None:
        """Lets time pass; relays beat, and the router's clock ticks."""
        for _ in range(max(1, duration_ms // step_ms)):
            self.now_ns += step_ms * MS
            for terminal in self.terminals.values():
                terminal.now_ns = self.now_ns
                terminal.beat()
            self.run()
            self.act(self.engine.on_clock(self.now_ns))
            self.run()

    def rows(self, unwritten: int = 0) -> dict[int, CopyRow]:
        """The newest row of each link, without the last `unwritten` records."""
        written = self.journal[: len(self.journal) - unwritten]
        rows: dict[int, CopyRow] = {}
        for record in written:
            if isinstance(record, CopyRow):
                rows[record.link] = record
            elif isinstance(record, OrderFilled):
                rows[record.link] = msgspec.structs.replace(rows[record.link], waits=False)
        return rows

    def known(self, unwritten: int = 0) -> list[KnownLink]:
        """The links as a database has them that never received the last `unwritten` records."""
        return [known_link(row, opened_ms(row)) for row in self.rows(unwritten).values()]

    def guards(self, requested_resets: int = 0) -> list[KnownGuard]:
        """The guards as a database has them, where their user asked for that many resets."""
        rows = {(r.copier, r.guard): r for r in self.journal if isinstance(r, GuardRow)}
        return [known_guard(row, requested_resets) for row in rows.values()]

    def statuses(self) -> list[tuple[str, str | None]]:
        return [(row.status, row.reason) for row in self.rows().values()]


def opened_ms(row: CopyRow) -> int:
    """When a copy was opened, as the database has it."""
    return 0 if row.opened_ns is None else (row.opened_ns + UTC_NS) // MS


def a_harness(*, master_nets: bool = False, slave_nets: bool = False, **settings: Any) -> EngineHarness:
    """A harness whose copier copies lots unchanged, with these settings added."""
    nets = ((MASTER, master_nets), (SLAVE, slave_nets))
    kinds = {account: AccountKind.NETTING for account, does_net in nets if does_net}
    return EngineHarness(copier({"sizing": {"mode": "none"}, **settings}), kinds=kinds)


def volumes(harness: EngineHarness) -> list[int]:
    """The slave's positions in hundredths of a lot, sells negative."""
    return sorted(position.signed // (LOT // 100) for position in harness.slave.positions.values())


def restart(harness: EngineHarness, unwritten: int = 0) -> None:
    """The router is killed and started again; the last records were never written."""
    harness.start_router(*harness.known(unwritten))
    for terminal in harness.terminals.values():
        harness.connect(terminal)
    harness.pass_ms(3000)
