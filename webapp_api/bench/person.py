"""Somebody with a long history in the running stack, for as long as something is measured."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from tests.stack.kube import SYSTEM, reach
from webapp_api.tests.cluster.supabase import PASSWORD, Session, Supabase, sign_in, sign_up, supabase

SESSIONS = 8
SITE = "lockstep.localhost"


@dataclass(frozen=True, repr=False)
class Place:
    """The running stack: Supabase, and the base URLs of API and website; `resolver` tells a Chromium where the latter is."""

    supabase: Supabase
    api: str
    site: str
    resolver: str


@dataclass(frozen=True, repr=False)
class BenchPerson:
    """Somebody signed in several times over: the API limits what one session may ask."""

    email: str
    password: str
    user: uuid.UUID
    tokens: tuple[str, ...]
    account: str
    copier: str
    link: str


@contextmanager
def cluster() -> Iterator[Place]:
    """The stack on the cluster."""
    with ExitStack() as stack:
        found = stack.enter_context(supabase())
        api = stack.enter_context(reach("lockstep-webapp-api", SYSTEM, 8000))
        site = stack.enter_context(reach("lockstep-website", SYSTEM, 3000))
        host, _, port = site.rpartition(":")
        # As people reach it (`make site`): only names of this machine are trusted without https.
        yield Place(found, f"http://{api}", f"http://{SITE}:{port}", f"MAP {SITE} {host}")


@contextmanager
def person(place: Place) -> Iterator[BenchPerson]:
    """A person with 200 accounts and 50,000 copies (`history.sql`), who leaves afterwards with all of it."""
    session = sign_up(place.supabase)
    try:
        yield _with_history(place, session)
    finally:
        body, headers = {"confirm": session.email}, {"authorization": f"Bearer {session.token}"}
        httpx.request("DELETE", f"{place.api}/v1/me", json=body, headers=headers, timeout=120).raise_for_status()


def _with_history(place: Place, session: Session) -> BenchPerson:
    link = asyncio.run(_make_history(place.supabase, session.user))
    tokens = tuple(sign_in(place.supabase, session.email).token for _ in range(SESSIONS))
    with httpx.Client(base_url=f"{place.api}/v1", headers={"authorization": f"Bearer {session.token}"}, timeout=60) as api:
        account = api.get("/accounts").raise_for_status().json()["items"][0]["id"]
        copier = api.get("/copiers").raise_for_status().json()["items"][0]["id"]
    return BenchPerson(session.email, PASSWORD, session.user, tokens, account, copier, link)


async def _make_history(where: Supabase, user: uuid.UUID) -> str:
    script = (Path(__file__).parent / "history.sql").read_text().replace(":'person'", f"'{user}'")
    owner = await asyncpg.connect(where.owner_database)
    try:
        await owner.execute(script, timeout=120)
        # Autovacuum would do this by itself, but later.
        await owner.execute(
            "vacuum (analyze) public.copies, public.deals, public.copy_sums, public.positions_left", timeout=120
        )
        link = await owner.fetchval("select max(link_id) from public.copies where user_id = $1 and status = 'closed'", user)
    finally:
        await owner.close()
    return str(link)
