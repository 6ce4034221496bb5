"""Batches on their way to the database keep their order and are confirmed once they are safe, whatever the disk does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from lockstep_router.journal.ipc import Batch
from lockstep_router.journal.records import HistoryEvent
from lockstep_router.journal.store import Store
from lockstep_router.process import inbox as inboxes
from lockstep_router.process.inbox import Inbox

from .copy_records import batch, command, copy_row, plan_rows

LONG = HistoryEvent("deal", 0, data={"text": "x" * 200_000})


class ConfirmedBatches:
    """The batches that were confirmed to the loop."""

    def __init__(self) -> None:
        self.confirmed: list[int] = []

    async def confirm(self, batch: Batch) -> None:
        self.confirmed.append(batch.first)


@asynccontextmanager
async def running(folder: Path | None) -> AsyncIterator[tuple[Inbox, ConfirmedBatches]]:
    loop = ConfirmedBatches()
    inbox = Inbox(folder, loop.confirm)
    task = asyncio.create_task(inbox.run())
    await asyncio.sleep(0.05)
    yield inbox, loop
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def written(inbox: Inbox, most: int = 99) -> list[tuple[int, bool]]:
    """Takes all batches, as the writer does. Returns the number of each one's first record, and whether only its history may
    be written.
    """
    seen: list[tuple[int, bool]] = []
    while len(seen) < most and (entry := await inbox.next()) is not None:
        seen.append((entry.batch.first, entry.overtaken))
        await inbox.done(entry)
    return seen


async def until(true: object, within_s: float = 5.0) -> None:
    assert callable(true)
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


def limit_pages(inbox: Inbox, more: int) -> None:
    """From now on the file may have only this many pages more."""
    assert inbox._store is not None
    run = inbox._store._file.run
    run(f"pragma max_page_count = {run('pragma page_count').fetchone()[0] + more}")


async def test_without_a_volume_a_batch_is_safe_when_the_database_has_it() -> None:
    async with running(None) as (inbox, loop):
        inbox.put(batch(1, command()))
        inbox.put(batch(2, command()))
        await asyncio.sleep(0.05)
        assert (loop.confirmed, inbox.works) == ([], None)
        assert await written(inbox) == [(1, False), (2, False)]
        assert loop.confirmed == [1, 2]
        assert not inbox.needs_whole


async def test_with_a_volume_it_is_safe_at_once_and_outlives_the_process(tmp_path: Path) -> None:
    async with running(tmp_path) as (inbox, loop):
        inbox.put(batch(1, command()))
        inbox.put(batch(2, command()))
        await until(lambda: loop.confirmed == [1, 2])
        assert await written(inbox, 1) == [(1, False)]
        assert inbox.waiting == 1
        await inbox.forget_written()
        assert inbox._store is not None
        inbox._store.close()
    async with running(tmp_path) as (inbox, loop):
        inbox.put(batch(1, command(), run=9))
        await until(lambda: loop.confirmed == [1])
        left = await inbox.next()
        assert left is not None
        assert left.after == [1]
        await inbox.done(left)
        sent = await inbox.next()
        assert sent is not None
        assert (sent.batch.run, sent.after) == (9, None)


async def test_what_comes_while_the_file_takes_in_the_last_is_taken_in_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "TRY_AGAIN_S", 3600.0)
    confirmed: list[int] = []

    async def confirm(confirmed_batch: Batch) -> None:
        confirmed.append(confirmed_batch.first)
        if confirmed_batch.first == 1:
            inbox.put(batch(2, command()))

    inbox = Inbox(tmp_path, confirm)
    task = asyncio.create_task(inbox.run())
    inbox.put(batch(1, command()))
    await until(lambda: confirmed == [1, 2])
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_comes_last_is_taken_in_when_the_process_ends(tmp_path: Path) -> None:
    async with running(tmp_path) as (inbox, loop):
        inbox.put(batch(1, command()))
    assert loop.confirmed == [1]


async def test_while_the_disk_is_full_the_database_gets_everything_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "TRY_AGAIN_S", 0.2)
    async with running(tmp_path) as (inbox, loop):
        inbox.put(batch(1, command()))
        await until(lambda: loop.confirmed == [1])
        limit_pages(inbox, 0)
        inbox.put(batch(2, LONG))
        await until(lambda: inbox.works is False)
        inbox.put(batch(3, command()))
        assert loop.confirmed == [1]
        assert await written(inbox) == [(1, False), (2, False), (3, False)]
        assert (loop.confirmed, inbox.needs_whole) == ([1, 2, 3], True)
        limit_pages(inbox, 1_000)
        inbox.put(batch(4, LONG))
        await until(lambda: loop.confirmed == [1, 2, 3, 4])
        assert inbox.works
        await inbox.keep_plan(plan_rows(), whole=True)
        assert not inbox.needs_whole
        assert await written(inbox) == [(4, False)]


async def test_what_could_not_be_read_in_time_changes_no_row_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "TRY_AGAIN_S", 0.2)
    async with running(tmp_path) as (inbox, loop):
        inbox.put(batch(1, copy_row(5)))
        await until(lambda: loop.confirmed == [1])
        assert inbox._store is not None
        inbox._store._file.run("alter table batches rename to lost")
        inbox.put(batch(2, copy_row(5, "closed", 0)))
        await until(lambda: inbox.works is False)
        # The database gets the newer one meanwhile.
        assert await written(inbox) == [(2, False)]
        await until(lambda: inbox._store is None)
        restored = Store(tmp_path / inboxes.FILE)
        restored._file.run("drop table batches")
        restored._file.run("alter table lost rename to batches")
        restored.close()
        await asyncio.sleep(0.25)
        assert await inbox.kept() is None
        assert await written(inbox) == [(1, True)]
