"""The process that talks to Postgres: it writes the loop's records and reads the plan for it.

It may die, hang or lose its database at any time. The loop keeps what is not written and sends it again to the next writer;
writing a record twice changes nothing.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import structlog
import zmq
import zmq.asyncio

from lockstep_router.journal import database, ipc, plan_refusals
from lockstep_router.journal.plan_changes import changes, followed, staying
from lockstep_router.journal.plan_rows import PlanCompiler
from lockstep_router.journal.refusals import Connection
from lockstep_router.journal.service_levels import ServiceLevels
from lockstep_router.live.publisher import LivePublisher
from lockstep_router.process.settings import Settings
from lockstep_router.process.sockets import local
from lockstep_service.errors import PooledByTransaction
from lockstep_service.own_session import require_own_session

LOST = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)
PLAN_EVERY_S = 60.0
# At most so often; a router that has nothing to do does it with the plan. `private.choose_shard` takes a router for gone
# when it was not seen for five minutes.
ANNOUNCE_EVERY_S = 15.0
SETTLE_S = 0.05
CONNECT_S = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0

log = structlog.get_logger("writer")


class Writer:
    """Between the loop's socket and one connection to Postgres."""

    def __init__(self, settings: Settings, parent: int) -> None:
        self._settings = settings
        self._parent = parent
        self._context: zmq.asyncio.Context = zmq.asyncio.Context()
        self._loop: Any = local(self._context, zmq.DEALER, settings.runtime_dir / ipc.WRITER_SOCKET, bind=False)
        self._numbers: Any = local(self._context, zmq.PUSH, settings.runtime_dir / ipc.NUMBERS_SOCKET, bind=False)
        self._batches: asyncio.Queue[ipc.Batch] = asyncio.Queue()
        self._batch: ipc.Batch | None = None
        self._live = LivePublisher()
        self._compiler = PlanCompiler()
        self._plan_wanted = asyncio.Event()
        self._forced = self._first = True
        self._plan: ipc.PlanMessage | None = None
        self._calendar: ipc.CalendarMessage | None = None
        self._announce_s = 0.0
        self._up = False
        self._written = 0
        self._left_out = (0, 0)
        self._refused: Counter[str] = Counter()
        self._levels = ServiceLevels()
        self._reason = "not connected yet"

    async def run(self) -> None:
        """Works until it is cancelled or the parent is gone."""
        await self._loop.send(ipc.encode(ipc.WriterHello()))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._report())
            group.create_task(self._keep_connected())

    async def _listen(self) -> None:
        while True:
            message = ipc.to_writer.decode(await self._loop.recv())
            if isinstance(message, ipc.Batch):
                self._levels.observe(message.records)
                self._batches.put_nowait(message)
            elif isinstance(message, ipc.LiveRows):
                self._live.put(message)
                await self._loop.send(ipc.encode(ipc.LiveTaken()))
            else:
                self._forced |= message.first or message.whole
                self._first |= message.first
                self._plan_wanted.set()

    async def _report(self) -> None:
        while os.getppid() == self._parent:
            refused = {**self._refused, "live": self._live.refused}
            numbers = ipc.WriterNumbers(
                self._up,
                self._written,
                refused,
                *self._left_out,
                self._reason,
                copied_us=self._levels.take_samples_us(),
                missed=self._levels.missed,
                doubled=self._levels.doubled,
            )
            await self._numbers.send(ipc.encode(numbers))
            await asyncio.sleep(1.0)
        raise SystemExit

    async def _keep_connected(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                connection = await asyncpg.connect(self._settings.database_url, timeout=CONNECT_S, command_timeout=30)
            except (*LOST, asyncpg.PostgresError) as error:
                self._lost(error)
            else:
                pause_s = FIRST_PAUSE_S
                await self._serve(connection)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _serve(self, connection: Connection) -> None:
        """Works with a connection until it is lost."""
        try:
            await self._greet(connection)
            while not connection.is_closed():
                await self._work(connection)
        except (*LOST, asyncpg.PostgresError, PooledByTransaction) as error:
            self._lost(error)
        finally:
            self._up = False
            connection.terminate()

    async def _greet(self, connection: Connection) -> None:
        await require_own_session(connection, self._settings.database_url, CONNECT_S)
        await self._announce(connection)
        for channel in ("account_changes", "copier_changes", "request_changes", "calendar_changes"):
            await connection.add_listener(channel, self._on_change)
        connection.add_termination_listener(lambda _: self._plan_wanted.set())
        self._plan_wanted.set()
        self._up, self._reason = True, ""
        log.info("database connected")

    async def _announce(self, connection: Connection) -> None:
        """Tells that this router still is."""
        await database.announce_shard(connection, self._settings.shard, self._settings.environment, self._settings.capacity)
        self._announce_s = time.monotonic() + ANNOUNCE_EVERY_S

    async def _work(self, connection: Connection) -> None:
        """Waits for a batch or for a reason to read the plan, then does what is to be done."""
        if self._batch is None and self._batches.empty():
            await self._wait()
        elif self._batch is None:
            await self._next_batch()
        if self._batch is not None:
            await self._write(connection, self._batch)
        if self._plan_wanted.is_set() and not connection.is_closed():
            self._plan_wanted.clear()
            await self._write_waiting(connection)
            await self._bring_plan(connection)
        await self._live.write(connection)
        if time.monotonic() >= self._announce_s and not connection.is_closed():
            await self._announce(connection)

    async def _wait(self) -> None:
        """Waits until there is something to do. The plan is read every `PLAN_EVERY_S` without a reason."""
        reasons = (self._plan_wanted.wait(), self._next_batch(), self._live.ready.wait())
        waiters = [asyncio.create_task(reason) for reason in reasons]
        done, pending = await asyncio.wait(waiters, timeout=PLAN_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        if not done:
            self._plan_wanted.set()

    async def _write_waiting(self, connection: Connection) -> None:
        """Writes what an ended loop handed over: the plan that the next loop gets must include it."""
        for _ in range(self._batches.qsize()):
            await self._next_batch()
            if self._batch is not None:
                await self._write(connection, self._batch)

    async def _next_batch(self) -> None:
        self._batch = await self._batches.get()

    async def _write(self, connection: Connection, batch: ipc.Batch) -> None:
        refused = await database.write_batch(connection, batch)
        if refused:
            self._refused.update(record.kind for record in refused)
            log.error("records refused", run=batch.run, count=len(refused), first=[tuple(record) for record in refused[:10]])
        self._batch = None
        self._written += len(batch.records) - len(refused)
        await self._loop.send(ipc.encode(ipc.Written(batch.run, batch.first + len(batch.records) - 1)))

    async def _bring_plan(self, connection: Connection) -> None:
        # The calendar goes first, so that nothing is opened by a plan whose economic news are not there yet.
        await self._bring_calendar(connection)
        before = None if self._forced else self._plan
        known = set[UUID]() if before is None else followed(before)
        rows = await database.read_plan(connection, self._settings.shard, known)
        plan, problems = self._compiler.message(rows)
        for row, problem in problems.items():
            log.error("row refused", row=row, problem=problem)
        self._left_out = (len(plan.refused), len(self._compiler.unreadable))
        message = plan if before is None else changes(before, plan)
        if message is not None:
            await self._send_plan(connection, plan, message, whole=before is None)
        await self._tell(connection, plan_refusals.changes_of(rows, plan, self._compiler.unreadable))

    async def _send_plan(self, connection: Connection, plan: ipc.PlanMessage, message: ipc.PlanMessage, whole: bool) -> None:
        new = None if self._first or self._plan is None else staying(plan) - staying(self._plan)
        if new is None or new:
            await self._loop.send(ipc.encode(await database.read_sent(connection, self._settings.shard, new)))
            self._first = False
        self._plan = plan
        self._forced &= not whole
        await self._loop.send(ipc.encode(message))
        told = {name: len(getattr(message, name)) for name in ("accounts", "copiers", "links", "gone")}
        log.info("plan sent", number=message.number, after=message.after, **told)

    async def _tell(self, connection: Connection, changes: Sequence[plan_refusals.Change]) -> None:
        """Tells people about their rows, after the plan is sent: copying does not wait for it."""
        for change, code in await plan_refusals.tell(connection, changes):
            log.error("owner not told", row=str(change.arguments[0]), code=code)

    async def _bring_calendar(self, connection: Connection) -> None:
        calendar = await database.read_calendar(connection)
        if calendar == self._calendar and not self._forced:
            return
        self._calendar = calendar
        await self._loop.send(ipc.encode(calendar))
        log.info("calendar sent", items=len(calendar.items))

    def _on_change(self, *_: object) -> None:
        asyncio.get_running_loop().call_later(SETTLE_S, self._plan_wanted.set)

    def _lost(self, error: Exception) -> None:
        reason = f"{type(error).__name__} {getattr(error, 'sqlstate', '') or ''}".strip()
        if isinstance(error, PooledByTransaction):
            reason = str(error)
        if self._up or reason != self._reason:
            log.warning("database unreachable", reason=reason)
        self._up, self._reason = False, reason
