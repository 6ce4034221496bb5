"""The process that talks to Postgres: it writes the loop's records, and reads the plan for the loop.

It may die, hang or lose its database at any time. The loop keeps what is neither in the database nor in the file on the
shard's volume, and sends it again to the next writer; writing a record twice changes nothing. A loop that starts while the
database is away gets the plan from the file (ADR 44).
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import structlog
import zmq
import zmq.asyncio

from lockstep_router.journal import database, ipc, plan_refusals
from lockstep_router.journal.plan_changes import changes, followed, staying
from lockstep_router.journal.plan_rows import PlanCompiler
from lockstep_router.journal.refusals import Connection
from lockstep_router.journal.service_levels import ServiceLevels
from lockstep_router.live.publisher import LivePublisher
from lockstep_router.process.inbox import Entry, Inbox
from lockstep_router.process.plan_pace import PlanPace
from lockstep_router.process.settings import Settings
from lockstep_router.process.sockets import local
from lockstep_service.errors import PooledByTransaction
from lockstep_service.own_session import require_own_session

LOST = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)
PLAN_EVERY_S = 60.0
# The shortest interval; an idle router announces itself when it reads the plan. `private.choose_shard` takes a router for
# gone if it was not seen for five minutes.
ANNOUNCE_EVERY_S = 15.0
CONNECT_S = 10.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0
GRACE_S = 2.0
"""How long a loop without a plan waits for the database's plan. Then it gets the kept plan. It also gets that if the
database cannot be reached.
"""
SEEN_EVERY_S = 15.0
DRAIN_S = 4.0
"""How long a writer that must end still writes the loop's records. Its supervisor kills it after five seconds."""
QUIET_S = 0.1
"""After this much silence everything has come that a loop sent before it ended."""

log = structlog.get_logger("writer")


