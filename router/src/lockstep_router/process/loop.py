"""The process that copies: sockets around the engine, one thread, no logging, no waiting.

A turn handles every message that has come and sends at once what each causes. Then it acknowledges, then does what is
due, and last hands records to the writer. A slow or dead writer never delays it.
"""

import gc
import os
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import zmq

from lockstep_router.accounts.admission import TicketCheck
from lockstep_router.accounts.quotes import QuoteTable
from lockstep_router.engine.engine import Engine
from lockstep_router.journal import ipc
from lockstep_router.journal.buffer import Journal
from lockstep_router.journal.outputs import Outputs
from lockstep_router.journal.plan_reader import PlanReader
from lockstep_router.live.collector import LiveCollector
from lockstep_router.live.symbols import SymbolReporter
from lockstep_router.process.connections import AddressLimit, established
from lockstep_router.process.settings import Settings
from lockstep_router.process.sockets import local, public_router, receive_from, send_to
from lockstep_router.process.zap import ZapThread, user_key

TURN_MESSAGES = 256
TURN_NS = 2_000_000
"""How long a turn takes in messages about trades. The rest waits for the next turn."""
HAND_OVER_NS = 300_000
"""How long a turn hands records to the writer. The rest follows in later turns."""
TICKS_NS = 300_000
"""How long a turn takes in quotes. A trade that comes meanwhile waits for that long."""
BACKLOG_NS = 300_000
"""How long a turn continues with the rest of long messages. A trade that comes meanwhile waits for that long."""
CLOCK_NS = 20_000_000
POLL_MS = 20
NUMBERS_NS = 1_000_000_000
TIDY_NS = 10_000_000_000
MAX_SAMPLES = 10_000
NEARLY_WRITTEN = 500
"""While more records than this are unwritten, no account leaves for another shard: the record of its release would be
written late.
"""


