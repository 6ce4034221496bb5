"""Who owns a row that the router cannot use is told why, until it can; so is who is shut out after a fault."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from lockstep_core.accounts import AccountState
from lockstep_core.resources.reasons import Reason
from lockstep_router.journal import database, plan_refusals
from lockstep_router.journal.ipc import AccountRow, Batch, PlanMessage, PlanRows, Refusal, RefusedCopier
from lockstep_router.journal.plan_rows import PlanCompiler
from lockstep_router.journal.records import AccountStateRow

from .database_users import DatabaseUser, metric
from .real_router import SHARD, RouterProcess, until

USER, SLAVE, COPIER = UUID(int=99), UUID(int=2), UUID(int=1000)
SIZING = {"code": "bad_settings", "params": {"setting": "sizing"}}
REFUSED = RefusedCopier(COPIER, USER, SLAVE, 1, Refusal("bad_settings", {"setting": "sizing"}))


def changed(known: dict[UUID, Any], *refused: RefusedCopier) -> list[tuple[Any, ...]]:
    rows = PlanRows([], [], refusals=known)
    return [
        change.arguments for change in plan_refusals.changes_of(rows, PlanMessage(1, [], [], refused=list(refused)), set())
    ]


def test_only_what_people_are_not_told_yet_is_written() -> None:
    assert changed({}, REFUSED) == [(COPIER, json.dumps(SIZING))]
    assert changed({COPIER: SIZING}, REFUSED) == []
    assert changed({COPIER: {"code": "of another version", "params": {}}}, REFUSED) == [(COPIER, json.dumps(SIZING))]
    assert changed({COPIER: SIZING}) == [(COPIER, None)]
    assert changed({}) == []


class Person:
    """A user of a real database, and what the router's writer does with a plan of theirs."""

    def __init__(self, user: DatabaseUser) -> None:
        self._user = user
        self._compiler = PlanCompiler()

    async def plan(self, role: str = "slave") -> tuple[int, list[tuple[object, str]]]:
        """Reads a plan and tells people of it: how many statements that took, and what the database refused. `role` is what
        the slave's row says: a database that is younger than the router may know more roles.
        """
        await self._user.play_the_router()
        rows = await database.read_plan(self._user.connection, SHARD)
        accounts = [
            AccountRow(a.id, a.user_id, a.login, role if a.id == self._user.slave else a.role, 0) for a in rows.accounts
        ]
        rows = PlanRows(accounts, rows.copiers, refusals=rows.refusals, unreadable=rows.unreadable)
        plan, _ = self._compiler.message(rows)
        changes = plan_refusals.changes_of(rows, plan, self._compiler.unreadable)
        refused = await plan_refusals.report(self._user.connection, changes)
        await self._user.connection.execute("reset role")
        return len(changes), [(change, code) for change, code in refused]

    async def refusal(self) -> Any:
        text = await self._user.connection.fetchval("select refusal from public.copiers where id = $1", self._user.copier)
        return None if text is None else json.loads(text)

    async def comes_to(self, refusal: Any) -> bool:
        """Whether the owner is told this before long."""
        for _ in range(500):
            if await self.refusal() == refusal:
                return True
            await asyncio.sleep(0.02)
        return False

    async def alerts(self) -> list[tuple[str, UUID | None]]:
        rows = await self._user.connection.fetch(
            "select kind, coalesce(copier_id, account_id) as about from public.alerts where user_id = $1", self._user.user_id
        )
        return [(row["kind"], row["about"]) for row in rows]

    async def set_sizing(self, mode: str) -> None:
        await self._user.connection.execute(
            "update public.copiers set settings = $2::jsonb where id = $1",
            self._user.copier,
            json.dumps({"sizing": {"mode": mode}}),
        )

    async def state(self) -> tuple[str, str]:
        row = await self._user.connection.fetchrow(
            "select state, state_reason from public.trading_accounts where id = $1", self._user.slave
        )
        assert row is not None
        return row["state"], row["state_reason"]


@pytest.fixture
async def person(user: DatabaseUser) -> Person:
    await user.create_copier()
    return Person(user)


@pytest.mark.cluster
async def test_a_copier_that_is_refused_says_so_until_a_later_plan_can_use_it(person: Person, user: DatabaseUser) -> None:
    assert await person.plan() == (0, [])
    await person.set_sizing("martingale")
    assert await person.plan() == (1, [])
    assert await person.refusal() == SIZING
    assert await person.alerts() == [("copier_refused", user.copier)]
    assert await person.plan() == (0, [])
    await person.set_sizing("none")
    assert await person.plan() == (1, [])
    assert await person.refusal() is None
    assert await person.plan() == (0, [])


@pytest.mark.cluster
async def test_an_account_that_cannot_be_read_says_so_until_a_later_plan_can(person: Person, user: DatabaseUser) -> None:
    assert await person.plan(role="juggler") == (1, [])
    assert await person.state() == (AccountState.FAILED, Reason.ROW_UNREADABLE)
    assert await person.alerts() == [("needs_you", user.slave)]
    assert await person.plan(role="juggler") == (0, [])
    assert await person.plan() == (1, [])
    assert await person.state() == (AccountState.DISCONNECTED, Reason.BRIDGE_LOST)
    assert await person.alerts() == [("needs_you", user.slave)]
    assert await person.plan() == (0, [])


@pytest.mark.cluster
async def test_a_running_router_tells_and_takes_back(router: RouterProcess, person: Person) -> None:
    await person.set_sizing("martingale")
    assert await person.comes_to(SIZING)
    until([], lambda: metric(router, "lockstep_router_copiers_refused") == 1)
    await person.set_sizing("none")
    assert await person.comes_to(None)


@pytest.mark.cluster
async def test_an_account_that_is_shut_out_after_a_fault_alerts_its_owner(user: DatabaseUser) -> None:
    person = Person(user)
    await user.play_the_router()
    state = AccountStateRow(user.slave, 1, AccountState.DISCONNECTED, Reason.QUARANTINED, "", 0)
    assert await database.write_batch(user.connection, Batch(user.slave.int % 2**60, 1, 0, [state])) == []
    await user.connection.execute("reset role")
    assert await person.alerts() == [("quarantined", user.slave)]
