"""The notifier as a process of its own, on a database of its own."""

import asyncio
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg

from notifier.tests.receivers import Mailbox, Receiver
from notifier.tests.samples import SECRET, SITE

ALERT = """
insert into public.alerts (user_id, kind, severity, data)
select p.id, $2, $3, '{"label": "Main"}' from unnest($1::uuid[]) p (id)
"""
LEASE_S = 3
ENDS_S = 20


class Database:
    """What tests put into the database and find there."""

    def __init__(self, url: str, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.url = url
        self._connection = connection

    def by(self, url: str) -> "Database":
        """The same by another way, for a notifier."""
        return Database(url, self._connection)

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of one statement."""
        return await self._connection.fetch(query, *arguments)

    async def person(self) -> uuid.UUID:
        """A new person with an address."""
        (person,) = await self.people(1)
        return person

    async def people(self, count: int) -> list[uuid.UUID]:
        """New people with addresses."""
        rows = await self.rows(
            """insert into auth.users (id, email, aud, role)
            select u.id, u.id || '@example.test', 'authenticated', 'authenticated'
            from (select gen_random_uuid() as id from generate_series(1, $1)) u returning id""",
            count,
        )
        return [row["id"] for row in rows]

    async def webhook(self, person: uuid.UUID, url: str) -> uuid.UUID:
        """A webhook of a person."""
        (row,) = await self.rows(
            "insert into private.webhooks (user_id, url, secret) values ($1, $2, $3) returning id", person, url, SECRET
        )
        found: uuid.UUID = row["id"]
        return found

    async def alert(self, *people: uuid.UUID, severity: str = "now", kind: str = "needs_you") -> None:
        """Something happens to these people."""
        await self.rows(ALERT, list(people), kind, severity)

    async def settled(self, seconds: float = ENDS_S) -> list[asyncpg.Record]:
        """All rows, once each is sent or given up. Fails if that takes longer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            rows = await self.rows("select * from private.outbox order by id")
            if all(row["sent_at"] or row["dead_at"] for row in rows):
                return rows
            await asyncio.sleep(0.1)
        left = [dict(row) for row in rows if not (row["sent_at"] or row["dead_at"])][:3]
        raise AssertionError(f"not settled: {left}")


class Notifier:
    """The process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def kill(self) -> None:
        """Ends it as a node that dies would."""
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """Ends it as Kubernetes does, and returns its status."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(ENDS_S)

    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None


def variables(database: Database, mailbox: Mailbox | None, more: dict[str, str]) -> dict[str, str]:
    """Its environment. It has the rights of its own role alone."""
    separator = "&" if "?" in database.url else "?"
    given = {
        "DATABASE_URL": f"{database.url}{separator}role=lockstep_notifier",
        "SITE_URL": SITE,
        "SMTP_HOST": "127.0.0.1" if mailbox else "",
        "SMTP_PORT": str(mailbox.port if mailbox else 1),
        "SMTP_TLS": "none",
        "SMTP_TIMEOUT_S": "0.5",
        "WEBHOOK_TIMEOUT_S": "2",
        "WEBHOOK_NETWORKS": '["127.0.0.0/8"]',
        "LEASE_S": str(LEASE_S),
        "METRICS_PORT": "0",
        **more,
    }
    return {**os.environ, **{f"LOCKSTEP_{name}": value for name, value in given.items()}}


@contextmanager
def notifier(database: Database, mailbox: Mailbox | None = None, **more: str) -> Iterator[Notifier]:
    """A notifier that runs while the block does."""
    command: Sequence[str] = (sys.executable, "-m", "lockstep_notifier")
    process = subprocess.Popen(command, env=variables(database, mailbox, more), stdout=subprocess.DEVNULL, text=True)
    try:
        yield Notifier(process)
    finally:
        process.kill()
        process.wait()


def names(mailbox: Mailbox) -> list[str]:
    """The names of all mails that came."""
    return [mail["Message-ID"] for mail in mailbox.mails]


def messages(program: Receiver) -> list[str]:
    """The names of all messages that came."""
    return [call.headers["webhook-id"] for call in program.calls]
