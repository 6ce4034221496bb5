"""Tells people which of their rows the plan cannot use, and takes that back once a plan can.

Only the database holds what they were told, so a router that has just started compares with it, too.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lockstep_core.accounts import AccountState
from lockstep_core.resources.reasons import Reason
from lockstep_router.journal.ipc import PlanMessage, PlanRows
from lockstep_router.journal.refusals import Connection, write_apart
from lockstep_router.journal.sql_values import json_text

_REFUSALS = """
select c.id, c.refusal::text from public.copiers c join public.trading_accounts a on a.id = c.slave_id
where a.shard = $1 and c.refusal is not null
"""
_UNREADABLE = "select id from public.trading_accounts where shard = $1 and state_reason = $2"
_REFUSE = "update public.copiers set refusal = $2::jsonb where id = $1 and refusal is distinct from $2::jsonb"
_FAIL = """
update public.trading_accounts set state = $2, state_reason = $3, state_message = '', state_at = now()
where id = $1 and state_reason is distinct from $3
"""
# Until its terminal reports more, the account counts as one that the router waits for.
_WAIT = """
update public.trading_accounts set state = $2, state_reason = $3, state_message = '', state_at = now()
where id = $1 and state_reason = $4
"""


class Change(NamedTuple):
    """A statement with its arguments, the first of which is the row's id."""

    statement: str
    arguments: tuple[UUID | str | None, ...]


async def read_refusals(connection: Connection, shard: str) -> dict[UUID, Any]:
    """What the owners of a shard's copiers are told about rows that cannot be used. Another version may have written it."""
    return {number: json.loads(refusal) for number, refusal in await connection.fetch(_REFUSALS, shard)}


async def read_unreadable(connection: Connection, shard: str) -> set[UUID]:
    """The accounts of a shard whose owners are told that their row cannot be used."""
    return {row["id"] for row in await connection.fetch(_UNREADABLE, shard, Reason.ROW_UNREADABLE)}


def changes_of(rows: PlanRows, plan: PlanMessage, unreadable: set[UUID]) -> list[Change]:
    """The updates that make the rows of copiers and accounts say exactly which of them the plan could not use."""
    refused = {copier.id: msgspec.to_builtins(copier.refusal) for copier in plan.refused}
    copiers = [number for number in refused | rows.refusals if refused.get(number) != rows.refusals.get(number)]
    failed, reason = AccountState.FAILED, Reason.ROW_UNREADABLE
    waiting = (AccountState.DISCONNECTED, Reason.BRIDGE_LOST, reason)
    return [
        *(Change(_REFUSE, (number, _json(refused.get(number)))) for number in copiers),
        *(Change(_FAIL, (number, failed, reason)) for number in sorted(unreadable - rows.unreadable)),
        *(Change(_WAIT, (number, *waiting)) for number in sorted(rows.unreadable - unreadable)),
    ]


async def report(connection: Connection, changes: Sequence[Change]) -> list[tuple[Change, str]]:
    """Writes what people must be told. Returns the updates that the database refuses, each with its SQLSTATE."""
    return await write_apart(connection, changes, _write) if changes else []


async def _write(connection: Connection, changes: Sequence[Change]) -> None:
    for change in changes:
        await connection.execute(change.statement, *change.arguments)


def _json(refusal: Any) -> str | None:
    return None if refusal is None else json_text(refusal)
