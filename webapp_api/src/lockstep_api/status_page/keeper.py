"""Keeps the history true: looks at the website and the API, takes in alerts, writes to Postgres and reads from it.

While Postgres is away, what comes is kept in memory and written later, and the page shows what was seen last.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import structlog

from lockstep_api.status_page import kept, store
from lockstep_api.status_page.history import Incident
from lockstep_api.status_page.settings import StatusSettings
from lockstep_api.status_page.store import Minute

LOOK_EVERY_S = 20.0
LOOK_S = 5.0
LOOKS_MISSED = 1
"""How many looks in a minute a part may miss."""
ROUND_EVERY_S = 30.0
WHOLE_EVERY = timedelta(hours=1)
MOST_MINUTES = 2 * 2 * 1440
MOST_INCIDENTS = 1000

log = structlog.get_logger("lockstep.status")


class Keeper:
    """The history, and what is not in Postgres yet."""

    def __init__(self, settings: StatusSettings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._settings = settings
        self._clock = clock
        self._minutes: dict[tuple[str, datetime], Minute] = {}
        self._incidents: dict[tuple[str, datetime], Incident] = {}
        self._looks: dict[tuple[str, datetime], list[bool]] = {}
        self._whole_at: datetime | None = None
        self._wanted = asyncio.Event()
        self.history = kept.read(settings.state_dir)
        self.is_up = False

    async def run(self) -> None:
        """Looks and reads until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_looking())
            group.create_task(self._keep_reading())

    def tell(self, incidents: Iterable[Incident]) -> None:
        """Takes in incidents: they are shown at once, and written as soon as Postgres answers."""
        told = list(incidents)
        self.history = self.history.with_incidents(told, self._clock())
        for each in told:
            if each.key in self._incidents or len(self._incidents) < MOST_INCIDENTS:
                self._incidents[each.key] = self.history.incidents.get(each.key, each)
        self._wanted.set()

    async def _keep_looking(self) -> None:
        async with httpx.AsyncClient(timeout=LOOK_S, trust_env=False) as client:
            while True:
                await self.look(client)
                await asyncio.sleep(LOOK_EVERY_S)

    async def look(self, client: httpx.AsyncClient) -> None:
        """Asks the website and the API once. A minute is judged when the next one has begun."""
        asked = {"website": self._settings.site_url, "api": self._settings.api_url}
        parts = {part: url for part, url in asked.items() if url}
        minute = self._clock().replace(second=0, microsecond=0)
        for part, answered in zip(
            parts, await asyncio.gather(*(_answers(client, url) for url in parts.values())), strict=True
        ):
            self._looks.setdefault((part, minute), []).append(answered)
        for key in [key for key in self._looks if key[1] < minute]:
            seen = self._looks.pop(key)
            self._minutes[key] = Minute(*key, ok=seen.count(False) <= LOOKS_MISSED and any(seen))
            if len(self._minutes) > MOST_MINUTES:
                del self._minutes[next(iter(self._minutes))]

    async def _keep_reading(self) -> None:
        while True:
            # Before reading: what is told while it reads must wake it again.
            self._wanted.clear()
            await self.read()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), ROUND_EVERY_S)

    async def read(self) -> None:
        """Writes what waits, and reads the history. Where Postgres is away, all stays as it is."""
        try:
            connection = await store.connect(self._settings.database_url.get_secret_value())
        except store.AWAY as error:
            self._lost(error)
            return
        try:
            async with asyncio.timeout(60):
                await self._exchange(connection)
        except store.AWAY as error:
            self._lost(error)
        finally:
            connection.terminate()

    async def _exchange(self, connection: "store.Connection") -> None:
        minutes, incidents = dict(self._minutes), dict(self._incidents)
        await store.put(connection, minutes.values(), incidents.values())
        for written in minutes:
            self._minutes.pop(written, None)
        for key, each in incidents.items():
            if self._incidents.get(key) == each:
                del self._incidents[key]
        now = self._clock()
        whole = self._whole_at is None or now - self._whole_at > WHOLE_EVERY
        history = await store.read(connection, self.history, now, store.WHOLE if whole else store.SOON)
        # Told meanwhile.
        self.history = history.with_incidents(self._incidents.values(), now)
        self._whole_at, self.is_up = (now if whole else self._whole_at), True
        try:
            await asyncio.to_thread(kept.write, self._settings.state_dir, self.history)
        except OSError as error:
            log.warning("history not kept", reason=type(error).__name__)

    def _lost(self, error: Exception) -> None:
        if self.is_up or self._whole_at is not None or self.history.read_at is None:
            log.warning(
                "database unreachable", reason=f"{type(error).__name__} {getattr(error, 'sqlstate', '') or ''}".strip()
            )
        self.is_up, self._whole_at = False, None


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code < 500
    except httpx.HTTPError:
        return False
