"""What is measured of the operator, with a number of accounts at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import UUID

from tests.scale.figures import Figure, figure, once
from tests.scale.operators.ground import Ground
from tests.scale.operators.instance import Instance
from tests.scale.operators.pods import Pods
from tests.scale.operators.rows import Rows
from tests.stack.errors import TooLate
from tests.stack.shell import say

QUIET_S = 5
STEADY_S = 30
CREATION_S = 600
ROUTER_S = 0.2


class Measurement:
    """One operator at a time works on the rows; `begin` starts the next one."""

    def __init__(self, ground: Ground, database_url: str, rows: Rows, pods: Pods, folder: Path) -> None:
        self._ground, self._database_url, self._folder = ground, database_url, folder
        self._rows, self._pods = rows, pods
        self._started = 0
        self.operator = self.begin()

    def begin(self) -> Instance:
        """Starts an operator."""
        self._started += 1
        return Instance(f"bench-{self._started}", self._ground, self._database_url, self._folder)

    def close(self) -> None:
        """Ends the operator that works."""
        self.operator.stop()

    async def creation(self, count: int) -> AsyncIterator[Figure]:
        """So many rows at once become pods."""
        await asyncio.to_thread(self.operator.ready)
        before = self.operator.calls().all
        began_s = time.monotonic()
        ids = await self._rows.add(count)
        yield once(f"pods_created_{count}", "s", await self._came(ids) - began_s)
        await self._settled()
        yield once(f"calls_per_account_{count}", "", (self.operator.calls().all - before) / count)
        yield once(f"operator_rss_{count}", "MB", self.operator.rss_mb())
        steady = self.operator.calls()
        await asyncio.sleep(STEADY_S)
        now = self.operator.calls()
        yield once(f"steady_reads_{count}", "1/min", (now.reads - steady.reads) * 60 / STEADY_S)
        yield once(f"steady_writes_{count}", "1/min", (now.writes - steady.writes) * 60 / STEADY_S)

    async def restart(self, count: int) -> AsyncIterator[Figure]:
        """The operator is started again: what it writes, and when a row that is made meanwhile has its pod."""
        await asyncio.to_thread(self.operator.stop)
        self.operator = self.begin()
        await asyncio.to_thread(self.operator.ready)
        await self._settled()
        yield once(f"restart_reads_{count}", "", self.operator.calls().reads)
        yield once(f"restart_writes_{count}", "", self.operator.calls().writes)
        await asyncio.to_thread(self.operator.stop)
        began_s = time.monotonic()
        self.operator = self.begin()
        yield once(f"restart_{count}", "s", await self._came(await self._rows.add(1)) - began_s)
        await asyncio.to_thread(self.operator.ready)

    async def fail_over(self) -> AsyncIterator[Figure]:
        """The operator that leads dies, another one is there: until a row that is made then has its pod."""
        other = self.begin()
        await asyncio.to_thread(other.ready)
        self.operator.kill()
        self.operator = other
        began_s = time.monotonic()
        yield once("fail_over", "s", await self._came(await self._rows.add(1)) - began_s)

    async def churn(self, minutes: float, share: float = 0.1) -> AsyncIterator[Figure]:
        """A share of the accounts a minute goes, and as many come: from each row to its pod, and the memory meanwhile."""
        await self._settled()
        count, first_mb = len(self._rows.there), self.operator.rss_mb()
        pause_s, added = 60 / (count * share), dict[UUID, float]()
        until_s = time.monotonic() + 60 * minutes
        while time.monotonic() < until_s:
            next_s = time.monotonic() + pause_s
            await self._rows.remove(self._rows.there[:1])
            began_s = time.monotonic()
            added[(await self._rows.add(1))[0]] = began_s
            await asyncio.sleep(max(0.0, next_s - time.monotonic()))
        if not added:
            return
        await self._came(list(added))
        times = [self._pods.came_s[account] - began_s for account, began_s in added.items()]
        yield figure("row_to_pod", "s", times)
        yield once("churn_rss_growth", "MB", self.operator.rss_mb() - first_mb)

    async def removal(self) -> AsyncIterator[Figure]:
        """All rows go: until no pod is left."""
        count, began_s = len(self._rows.there), time.monotonic()
        await self._rows.remove(list(self._rows.there))
        await _until("an end of all pods", lambda: not self._pods.living)
        yield once(f"pods_removed_{count}", "s", time.monotonic() - began_s)

    async def _came(self, ids: Sequence[UUID]) -> float:
        """When the last of these accounts had its first pod."""
        came = self._pods.came_s
        await _until(f"pods of {len(ids)} accounts", lambda: all(account in came for account in ids))
        return max(came[account] for account in ids)

    async def _settled(self) -> None:
        """Waits until the operator has called nothing for a while."""
        calls, since_s = -1, time.monotonic()
        end_s = since_s + CREATION_S
        while time.monotonic() - since_s < QUIET_S:
            now = self.operator.calls().all
            if now != calls:
                calls, since_s = now, time.monotonic()
            if time.monotonic() > end_s:
                say("the operator did not become quiet; its figures are taken all the same")
                return
            await asyncio.sleep(0.5)


async def play_router(rows: Rows, pods: Pods) -> None:
    """Writes for ever what a router writes of terminals that have become ready."""
    while True:
        ready = pods.take_ready()
        if ready:
            await rows.ready(ready)
        await asyncio.sleep(ROUTER_S)


async def _until(what: str, true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + CREATION_S
    while not true():
        if time.monotonic() > end_s:
            raise TooLate(what, CREATION_S, "still not so")
        await asyncio.sleep(0.02)
