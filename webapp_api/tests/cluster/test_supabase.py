"""What the API and the website rely on of the Supabase in front of the database, hosted or embedded."""

import uuid
from typing import Any

import asyncpg
import httpx
import pytest

from webapp_api.tests.cluster.supabase import Session, Supabase, sign_up

pytestmark = pytest.mark.cluster
TABLES = (
    "trading_accounts",
    "copiers",
    "copies",
    "trade_events",
    "deals",
    "account_states",
    "alerts",
    "activity",
    "guard_states",
    "manual_requests",
    "account_live",
    "account_equity",
)


@pytest.fixture(scope="module")
def person(backend: Supabase) -> Session:
    """Somebody who has just signed up."""
    return sign_up(backend)


def rest(backend: Supabase, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
    """A call as a browser makes it."""
    headers = {"apikey": backend.key, "prefer": "return=representation"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    return httpx.request(method, f"{backend.url}{path}", headers=headers, timeout=20, **more)


@pytest.mark.parametrize("table", TABLES)
def test_what_the_migrations_take_from_strangers_stays_taken(backend: Supabase, table: str) -> None:
    answer = rest(backend, "GET", f"/rest/v1/{table}")
    assert (answer.status_code, answer.json()["code"]) == (401, "42501")


@pytest.mark.parametrize(
    "table", ["credentials", "shards", "staff", "totp_factors", "backup_codes", "api_tokens", "outbox", "idempotency"]
)
def test_the_private_schema_is_not_there(backend: Supabase, person: Session, table: str) -> None:
    assert rest(backend, "GET", f"/rest/v1/{table}", person.token).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/_system/info", "/_system/config", "/_system/introspect", "/studio", "/rest/v2/copies"]
)
def test_nothing_but_auth_and_rest_is_served(backend: Supabase, path: str) -> None:
    assert httpx.get(f"{backend.url}{path}", timeout=20).status_code == 404


def test_a_check_that_fails_is_the_callers_mistake(backend: Supabase, person: Session) -> None:
    arguments = {
        "p_label": "",
        "p_platform": "MT5",
        "p_environment": "demo",
        "p_login": 1,
        "p_server": "s",
        "p_role": "both",
    }
    credentials = {"p_id": str(uuid.uuid4()), "p_key_id": "0" * 16, "p_sealed": "A" * 80}
    answer = rest(backend, "POST", "/rest/v1/rpc/register_account", person.token, json=arguments | credentials)
    assert (answer.status_code, answer.json()["code"]) == (400, "23514")


async def test_a_63_bit_id_keeps_its_digits_and_times_are_iso(backend: Supabase, person: Session) -> None:
    link = 2**62 + uuid.uuid4().int % 2**61 * 2 + 1
    router = await asyncpg.connect(backend.owner_database)
    try:
        await router.execute(
            """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
                 symbol, side, master_lots, status) values ($1, $2, $3, $3, $3, 1, 'EURUSD', 'sell', 1, 'closed')""",
            link,
            person.user,
            uuid.uuid4(),
        )
    finally:
        await router.close()
    (row,) = rest(backend, "GET", "/rest/v1/copies?select=link_id::text,updated_at", person.token).json()
    assert row["link_id"] == str(link)
    assert "T" in row["updated_at"]
    assert row["updated_at"].endswith("+00:00")
