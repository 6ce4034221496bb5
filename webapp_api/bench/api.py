"""How long the API takes with a long history behind it, and how long a change takes from commit to browser.

    python -m webapp_api.bench.api    (the devstack must be installed; figures in ms, also in build/bench/api.json)

It makes a person with 20 accounts and 50,000 copies (`history.sql`), runs the API of this checkout, asks every page, then
lets 50 browsers watch while the router's role changes copies. The person is removed afterwards.
"""

import asyncio
import json
import statistics
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from lockstep_api.settings import Settings
from webapp_api.tests.cluster.people import KEY
from webapp_api.tests.cluster.supabase import Session, Supabase, sign_up, supabase
from webapp_api.tests.server import serving

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 40
BROWSERS = 50
CHANGES = 40
PAGES = (
    "/v1/me",
    "/v1/accounts",
    "/v1/copiers",
    "/v1/copies?limit=50",
    "/v1/copies?status=skipped&limit=50",
    "/v1/dashboard",
    "/v1/out-of-sync",
    "/v1/alerts",
    "/v1/activity",
    "/v1/statistics",
)


def settings_for(where: Supabase, keys: Path) -> Settings:
    """Everything switched on, nothing limited."""
    given: dict[str, Any] = {"supabase_url": where.url, "supabase_publishable_key": where.key, "public_keys_file": keys}
    given |= {"database_url": where.api_database, "supabase_jwt_secret": where.jwt_secret, "second_factor_key": KEY}
    return Settings.model_validate({**given, "requests_per_s": 1e6, "requests_burst": 10**6})


async def make_history(where: Supabase, user: uuid.UUID) -> None:
    """The long history of a person."""
    script = (Path(__file__).parent / "history.sql").read_text().replace(":'person'", f"'{user}'")
    owner = await asyncpg.connect(where.owner_database)
    try:
        await owner.execute(script, timeout=120)
    finally:
        await owner.close()


def percentiles(values: list[float]) -> dict[str, float]:
    """p50, p95, p99 in ms of seconds."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49] * 1000, 1), "p95": round(cuts[94] * 1000, 1), "p99": round(cuts[98] * 1000, 1)}


def measure_pages(url: str, person: Session) -> dict[str, dict[str, float]]:
    """Each page, one request after the other."""
    found: dict[str, list[float]] = {page: [] for page in PAGES}
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {person.token}"}, timeout=60) as api:
        for _ in range(ROUNDS):
            for page in PAGES:
                began = time.perf_counter()
                api.get(page).raise_for_status()
                found[page].append(time.perf_counter() - began)
    everything = [value for values in found.values() for value in values]
    return {"all": percentiles(everything), **{page: percentiles(values) for page, values in found.items()}}


async def measure_stream(url: str, where: Supabase, person: Session) -> dict[str, float]:
    """From the moment before a commit to the event at each browser."""
    headers, sent, waits = {"authorization": f"Bearer {person.token}"}, dict[str, float](), list[float]()
    ready = asyncio.Semaphore(0)

    async def watch(client: httpx.AsyncClient) -> None:
        seen = 0
        async with client.stream("GET", f"{url}/v1/stream", headers=headers) as stream:
            ready.release()
            async for line in stream.aiter_lines():
                if line.startswith("data: {") and (name := json.loads(line[6:]).get("id")) in sent:
                    waits.append(time.perf_counter() - sent[name])
                    seen += 1
                    if seen == CHANGES:
                        return

    limits = httpx.Limits(max_connections=BROWSERS)
    router = await asyncpg.connect(where.router_database)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client, asyncio.TaskGroup() as browsers:
        for _ in range(BROWSERS):
            browsers.create_task(watch(client))
        for _ in range(BROWSERS):
            await ready.acquire()
        await asyncio.sleep(1)
        query = "select link_id from public.copies where user_id = $1 and status = 'skipped' limit $2"
        for row in await router.fetch(query, person.user, CHANGES):
            link = row["link_id"]
            sent[str(link)] = time.perf_counter()
            await router.execute("update public.copies set message = 'measured' where link_id = $1", link)
            await asyncio.sleep(0.1)
    await router.close()
    return percentiles(waits) | {"events": len(waits), "browsers": BROWSERS}


def main() -> int:
    """Prints the figures."""
    keys = ROOT / "build" / "bench" / "keys.json"
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.write_text(json.dumps({"sealing": [{"key_id": "0" * 16, "public_key": KEY}], "tickets": []}))
    with supabase() as where, serving(settings_for(where, keys)) as url:
        person = sign_up(where)
        try:
            asyncio.run(make_history(where, person.user))
            figures = {
                "pages": measure_pages(url, person),
                "commit_to_browser": asyncio.run(measure_stream(url, where, person)),
            }
        finally:
            body, headers = {"confirm": person.email}, {"authorization": f"Bearer {person.token}"}
            httpx.request("DELETE", f"{url}/v1/me", json=body, headers=headers, timeout=60)
    text = json.dumps(figures, indent=1)
    (ROOT / "build" / "bench" / "api.json").write_text(text)
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
