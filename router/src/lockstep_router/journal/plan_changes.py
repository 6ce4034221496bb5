"""What differs between two plans, for the loop: it must not take in again what it knows already."""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from lockstep_router.journal.ipc import AccountRow, CompiledCopier, PlanMessage

Row = TypeVar("Row", AccountRow, CompiledCopier)


def changes(before: PlanMessage, now: PlanMessage) -> PlanMessage | None:
    """The message that changes the plan `before` into the plan `now`, both whole. None if the loop need not know.

    Links and guards are only those of new copiers, because the loop knows the others better itself; those that a manual
    request is about, because the loop may have forgotten them; and guards that a user wants to reset.
    """
    accounts = [row for row, known in _beside(now.accounts, before.accounts) if known is None or _is_other(row, known)]
    copiers = [row for row, known in _beside(now.copiers, before.copiers) if known is None or row != known]
    gone = [*_gone(before.accounts, now.accounts), *_gone(before.copiers, now.copiers)]
    asked = {request.id for request in now.requests} != {request.id for request in before.requests}
    if not (accounts or copiers or gone or asked or now.refused != before.refused or _resets(now) != _resets(before)):
        return None
    new, links = followed(now) - followed(before), {request.link for request in now.requests}
    return PlanMessage(
        now.number,
        accounts,
        copiers,
        [link for link in now.links if link.copier in new or link.link in links],
        [guard for guard in now.guards if guard.copier in new or guard.requested_resets > guard.resets],
        now.requests,
        now.refused,
        before.number,
        gone,
    )


def _beside(rows: Iterable[Row], others: Iterable[Row]) -> Iterable[tuple[Row, Row | None]]:
    known = {row.id: row for row in others}
    return ((row, known.get(row.id)) for row in rows)


def _gone(before: Sequence[Row], now: Sequence[Row]) -> set[UUID]:
    return {row.id for row in before} - {row.id for row in now}


def _is_other(row: AccountRow, known: AccountRow) -> bool:
    """Whether an account changed in a way that the loop must be told. It knows the epochs earlier than the database."""
    return _without_epoch(row) != _without_epoch(known)


def _without_epoch(row: AccountRow) -> tuple[object, ...]:
    return (row.user_id, row.login, row.role, row.mode, row.move)


def followed(plan: PlanMessage) -> set[UUID]:
    """The copiers whose two accounts are in the plan and stay on this shard. The loop may forget the copies of other copiers
    at any time.
    """
    accounts = staying(plan)
    return {row.id for row in plan.copiers if row.master in accounts and row.slave in accounts}


def staying(plan: PlanMessage) -> set[UUID]:
    """The accounts of a plan that stay on this shard."""
    return {row.id for row in plan.accounts if not row.move}


def _resets(plan: PlanMessage) -> set[tuple[UUID, str, int]]:
    return {(g.copier, g.guard, g.requested_resets) for g in plan.guards if g.requested_resets > g.resets}
