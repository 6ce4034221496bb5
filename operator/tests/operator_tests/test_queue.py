"""The work queue under a clock of the test."""

import asyncio

from lockstep_operator.queue import WorkQueue

from .clock import Clock


async def test_a_key_is_in_the_queue_once() -> None:
    queue: WorkQueue[str] = WorkQueue()
    for key in ("a", "b", "a"):
        queue.add(key)
    assert [await queue.get(), await queue.get()] == ["a", "b"]
    assert len(queue) == 0


async def test_a_key_that_changes_while_in_work_is_worked_on_once_more_and_not_before() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a")
    key = await queue.get()
    queue.add(key)
    queue.add(key)
    assert len(queue) == 0
    queue.done(key)
    assert len(queue) == 1
    assert await queue.get() == "a"
    queue.done("a")
    assert len(queue) == 0


async def test_a_key_comes_back_when_it_is_due() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    queue.add_after("later", 10)
    queue.add_after("sooner", 5)
    queue.add_after("later", 2)
    clock.now_s = 2
    assert await queue.get() == "later"
    clock.now_s = 20
    assert await queue.get() == "sooner"
    queue.done("later")
    assert len(queue) == 0


async def test_pauses_after_failures_double_up_to_a_bound_and_end_with_success() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    pauses = [queue.failed("a") for _ in range(12)]
    assert pauses[:4] == [0.2, 0.4, 0.8, 1.6]
    assert pauses[-1] == 60
    queue.forget("a")
    assert queue.failed("a") == 0.2


async def test_a_waiting_worker_wakes_up_for_a_key() -> None:
    queue: WorkQueue[str] = WorkQueue()
    workers = [asyncio.create_task(queue.get()) for _ in range(3)]
    await asyncio.sleep(0)
    for key in ("a", "b", "c"):
        queue.add(key)
    assert sorted(await asyncio.gather(*workers)) == ["a", "b", "c"]


async def test_a_waiting_worker_wakes_up_for_a_key_that_becomes_due() -> None:
    queue: WorkQueue[str] = WorkQueue()
    worker = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.add_after("a", 0.01)
    assert await worker == "a"
