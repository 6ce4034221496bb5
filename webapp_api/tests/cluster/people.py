"""People in front of the API, for tests."""

import uuid
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from lockstep_core.json_object import Json
from webapp_api.tests.cluster.supabase import Session, Supabase

FIXED = {"sizing": {"mode": "fixed", "lots": "0.10"}}
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@dataclass(frozen=True)
class Person:
    """Somebody in front of the API."""

    user: uuid.UUID
    api: httpx.Client
    session: Session


def client(url: str, token: str) -> httpx.Client:
    """A client that sends a token."""
    return httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=20)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def added(person: httpx.Client, account: Json) -> str:
    """The id of an account that was taken."""
    answer = person.post("/v1/accounts", json=account)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def as_owner(where: Supabase, statement: str, *arguments: Any) -> None:
    """What only the owner of the tables may do."""
    connection = await asyncpg.connect(where.owner_database)
    try:
        await connection.execute(statement, *arguments)
    finally:
        await connection.close()


async def copied(where: Supabase, user: uuid.UUID, copier: uuid.UUID, master: uuid.UUID, **more: Any) -> int:
    """The link of a copy as a router leaves it, with the deals and events of both sides."""
    link, position = uuid.uuid4().int % 2**62 + 2**62, uuid.uuid4().int % 10**9
    row: Json = {"status": "closed", "slave": uuid.uuid4(), "reason": None, "symbol": "EURUSD", "sl": None} | more
    connection = await asyncpg.connect(where.owner_database)
    try:
        await connection.execute(
            """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
                 slave_position, symbol, side, master_lots, target_lots, status, reason, spans, opened_at)
               values ($1, $2, $3, $4, $5, $6, $6, $7, 'buy', 10000000, 5000000, $8, $9, '{"router_us": 120}', now())""",
            link,
            user,
            copier,
            master,
            row["slave"],
            position,
            row["symbol"],
            row["status"],
            row["reason"],
        )
        await _deal(connection, user, master, position, 0, 1.1, row["sl"])
        await _deal(connection, user, row["slave"], position, link, 1.1011)
    finally:
        await connection.close()
    return link


async def _deal(
    connection: Any,
    user: uuid.UUID,
    account: uuid.UUID,
    position: int,
    magic: int,
    price: float,
    sl: float | None = None,
) -> None:
    await connection.execute(
        """insert into public.trade_events (run, n, user_id, account_id, link_id, kind, data)
           values ($1, 1, $2, $3, nullif($4::bigint, 0), 'deal', jsonb_build_object(
             'deal', $5::bigint, 'entry', 0, 'position', $5::bigint, 'magic', $4::bigint, 'symbol', 'EURUSD', 'side', 'buy',
             'lots', 10000000, 'price', $6::float8, 'sl', $7::float8))""",
        uuid.uuid4().int % 2**62,
        user,
        account,
        magic,
        position,
        price,
        sl,
    )
