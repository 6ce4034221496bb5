"""Batches of records on their way from the loop to the database, through the file on the shard's volume (ADR 44).

A batch in the file is confirmed to the loop at once, because it outlives both processes. Without a file, or while its disk
fails or is full, a batch is confirmed when the database has it, and the loop keeps it until then.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

import structlog

from lockstep_router.errors import StoreUnusable
from lockstep_router.journal.ipc import Batch, CalendarMessage, PlanRows, SentOrdersMessage
from lockstep_router.journal.store import Kept, Store, StoredBatch

FILE = "router.db"
AT_ONCE = 20
"""The most batches that are read from the file at once."""
TRY_AGAIN_S = 5.0
"""How long after a failure of the disk the file is tried again."""

log = structlog.get_logger("inbox")
T = TypeVar("T")
Confirm = Callable[[Batch], Awaitable[None]]


class Entry(NamedTuple):
    """A batch to be written.

    `id`: its number in the file; None if it is not there. `overtaken`: the database has later rows already, so only the
    batch's history may be written. `after`: for a batch that an earlier process left in the file, its run and the runs
    before it. None for a batch of the loop that runs now.
    """

    id: int | None
    batch: Batch
    overtaken: bool = False
    after: Sequence[int] | None = None


class Inbox:
    """Owns the file. `folder` None: there is no file. `arrived` is set while there may be batches for the database.

    `needs_whole`: some batches were not put into the file, so it needs the database's whole plan again.
    """

    def __init__(self, folder: Path | None, confirm: Confirm) -> None:
        self.arrived = asyncio.Event()
        self.needs_whole = False
        self._path = None if folder is None else folder / FILE
        self._confirm = confirm
        self._thread = ThreadPoolExecutor(1, "store")
        self._store: Store | None = None
        self._takes = self._path is not None
        self._again_s = 0.0
        self._new: deque[Batch] = deque()
        self._came = asyncio.Event()
        self._opening, self._taking = asyncio.Lock(), asyncio.Lock()
        self._read: deque[StoredBatch] = deque()
        self._reached = self._gone = self._overtaken = self._left = 0
        self._runs: list[int] = []

    @property
    def works(self) -> bool | None:
        """Whether the file takes batches; None if the router is set up without one."""
        return None if self._path is None else self._takes and self._store is not None

    @property
    def waiting(self) -> int:
        """How many batches wait for the database, in the file and in memory."""
        return len(self._new) + (0 if self._store is None else self._store.count - self._gone)

    def put(self, batch: Batch) -> None:
        """Takes a batch of the loop."""
        self._new.append(batch)
        self._came.set()
        if not self._takes:
            self.arrived.set()

    async def run(self) -> None:
        """Moves batches into the file as they come, until it is cancelled. Then it moves the rest."""
        try:
            await self._open()
            while True:
                await self._came.wait()
                self._came.clear()
                await self._take_in()
                # More batches may have come while the file took the last ones. Waits only if the disk fails or is full.
                if self._new and self.works is False:
                    await asyncio.sleep(TRY_AGAIN_S)
                    self._came.set()
        finally:
            await asyncio.shield(self._take_in())

    async def next(self) -> Entry | None:
        """The oldest batch that is not in the database; None if there is none."""
        self.arrived.clear()
        if not self._read:
            reached = self._reached
            self._read.extend(await self._try(lambda store: store.unwritten(reached, AT_ONCE)) or ())
        if self._read:
            first = self._read[0]
            after = self._runs_until(first.batch.run) if first.id <= self._left else None
            return Entry(first.id, first.batch, first.id <= self._overtaken, after)
        return Entry(None, self._new[0]) if self._new and not self._takes else None

    def _runs_until(self, run: int) -> Sequence[int]:
        return self._runs[: self._runs.index(run) + 1] if run in self._runs else (run,)

    async def done(self, entry: Entry) -> None:
        """A batch is in the database."""
        self.arrived.set()
        if entry.id is not None:
            if self._read and self._read[0].id == entry.id:
                self._read.popleft()
                self._reached, self._gone = entry.id, self._gone + 1
            if not self.waiting:
                await self._confirm(entry.batch)
            return
        if self._new and self._new[0] is entry.batch:
            self._new.popleft()
        self.needs_whole = self._path is not None
        await self._confirm(entry.batch)

    async def forget_written(self) -> None:
        """Removes batches from the file that are in the database. If that fails, they are written again, which changes
        nothing.
        """
        reached = self._reached
        if self._gone:
            self._gone = 0
            await self._try(lambda store: store.written(reached))

    async def keep_plan(self, rows: PlanRows, *, whole: bool) -> None:
        """Writes the plan into the file."""
        await self.forget_written()
        now_s = time.time()
        await self._try(lambda store: store.keep_plan(rows, whole=whole, now_s=now_s))
        self.needs_whole &= not (whole and self._takes)

    async def keep_sent(self, sent: SentOrdersMessage) -> None:
        """Writes into the file how many orders were sent."""
        await self.forget_written()
        await self._try(lambda store: store.keep_sent(sent))

    async def keep_calendar(self, calendar: CalendarMessage) -> None:
        """Writes the economic calendar into the file."""
        await self._try(lambda store: store.keep_calendar(calendar))

    async def seen(self) -> None:
        """Notes in the file that the router uses the kept plan."""
        await self._try(lambda store: store.seen(time.time()))

    async def kept(self) -> Kept | None:
        """What a router may start with, after all batches that have come so far."""
        await self._take_in()
        return await self._try(lambda store: store.kept(time.time()))

    async def _open(self) -> None:
        if self._path is None or self._store is not None:
            return
        # Shielded, because the caller may be cancelled: a file that is open for nobody could not be opened again.
        await asyncio.shield(asyncio.create_task(self._open_in_turn()))

    async def _open_in_turn(self) -> None:
        async with self._opening:
            path = self._path
            if path is None or self._store is not None or time.monotonic() < self._again_s:
                return
            try:
                store = await self._on_thread(lambda: Store(path))
                self._runs = await self._on_thread(store.runs)
            except StoreUnusable as error:
                self._failed(error)
                return
            self._store, self._left, self._takes = store, store.newest, True
            self.arrived.set()

    async def _take_in(self) -> None:
        async with self._taking:
            await self._open()
            batches = list(self._new)
            store = self._store
            if not batches or store is None:
                return
            try:
                self._takes = await self._on_thread(lambda: store.append(batches))
            except StoreUnusable as error:
                # The file's batches may still be readable, and must reach the database before newer ones.
                self._failed(error)
            self.arrived.set()
            if self._takes:
                for batch in batches:
                    if self._new and self._new[0] is batch:
                        self._new.popleft()
                    await self._confirm(batch)

    async def _try(self, call: Callable[[Store], T]) -> T | None:
        """Calls the file. If that fails, the file is opened again later. By then its batches may be older than rows that
        were written meanwhile.
        """
        await self._open()
        store = self._store
        if store is None:
            return None
        try:
            return await self._on_thread(lambda: call(store))
        except StoreUnusable as error:
            self._failed(error)
            self._store, self._overtaken = None, store.newest
            self._reached = self._gone = 0
            self._read.clear()
            store.close()
            return None

    async def _on_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _failed(self, error: StoreUnusable) -> None:
        self._takes, self.needs_whole = False, True
        self._again_s = time.monotonic() + TRY_AGAIN_S
        self.arrived.set()
        log.error("store unusable", why=str(error))
