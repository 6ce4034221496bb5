"""Takes what is due and has it sent, each channel in a lane of its own, so that a slow one keeps no other waiting."""

import asyncio
import random
import time
from collections.abc import Mapping

import asyncpg
import structlog

from lockstep_notifier.delivery import Channel, Delivery, Send
from lockstep_notifier.errors import DatabaseAway, NotSent, ReceiverGone
from lockstep_notifier.metrics import NotifierMetrics
from lockstep_notifier.outbox import Outbox
from lockstep_notifier.retries import retry_after_s
from lockstep_service.errors import PooledByTransaction

_LOOK_S = 5.0
"""A notification may be lost with its connection, so the outbox is looked at this often at least."""

_PAUSE_S = 1.0
_BREATH_S = 0.01
_FORGET_EVERY_S = 3600.0
_log = structlog.get_logger("lockstep.notifier")


class Lane:
    """Attempts of one channel, so many at once."""

    def __init__(self, channel: Channel, send: Send, at_once: int, outbox: Outbox, metrics: NotifierMetrics) -> None:
        self.filled = asyncio.Event()
        self._channel: Channel = channel
        self._send = send
        self._at_once = at_once
        self._outbox = outbox
        self._metrics = metrics
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, ending: asyncio.Event) -> None:
        """Sends what is due until `ending` is set, and then ends the attempts that have begun."""
        while not ending.is_set():
            self.filled.clear()
            took = await self._take()
            if len(self._running) >= self._at_once:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            if took:
                # Taking costs the same for one row as for many: others may come, or end, meanwhile.
                await asyncio.sleep(_BREATH_S)
            else:
                await _either(self.filled, ending, await self._sleep_s())
        if self._running:
            await asyncio.wait(self._running)

    async def _take(self) -> bool:
        try:
            taken = await self._outbox.claim(self._channel, self._at_once - len(self._running))
        except (DatabaseAway, asyncpg.PostgresError) as error:
            _log.warning("the outbox cannot be read", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)
            return False
        for delivery in taken:
            task = asyncio.create_task(self._attempt(delivery))
            self._running.add(task)
            task.add_done_callback(self._over)
        return bool(taken)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease ends by itself, and the row is tried once more.
            _log.error("an attempt broke off", channel=self._channel, exc_info=error)
        # A webhook has one attempt at a time: its next row can be taken now.
        self.filled.set()

    async def _sleep_s(self) -> float:
        try:
            next_s = (await self._outbox.figures()).next_s
        except (DatabaseAway, asyncpg.PostgresError):
            return _PAUSE_S
        if next_s is None:
            return _LOOK_S
        # What is due and was not taken waits for an attempt that runs, whose end wakes this lane.
        return min(next_s, _LOOK_S) if next_s > 0 else _PAUSE_S

    async def _attempt(self, delivery: Delivery) -> None:
        try:
            outcome = await self._outcome(delivery)
        except (DatabaseAway, asyncpg.PostgresError) as error:
            # The lease ends by itself, and the row is taken again.
            _log.warning("an outcome could not be written down", channel=self._channel, error=type(error).__name__)
            outcome = "not_written"
        self._metrics.attempted(self._channel, outcome)

    async def _outcome(self, delivery: Delivery) -> str:
        try:
            async with asyncio.timeout(self._outbox.attempt_s):
                await self._send(delivery)
        except ReceiverGone:
            if delivery.webhook is not None:
                await self._outbox.webhook_ended(delivery.webhook.id)
            return "ended"
        except TimeoutError:
            return await self._failed(delivery, NotSent("too_slow", unknown=True))
        except NotSent as error:
            return await self._failed(delivery, error)
        self._measure(delivery)
        await self._outbox.sent(delivery)
        return "sent"

    async def _failed(self, delivery: Delivery, error: NotSent) -> str:
        chance = random.random()  # noqa: S311 - it only spreads attempts
        retry_s = None if error.permanent else retry_after_s(self._channel, delivery.attempts, chance=chance)
        await self._outbox.failed(delivery, error.code, retry_s, unknown=error.unknown)
        ids = [told.id for told in delivery.told]
        _log.warning("not sent", channel=self._channel, rows=ids, code=error.code, retry_s=retry_s)
        return "failed" if retry_s is not None else "dead"

    def _measure(self, delivery: Delivery) -> None:
        now = time.time()
        if delivery.attempts == 1:
            for told in delivery.told:
                if told.urgent:
                    self._metrics.handed_over(self._channel, now - told.created_at.timestamp())


class Worker:
    """All lanes, the one connection that hears of new rows, and what is told of the outbox."""

    def __init__(self, outbox: Outbox, channels: Mapping[Channel, tuple[Send, int]], metrics: NotifierMetrics) -> None:
        self._outbox = outbox
        self._metrics = metrics
        self._lanes = [Lane(name, send, at_once, outbox, metrics) for name, (send, at_once) in channels.items()]
        self._is_up = False

    def is_up(self) -> bool:
        """Whether the database answered last. For any thread."""
        return self._is_up

    async def run(self, ending: asyncio.Event) -> None:
        """Sends until `ending` is set, and then ends what has begun."""
        beside = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._watch()),
            asyncio.create_task(self._clean()),
        ]
        try:
            await asyncio.gather(*(lane.run(ending) for lane in self._lanes))
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _listen(self) -> None:
        while True:
            heard = asyncio.Event()
            try:
                async with self._outbox.listening(heard) as lost:
                    while not lost.is_set():
                        self._wake()
                        heard.clear()
                        await _either(heard, lost, None)
            except (DatabaseAway, PooledByTransaction, asyncpg.PostgresError) as error:
                _log.warning("cannot listen to the database", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)

    def _wake(self) -> None:
        for lane in self._lanes:
            lane.filled.set()

    async def _watch(self) -> None:
        while True:
            try:
                found = await self._outbox.figures()
                self._metrics.outbox(found.waiting, found.late_s, found.dead)
                self._is_up = True
            except (DatabaseAway, asyncpg.PostgresError):
                self._is_up = False
            self._metrics.database(is_up=self._is_up)
            await asyncio.sleep(_LOOK_S)

    async def _clean(self) -> None:
        while True:
            try:
                await self._outbox.forget()
            except (DatabaseAway, asyncpg.PostgresError) as error:
                _log.warning("old rows are still there", error=type(error).__name__)
            await asyncio.sleep(_FORGET_EVERY_S)


async def _either(first: asyncio.Event, second: asyncio.Event, within_s: float | None) -> None:
    waiting = [asyncio.create_task(each.wait()) for each in (first, second)]
    try:
        await asyncio.wait(waiting, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
