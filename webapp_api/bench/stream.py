"""How long a change takes from its commit to each of the browsers that watch."""

import asyncio
import re
import time
import uuid
from urllib.parse import urlsplit

import asyncpg

from lockstep_api.hub import MOST_STREAMS
from lockstep_core.json_object import Json
from webapp_api.bench.figures import summary
from webapp_api.bench.person import BenchPerson, Place

BROWSERS = MOST_STREAMS
CHANGES = 60
PAUSE_S = 0.1
TIMEOUT_S = 60
_ID = re.compile(rb'"id":"(\d+)"')


async def measure_stream(place: Place, person: BenchPerson) -> Json:
    """From the moment before the router's commit to the event's arrival, over all browsers and changes."""
    sent: dict[bytes, float] = {}
    waits: list[float] = []
    ready = asyncio.Semaphore(0)
    router = await asyncpg.connect(place.supabase.router_database)
    async with asyncio.timeout(TIMEOUT_S + CHANGES * PAUSE_S), asyncio.TaskGroup() as browsers:
        for n in range(BROWSERS):
            browsers.create_task(_watch(place.api, person.tokens[n % len(person.tokens)], sent, waits, ready))
        for _ in range(BROWSERS):
            await ready.acquire()
        await asyncio.sleep(1)
        for link in await _skipped(router, person.user):
            sent[str(link).encode()] = time.perf_counter()
            await router.execute("update public.copies set updated_at = now() where link_id = $1", link)
            await asyncio.sleep(PAUSE_S)
    await router.close()
    return summary("commit_to_browser", "ms", [wait_s * 1000 for wait_s in waits]) | {"browsers": BROWSERS}


async def _skipped(router: "asyncpg.Connection[asyncpg.Record]", user: uuid.UUID) -> list[int]:
    query = "select link_id from public.copies where user_id = $1 and status = 'skipped' limit $2"
    return [row["link_id"] for row in await router.fetch(query, user, CHANGES)]


async def _watch(api: str, token: str, sent: dict[bytes, float], waits: list[float], ready: asyncio.Semaphore) -> None:
    """One client of the event stream. It does little else, because all of them share the machine with what is measured."""
    where = urlsplit(api)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    head = f"GET /v1/stream HTTP/1.1\r\nhost: {where.netloc}\r\nauthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    status = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in status.split(b"\r\n")[0]:
        raise RuntimeError(status.decode())
    ready.release()
    seen = 0
    while seen < CHANGES:
        event = await reader.readuntil(b"\n\n")
        now_s = time.perf_counter()
        for link in _ID.findall(event):
            if link in sent:
                waits.append(now_s - sent[link])
                seen += 1
    writer.close()
