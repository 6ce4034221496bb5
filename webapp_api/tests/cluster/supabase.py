"""A real Supabase for tests: the cluster's, or the one that the environment names."""

import base64
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.stack.kube import DEVSTACK, get, reach


@dataclass(frozen=True, repr=False)
class Supabase:
    """Its address and public key, the database as the router, the API and its owner log in, and what signs tokens."""

    url: str
    key: str
    router_database: str
    api_database: str
    owner_database: str
    jwt_secret: str


@contextmanager
def supabase() -> Iterator[Supabase]:
    """The one in the namespace LOCKSTEP_TEST_DEVSTACK, by default the installed one's."""
    namespace = os.environ.get("LOCKSTEP_TEST_DEVSTACK", DEVSTACK)
    with reach("lockstep-supabase", namespace, 54321) as http, reach("lockstep-postgres", namespace, 5432) as postgres:
        passwords, keys = secret("lockstep-postgres", namespace), secret("lockstep-supabase", namespace)

        def database(role: str) -> str:
            return f"postgresql://{role}:{passwords[role]}@{postgres}/postgres?sslmode=disable"

        yield Supabase(
            f"http://{http}",
            keys["publishable-key"],
            database("lockstep_router"),
            database("lockstep_api"),
            database("postgres"),
            keys["jwt-secret"],
        )


def secret(name: str, namespace: str) -> dict[str, str]:
    """The fields of a Secret as text."""
    found = get("secret", name, namespace)
    assert found is not None, f"there is no Secret {name} in {namespace}"
    return {key: base64.b64decode(value).decode() for key, value in found["data"].items()}


@dataclass(frozen=True, repr=False)
class Session:
    """Somebody who is signed in."""

    user: uuid.UUID
    token: str
    email: str = ""


PASSWORD = "correct-horse-battery"


def sign_up(where: Supabase) -> Session:
    """A new person, signed in at once: no confirmation by mail."""
    return _session(where, "signup", f"{uuid.uuid4().hex}@example.test")


def sign_in(where: Supabase, email: str) -> Session:
    """Another session of somebody who signed up."""
    return _session(where, "token?grant_type=password", email)


def _session(where: Supabase, call: str, email: str) -> Session:
    body = {"email": email, "password": PASSWORD}
    answer = httpx.post(f"{where.url}/auth/v1/{call}", headers={"apikey": where.key}, json=body, timeout=20)
    token: str = answer.raise_for_status().json()["access_token"]
    claims = token.split(".")[1]
    return Session(uuid.UUID(json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"]), token, email)
