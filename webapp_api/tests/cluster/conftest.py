"""A real Supabase, the API in front of it, and two people."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from lockstep_api.settings import ApiSettings
from lockstep_core.json_object import Json
from webapp_api.tests.cluster.people import KEY, Person, as_owner, client
from webapp_api.tests.cluster.supabase import Supabase, sign_up, supabase
from webapp_api.tests.server import serving


@pytest.fixture(scope="module")
def backend() -> Iterator[Supabase]:
    """A real Supabase."""
    with supabase() as found:
        asyncio.run(_offer_all(found.owner_database))
        yield found


async def _offer_all(database: str) -> None:
    """What the operator says when it has terminals of both platforms: a database without one offers nothing."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute("insert into private.offered_platforms values ('MT4'), ('MT5') on conflict do nothing")
    finally:
        await connection.close()


def settings_for(backend: Supabase, keys_file: Path, **more: Any) -> ApiSettings:
    """Settings with everything switched on."""
    given = {
        "supabase_url": backend.url,
        "supabase_publishable_key": backend.key,
        "public_keys_file": keys_file,
        "database_url": backend.api_database,
        "second_factor_key": KEY,
        "platforms": ("MT4", "MT5"),
    }
    return ApiSettings.model_validate({**given, **more})


@pytest.fixture(scope="module")
def url(backend: Supabase, keys_file: Path) -> Iterator[str]:
    """The API in front of it."""
    with serving(settings_for(backend, keys_file)) as base:
        yield base


@contextmanager
def person_of(backend: Supabase, url: str) -> Iterator[Person]:
    session = sign_up(backend)
    with client(url, session.token) as api:
        try:
            yield Person(session.user, api, session)
        finally:
            # Who has a second factor by now would have to enter a code, so their owner removes them.
            if api.request("DELETE", "/v1/me", json={"confirm": session.email}).is_error:
                asyncio.run(as_owner(backend, "delete from auth.users where id = $1", session.user))


@pytest.fixture
def alice(backend: Supabase, url: str) -> Iterator[Person]:
    """Somebody who has just signed up."""
    with person_of(backend, url) as person:
        yield person


@pytest.fixture
def bob(backend: Supabase, url: str) -> Iterator[Person]:
    """Somebody else."""
    with person_of(backend, url) as person:
        yield person


@pytest.fixture(scope="module")
def new_account(sealed: Json) -> Callable[..., Json]:
    """Makes a registration."""

    def make(**more: Any) -> Json:
        login = uuid.uuid4().int % 10**9 + 1
        # Nobody installs a terminal for MT4 in tests, so the operator starts no pods for these.
        body = {"id": str(uuid.uuid4()), "label": "mine", "platform": "MT4", "environment": "demo", "login": login}
        return {**body, "server": "Broker-Demo", "role": "both", "sealed": sealed, **more}

    return make
