"""Writes the rows that Postgres accepts and drops the others, so that one bad row does not block the rest."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
T = TypeVar("T")

# Classes of SQLSTATE that are about the connection, the server, the schema or other transactions: the same rows may succeed
# later. All other errors are about the rows themselves.
_NOT_ABOUT_ROWS = frozenset({"08", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57", "58", "F0"})
_ROW_POLICY = "ExecWithCheckOptions"
"""The function of Postgres that refuses a single row by a policy. Its class 42 alone could also be a missing grant."""


async def write_apart(
    connection: Connection, rows: Sequence[T], write: Callable[[Connection, Sequence[T]], Awaitable[None]]
) -> list[tuple[T, str]]:
    """Writes all rows in one transaction. If the database refuses them, writes each half by itself, down to single rows.
    Returns the single rows that it refuses, each with its SQLSTATE. Raises any other error; then the call may be repeated.
    """
    try:
        async with connection.transaction():
            await write(connection, rows)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        code = refusal_of(error)
        if code is None:
            raise
        if len(rows) == 1:
            return [(rows[0], code)]
    else:
        return []
    middle = len(rows) // 2
    before = await write_apart(connection, rows[:middle], write)
    return before + await write_apart(connection, rows[middle:], write)


def refusal_of(error: asyncpg.PostgresError | asyncpg.InterfaceError) -> str | None:
    """The SQLSTATE of an error that is about the rows; None if the same rows may succeed later."""
    if isinstance(error, asyncpg.InterfaceError):
        # If a value does not fit its parameter, the driver raises an InterfaceError that is a ValueError, too.
        return "22000" if isinstance(error, ValueError) else None
    state = str(error.sqlstate or "")
    by_policy = getattr(error, "server_source_function", None) == _ROW_POLICY
    return state if by_policy or state[:2] not in _NOT_ABOUT_ROWS else None