class Writer:
    """The work between the loop's socket and one connection to Postgres."""

    def __init__(self, settings: Settings, parent: int) -> None:
        self._settings = settings
        self._parent = parent
        self._context: zmq.asyncio.Context = zmq.asyncio.Context()
        self._loop: Any = local(self._context, zmq.DEALER, settings.runtime_dir / ipc.WRITER_SOCKET, bind=False)
        self._numbers: Any = local(self._context, zmq.PUSH, settings.runtime_dir / ipc.NUMBERS_SOCKET, bind=False)
        self._inbox = Inbox(settings.state_dir, self._confirm)
        self._newest_run: int | None = None
        self._confirmed: ipc.Written | None = None
        self._live = LivePublisher()
        self._compiler = PlanCompiler()
        self._plan_wanted = asyncio.Event()
        self._pace = PlanPace()
        self._new_loop = asyncio.Event()
        self._decided = asyncio.Event()
        self._giving = asyncio.Lock()
        self._has_given = False
        self._forced = self._first = True
        self._plan: ipc.PlanMessage | None = None
        self._calendar: ipc.CalendarMessage | None = None
        self._announce_s = self._seen_s = 0.0
        self._up = False
        self._written = 0
        self._left_out = (0, 0)
        self._refused: Counter[str] = Counter()
        self._levels = ServiceLevels(None if settings.canary is None else settings.canary.master)
        self._reason = "not connected yet"
        self._ending = asyncio.Event()
        self._heard_s = 0.0

    async def run(self) -> None:
        """Works until `end` was called and the loop's records are written, or until the parent is gone."""
        await self._loop.send(ipc.encode(ipc.WriterHello()))
        async with asyncio.TaskGroup() as group:
            parts = (self._listen(), self._report(), self._inbox.run(), self._offer_kept(), self._keep_connected())
            working = [group.create_task(part) for part in parts]
            await self._drained()
            for task in working:
                task.cancel()

    def end(self) -> None:
        """Ends `run` once the loop's records are in the database, or after `DRAIN_S`. A signal handler may call it."""
        self._ending.set()

    async def _drained(self) -> None:
        """Returns after `end`, when nothing of an ended loop is left to write, or when there is no database."""
        await self._ending.wait()
        self._heard_s = time.monotonic()
        until_s = self._heard_s + DRAIN_S
        while time.monotonic() < until_s:
            quiet = time.monotonic() - self._heard_s > QUIET_S
            if quiet and (not self._inbox.waiting or not self._up):
                return
            await asyncio.sleep(QUIET_S / 4)
        log.warning("ended before all was written", batches=self._inbox.waiting)

    async def _listen(self) -> None:
        while True:
            message = ipc.to_writer.decode(await self._loop.recv())
            self._heard_s = time.monotonic()
            if isinstance(message, ipc.Batch):
                self._levels.observe(message.records)
                self._inbox.put(message)
            elif isinstance(message, ipc.LiveRows):
                self._live.put(message)
                await self._loop.send(ipc.encode(ipc.LiveTaken()))
            else:
                self._forced |= message.first or message.whole
                self._first |= message.first
                if message.first:
                    self._on_new_loop()
                self._plan_wanted.set()

    def _on_new_loop(self) -> None:
        if self._up:
            self._decided.clear()
        self._new_loop.set()

    async def _confirm(self, batch: ipc.Batch) -> None:
        """Confirms to the loop that a batch is in the database or in the file, and says how many wait for the database."""
        last = batch.first + len(batch.records) - 1
        self._confirmed = ipc.Written(batch.run, last, self._inbox.waiting)
        await self._loop.send(ipc.encode(self._confirmed))

    async def _say_all_written(self) -> None:
        """Tells the loop that the database has caught up, if batches waited for it when the last batch was confirmed."""
        if self._confirmed is not None and self._confirmed.waiting and not self._inbox.waiting:
            self._confirmed = msgspec.structs.replace(self._confirmed, waiting=0)
            await self._loop.send(ipc.encode(self._confirmed))

    async def _offer_kept(self) -> None:
        """Gives the kept plan to a loop that starts while the database is away."""
        while True:
            await self._new_loop.wait()
            self._new_loop.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await self._decided.wait()
            async with self._giving:
                if self._first:
                    await self._give_kept()

    async def _give_kept(self) -> None:
        kept = await self._inbox.kept()
        if kept is None:
            return
        plan, _ = self._compiler.message(kept.rows)
        messages = (kept.sent, plan) if kept.calendar is None else (kept.calendar, kept.sent, plan)
        for message in messages:
            await self._loop.send(ipc.encode(message))
        self._has_given = True
        log.warning("kept plan sent", silent_s=round(kept.silent_s), copiers=len(plan.copiers), links=len(plan.links))

    async def _keep_seen(self) -> None:
        """Notes in the file that the kept plan is still used."""
        if self._has_given and time.monotonic() >= self._seen_s:
            self._seen_s = time.monotonic() + SEEN_EVERY_S
            await self._inbox.seen()

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
                store_works=self._inbox.works,
                stored=self._inbox.waiting,
                canary_us=self._levels.take_canary_us(),
            )
            await self._numbers.send(ipc.encode(numbers))
            await self._inbox.forget_written()
            await self._say_all_written()
            await self._keep_seen()
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
        self._newest_run = None
        self._decided.clear()
        self._up, self._reason = True, ""
        log.info("database connected")

    async def _announce(self, connection: Connection) -> None:
        """Records that this router is still running."""
        await database.announce_shard(connection, self._settings.shard, self._settings.environment, self._settings.capacity)
        if self._settings.canary is not None:
            await database.announce_canary(connection, self._settings.shard, self._settings.canary.master)
        self._announce_s = time.monotonic() + ANNOUNCE_EVERY_S

    async def _work(self, connection: Connection) -> None:
        """Waits for a batch, or for a reason to read the plan, and does what is due."""
        entry = await self._inbox.next()
        if entry is None:
            await self._wait()
        else:
            await self._write(connection, entry)
        if self._plan_wanted.is_set() and not connection.is_closed():
            self._plan_wanted.clear()
            await self._write_waiting(connection)
            began_s = time.monotonic()
            await self._bring_plan(connection)
            self._pace.on_read(time.monotonic() - began_s)
        await self._live.write(connection)
        if time.monotonic() >= self._announce_s and not connection.is_closed():
            await self._announce(connection)

    async def _wait(self) -> None:
        """Waits until there is something to do. The plan is read every `PLAN_EVERY_S` even without a reason."""
        reasons = (self._plan_wanted.wait(), self._inbox.arrived.wait(), self._live.ready.wait())
        waiters = [asyncio.create_task(reason) for reason in reasons]
        done, pending = await asyncio.wait(waiters, timeout=PLAN_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)
        if not done:
            self._plan_wanted.set()

    async def _write_waiting(self, connection: Connection) -> None:
        """Writes the records of a loop that has ended: the plan for the next loop must include them."""
        for _ in range(self._inbox.waiting):
            entry = await self._inbox.next()
            if entry is not None:
                await self._write(connection, entry)

    async def _write(self, connection: Connection, entry: Entry) -> None:
        batch = entry.batch
        overtaken = entry.overtaken or not await self._may_change_rows(connection, entry)
        refused = await database.write_batch(connection, batch, only_history=overtaken)
        if refused:
            self._refused.update(record.kind for record in refused)
            log.error("records refused", run=batch.run, count=len(refused), first=[tuple(record) for record in refused[:10]])
        self._written += len(batch.records) - len(refused)
        await self._inbox.done(entry)

    async def _may_change_rows(self, connection: Connection, entry: Entry) -> bool:
        """Whether a batch may change rows: no later loop than the batch's own has written to the database."""
        run = entry.batch.run
        if run != self._newest_run and await database.claim_run(connection, self._settings.shard, run, entry.after):
            self._newest_run = run
        return run == self._newest_run

    async def _bring_plan(self, connection: Connection) -> None:
        # The calendar goes first, so that nothing is opened by a plan while its economic news are missing.
        await self._bring_calendar(connection)
        first, before = self._first, None if self._forced else self._plan
        whole = before is None or self._inbox.needs_whole
        known = set[UUID]() if before is None or whole else followed(before)
        rows = await database.read_plan(connection, self._settings.shard, known)
        plan, problems = self._compiler.message(rows)
        unreadable = self._compiler.unreadable
        for row, problem in problems.items():
            log.error("row refused", row=row, problem=problem)
        self._left_out = (len(plan.refused), len(unreadable))
        new = None if first or self._plan is None else staying(plan) - staying(self._plan)
        sent = await database.read_sent(connection, self._settings.shard, new) if new is None or new else None
        message = plan if before is None else changes(before, plan)
        if message is not None:
            await self._send_plan(plan, message, sent, first=first)
        if message is not None or whole:
            await self._inbox.keep_plan(rows, whole=whole)
        if sent is not None and new is None:
            await self._inbox.keep_sent(sent)
        await self._report_refusals(connection, plan_refusals.changes_of(rows, plan, unreadable))

    async def _send_plan(
        self, plan: ipc.PlanMessage, message: ipc.PlanMessage, sent: ipc.SentOrdersMessage | None, *, first: bool
    ) -> None:
        async with self._giving:
            if sent is not None:
                await self._loop.send(ipc.encode(sent))
            # Another loop may have come meanwhile, and it wants all of them.
            self._first &= not first
            self._plan, self._has_given = plan, True
            self._forced &= message.after is not None
            await self._loop.send(ipc.encode(message))
            self._decided.set()
        told = {name: len(getattr(message, name)) for name in ("accounts", "copiers", "links", "gone")}
        log.info("plan sent", number=message.number, after=message.after, **told)

    async def _report_refusals(self, connection: Connection, changes: Sequence[plan_refusals.Change]) -> None:
        """Tells people about their rows, after the plan was sent: copying does not wait for it."""
        for change, code in await plan_refusals.report(connection, changes):
            log.error("owner not told", row=str(change.arguments[0]), code=code)

    async def _bring_calendar(self, connection: Connection) -> None:
        calendar = await database.read_calendar(connection)
        if calendar == self._calendar and not self._forced:
            return
        self._calendar = calendar
        await self._loop.send(ipc.encode(calendar))
        await self._inbox.keep_calendar(calendar)
        log.info("calendar sent", items=len(calendar.items))

    def _on_change(self, *_: object) -> None:
        after_s = self._pace.on_change()
        if after_s is not None:
            asyncio.get_running_loop().call_later(after_s, self._want_changes)

    def _want_changes(self) -> None:
        self._pace.on_due()
        self._plan_wanted.set()

    def _lost(self, error: Exception) -> None:
        reason = f"{type(error).__name__} {getattr(error, 'sqlstate', '') or ''}".strip()
        if isinstance(error, PooledByTransaction):
            reason = str(error)
        if self._up or reason != self._reason:
            log.warning("database unreachable", reason=reason)
        self._up, self._reason = False, reason
        self._decided.set()
