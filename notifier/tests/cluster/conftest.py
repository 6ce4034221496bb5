"""A database of the tests' own, and real receivers."""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from notifier.tests.cluster.workers import Database
from notifier.tests.receivers import Mailbox, Receiver, mail_server, receiver
from tests.stack.scratch import scratch_database


@pytest.fixture(scope="session")
def _url() -> Iterator[str]:
    with scratch_database() as url:
        yield url


@pytest.fixture
async def database(_url: str) -> AsyncIterator[Database]:
    """The database, without people."""
    connection = await asyncpg.connect(_url)
    try:
        await connection.execute("delete from auth.users")
        yield Database(_url, connection)
    finally:
        await connection.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as found:
        yield found
