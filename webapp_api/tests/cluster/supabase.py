"""A real Supabase for tests: the cluster's, or the one that the environment names."""

import base64
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.stack.kube import DEVSTACK, SYSTEM, get, reach
from tests.stack.secrets import publishable_key


@dataclass(frozen=True)
class Supabase:
    """Its address and public key, and the database's address as the router logs in."""

    url: str
    key: str
    router_database: str


@contextmanager
def supabase() -> Iterator[Supabase]:
    """LOCKSTEP_TEST_SUPABASE_URL, …_SUPABASE_KEY and …_ROUTER_DATABASE_URL name one; otherwise it is the installed one."""
    given = os.environ.get("LOCKSTEP_TEST_SUPABASE_URL")
    if given:
        yield Supabase(given, os.environ["LOCKSTEP_TEST_SUPABASE_KEY"], os.environ["LOCKSTEP_TEST_ROUTER_DATABASE_URL"])
        return
    with reach("lockstep-supabase", DEVSTACK, 54321) as http, reach("lockstep-postgres", DEVSTACK, 5432) as postgres:
        yield Supabase(f"http://{http}", publishable_key(), _router_database(postgres))


def _router_database(address: str) -> str:
    secret = get("secret", "lockstep-db-router", SYSTEM)
    assert secret is not None
    inside = base64.b64decode(secret["data"]["url"]).decode()
    return inside.replace(f"lockstep-postgres.{DEVSTACK}:5432", address)


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in."""

    user: uuid.UUID
    token: str


def sign_up(where: Supabase) -> Session:
    """A new person, signed in at once: no confirmation by mail."""
    body = {"email": f"{uuid.uuid4().hex}@example.test", "password": "correct-horse-battery"}
    answer = httpx.post(f"{where.url}/auth/v1/signup", headers={"apikey": where.key}, json=body, timeout=20)
    token: str = answer.raise_for_status().json()["access_token"]
    claims = token.split(".")[1]
    return Session(uuid.UUID(json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"]), token)