def now_ns() -> int:
    """CLOCK_MONOTONIC_RAW of the node in ns. The stamps of terminals on the same node are of the same clock."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class Direct(Outputs):
    """Outputs that are sent at once: the first of many slaves does not wait for the decision about the last one."""

    __slots__ = ("_post",)

    def __init__(self, post: Callable[[bytes, bytes, int], None]) -> None:
        super().__init__()
        self._post = post

    def send(self, peer: bytes, message: bytes, link: int = 0) -> None:
        """Sends a message."""
        self._post(peer, message, link)


class Loop:
    """Owns sockets and clock. `parent` is the process without which this one ends."""

    def __init__(self, settings: Settings, secret_key: bytes, check_ticket: TicketCheck, parent: int) -> None:
        self._context: zmq.Context[Any] = zmq.Context()
        ports = (settings.trades_port, settings.ticks_port)
        limit = AddressLimit(settings.connections_per_address, lambda: established(ports))
        self._zap = ZapThread(self._context, limit.lets_in)
        host = f"tcp://{settings.bind_host}"
        self._trades = public_router(self._context, f"{host}:{settings.trades_port}", secret_key)
        self._ticks = public_router(self._context, f"{host}:{settings.ticks_port}", secret_key)
        self._writer = local(self._context, zmq.DEALER, settings.runtime_dir / ipc.WRITER_SOCKET, bind=True)
        self._numbers = local(self._context, zmq.PUSH, settings.runtime_dir / ipc.NUMBERS_SOCKET, bind=False)
        self._poller = zmq.Poller()
        self._poller.register(self._writer, zmq.POLLIN)
        self._table = QuoteTable()
        self._plans = PlanReader()
        direct = lambda: Direct(self._post)  # noqa: E731 - a name for one line
        written, canary = self._is_written, settings.canary
        self._engine = Engine(check_ticket, settings.environment, direct, self._table.of, written, canary)
        self._live = LiveCollector(self._engine.accounts, self._table.first, now_ns, self._on_fault)
        self._symbols = SymbolReporter(self._engine.accounts)
        self._live_taken = False
        self._unreachable: list[bytes] = []
        self._journal = Journal(time.time_ns())
        self._stored = 0
        self._parent = parent
        self._engine.set_utc_offset(time.time_ns() - now_ns())
        self._stopping = False
        self._has_plan = False
        self._writer_there = False
        self._clock_ns = self._numbers_ns = self._tidied_ns = self._asked_ns = now_ns()
        self._received = self._sent = self._unroutable = self._turn_max_ns = 0
        self._samples: list[int] = []

    def run(self) -> None:
        """Copies until `stop` is called or the parent is gone."""
        # The garbage collector must not run while a trade passes: `_turn` runs it when no message has come.
        gc.collect()
        gc.freeze()
        gc.disable()
        while not self._stopping:
            self._turn()
        self._close()

    def stop(self, *_: object) -> None:
        """Ends `run` after the present turn. A signal handler may call it."""
        self._stopping = True

    def _turn(self) -> None:
        events = dict(self._poller.poll(0 if self._engine.is_busy else POLL_MS))
        start_ns = now_ns()
        if self._trades in events:
            self._drain_trades(start_ns + TURN_NS)
        if self._engine.is_busy:
            self._work_off(now_ns() + BACKLOG_NS)
        self._act(self._engine.acks(now_ns()))
        if self._ticks in events:
            self._drain_ticks(now_ns() + TICKS_NS)
        if self._writer in events:
            self._drain_writer()
        if start_ns - self._clock_ns >= CLOCK_NS:
            self._clock_ns = start_ns
            self._act(self._engine.on_clock(start_ns))
            self._live.turn(now_ns())
            self._symbols.turn(now_ns())
        self._hand_over()
        self._turn_max_ns = max(self._turn_max_ns, now_ns() - start_ns)
        if start_ns - self._numbers_ns >= NUMBERS_NS:
            self._report(start_ns)
        if not events and start_ns - self._tidied_ns >= TIDY_NS:
            self._tidied_ns = start_ns
            gc.collect(1)

    def _drain_trades(self, until_ns: int) -> None:
        trades, on_message = self._trades, self._engine.on_message
        for _ in range(TURN_MESSAGES):
            try:
                received = receive_from(trades)
            except zmq.Again:
                return
            self._received += 1
            at_ns = now_ns()
            if received is not None:
                peer, frame = received
                self._act(on_message(peer, frame.bytes, user_key(frame), at_ns))
            if at_ns >= until_ns:
                return

    def _work_off(self, until_ns: int) -> None:
        """Gives turns to accounts whose messages were long."""
        while self._engine.is_busy and (at_ns := now_ns()) < until_ns:
            self._act(self._engine.on_backlog(at_ns))

    def _post(self, peer: bytes, message: bytes, link: int) -> None:
        # Stamped before it is sent, because a terminal on this node may have the command before a later stamp is taken.
        at_ns = now_ns() if link else 0
        try:
            send_to(self._trades, peer, message)
        except zmq.ZMQError:
            # The peer is gone, or so slow that its queue is full. Both count as gone.
            self._unreachable.append(peer)
            return
        self._sent += 1
        if link:
            router_ns = self._engine.on_sent(link, at_ns)
            if router_ns and len(self._samples) < MAX_SAMPLES:
                self._samples.append(router_ns // 1000)

    def _act(self, out: Outputs) -> None:
        """Keeps the records, and tells the engine which peers could not be reached."""
        if out.journal:
            self._journal.extend(out.journal)
        while self._unreachable:
            self._unroutable += 1
            self._act(self._engine.on_unreachable(self._unreachable.pop(), now_ns()))

    def _drain_ticks(self, until_ns: int) -> None:
        for _ in range(TURN_MESSAGES):
            try:
                received = receive_from(self._ticks)
            except zmq.Again:
                return
            at_ns = now_ns()
            if received is not None:
                self._on_ticks(received[1], at_ns)
            if at_ns >= until_ns:
                return

    def _on_ticks(self, message: zmq.Frame, at_ns: int) -> None:
        key = user_key(message)
        account = self._engine.account_of(key)
        try:
            self._table.on_message(account, message.bytes, key, at_ns)
            out = self._engine.on_quotes(account, at_ns)
            if out is not None:
                self._act(out)
        except Exception as error:  # noqa: BLE001 - whatever one account sends, the loop goes on for all others
            self._act(self._engine.on_fault_beside(account, error, at_ns))

    def _on_fault(self, account: UUID, error: Exception) -> None:
        self._act(self._engine.on_fault_beside(account, error, now_ns()))

    def _drain_writer(self) -> None:
        while True:
            try:
                message = ipc.to_loop.decode(self._writer.recv(zmq.DONTWAIT))
            except zmq.Again:
                return
            if not self._writer_there or isinstance(message, ipc.WriterHello):
                self._on_writer()
            match message:
                case ipc.Written():
                    self._journal.on_written(message.run, message.last)
                    self._stored = message.waiting
                case ipc.WriterHello():
                    self._send_to_writer(ipc.WantPlan(first=not self._has_plan))
                case ipc.PlanMessage():
                    self._on_plan(message)
                case ipc.SentOrdersMessage():
                    self._engine.on_sent_before(message.items)
                case ipc.CalendarMessage():
                    self._act(self._engine.on_calendar(tuple(message.items), now_ns()))
                case ipc.LiveTaken():
                    self._live_taken = True

    def _is_written(self) -> bool:
        return self._journal.unwritten + self._stored <= NEARLY_WRITTEN

    def _on_writer(self) -> None:
        """A writer is connected that has received nothing from this loop, because one of the two is new."""
        self._writer_there = self._live_taken = True
        self._live.report_all()
        self._symbols.report_all()
        self._journal.send_again()

    def _on_plan(self, message: ipc.PlanMessage) -> None:
        plan = self._plans.read(message)
        if plan is None:
            self._send_to_writer(ipc.WantPlan(first=not self._has_plan, whole=True))
            return
        self._act(self._engine.on_plan(plan, message.links, now_ns(), message.guards, message.requests, self._plans.leaving))
        if not self._has_plan:
            # Sockets are read only once there is a plan. Earlier, every account would seem unknown.
            self._has_plan = True
            self._poller.register(self._trades, zmq.POLLIN)
            self._poller.register(self._ticks, zmq.POLLIN)

    def _hand_over(self) -> None:
        offset_ns = time.time_ns() - now_ns()
        self._engine.set_utc_offset(offset_ns)
        until_ns = now_ns() + HAND_OVER_NS
        while self._writer_there and (batch := self._journal.next_batch(offset_ns)) is not None:
            self._send_to_writer(batch)
            if now_ns() >= until_ns:
                break
        if self._writer_there and self._live_taken:
            rows, portion = self._live.take(), self._symbols.take()
            if rows or portion is not None:
                self._live_taken = False
                self._send_to_writer(ipc.LiveRows(offset_ns, rows, portion))

    def _send_to_writer(self, message: ipc.Batch | ipc.WantPlan | ipc.LiveRows) -> None:
        try:
            self._writer.send(ipc.encode(message), zmq.DONTWAIT)
        except zmq.Again:
            # No writer is connected. The next one says hello and gets everything that is not written.
            self._writer_there = False

    def _report(self, at_ns: int) -> None:
        self._numbers_ns = at_ns
        if os.getppid() != self._parent:
            self._stopping = True
        if self._engine.take_wants_plan() or not self._has_plan:
            self._send_to_writer(ipc.WantPlan(first=not self._has_plan))
        try:
            self._numbers.send(ipc.encode(self._figures()), zmq.DONTWAIT)
        except zmq.Again:
            return
        self._samples = []
        self._turn_max_ns = 0

    def _figures(self) -> ipc.LoopNumbers:
        engine = self._engine
        return ipc.LoopNumbers(
            has_plan=self._has_plan,
            sessions=len(engine.sessions),
            accounts=len(engine.accounts),
            synced=sum(tracked.synced for tracked in engine.accounts.values()),
            copies=engine.followed,
            messages=self._received,
            sent=self._sent,
            dropped=engine.dropped + self._table.dropped,
            passed_over=engine.passed_over + self._table.passed_over,
            faults=engine.faults + len(self._plans.unreadable),
            quarantined=engine.quarantined(now_ns()),
            unroutable=self._unroutable,
            ticks=self._table.count,
            unwritten=self._journal.unwritten,
            lost_records=self._journal.lost,
            turn_max_us=self._turn_max_ns // 1000,
            router_us=self._samples,
            canary_rounds=engine.canary_rounds,
        )

    def _close(self) -> None:
        self._hand_over()
        for socket in (self._trades, self._ticks, self._numbers, self._writer):
            socket.close(linger=500 if socket is self._writer else 0)
        self._zap.stop()
        self._context.term()
