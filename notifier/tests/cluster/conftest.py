"""A database of the tests' own, and real receivers."""

from collections.abc import AsyncIterator, Iterator

import pytest

from notifier.tests.cluster.workers import Database
from notifier.tests.receivers import Mailbox, Receiver, mail_server, receiver
from tests.stack.scratch import scratch_database


@pytest.fixture(scope="session")
def _database() -> Iterator[Database]:
    with scratch_database() as url:
        yield Database(url)


@pytest.fixture
async def database(_database: Database) -> AsyncIterator[Database]:
    """The database, without people."""
    await _database.rows("delete from auth.users")
    yield _database
    await _database.rows("delete from auth.users")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def program() -> Iterator[Receiver]:
    with receiver() as found:
        yield found
