"""A real Supabase for tests: the cluster's, or the one that the environment names."""

import base64
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.stack.kube import DEVSTACK, get, reach
from tests.stack.mailbox import mailbox_door, newest_link


@dataclass(frozen=True, repr=False)
class Supabase:
    """Its address and public key, and the database as the router, the API and its owner log in."""

    url: str
    key: str
    router_database: str
    api_database: str
    owner_database: str
    mailbox: str = ""


@contextmanager
def supabase() -> Iterator[Supabase]:
    """The one in the namespace LOCKSTEP_TEST_DEVSTACK, by default the installed one's."""
    namespace = os.environ.get("LOCKSTEP_TEST_DEVSTACK", DEVSTACK)
    with ExitStack() as stack:
        http = stack.enter_context(reach("lockstep-supabase", namespace, 54321))
        postgres = stack.enter_context(reach("lockstep-postgres", namespace, 5432))
        mailbox = stack.enter_context(mailbox_door(namespace))
        passwords, keys = secret("lockstep-postgres", namespace), secret("lockstep-supabase", namespace)

        def database(role: str) -> str:
            return f"postgresql://{role}:{passwords[role]}@{postgres}/postgres?sslmode=disable"

        yield Supabase(
            f"http://{http}",
            keys["publishable-key"],
            database("lockstep_router_demo-1"),
            database("lockstep_api"),
            database("postgres"),
            mailbox,
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
    """A new person, signed in; where mails are confirmed, by the link in theirs."""
    email = f"{uuid.uuid4().hex}@example.test"
    answer = _ask(where, "signup", {"email": email, "password": PASSWORD})
    if "access_token" not in answer:
        link = newest_link(where.mailbox, email)
        answer = _ask(where, "verify", {"token_hash": link.token_hash, "type": link.type})
    return _session(answer, email)


def sign_in(where: Supabase, email: str) -> Session:
    """Another session of somebody who signed up."""
    return _session(_ask(where, "token?grant_type=password", {"email": email, "password": PASSWORD}), email)


def _ask(where: Supabase, call: str, body: dict[str, str]) -> dict[str, Any]:
    answer = httpx.post(f"{where.url}/auth/v1/{call}", headers={"apikey": where.key}, json=body, timeout=20)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def _session(answer: dict[str, Any], email: str) -> Session:
    token: str = answer["access_token"]
    claims = token.split(".")[1]
    return Session(uuid.UUID(json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"]), token, email)
