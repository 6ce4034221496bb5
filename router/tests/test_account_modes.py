"""What may be copied from an account and to it, as its row says."""

from uuid import UUID

import pytest

from lockstep_router.journal.ipc import AccountRow, CopierRow, PlanNews
from lockstep_router.journal.plan_rows import plan_of

from .terminals import LOT
from .worlds import COPIER, MASTER, SLAVE, USER, World

SETTINGS = '{"sizing": {"mode": "none"}}'


def set_modes(world: World, **modes: str) -> None:
    """The plan comes with these modes of accounts, `on` where none is given."""
    rows = [_account(MASTER, modes.get("master", "on")), _account(SLAVE, modes.get("slave", "on"))]
    copiers = [CopierRow(COPIER, USER, MASTER, SLAVE, "on", SETTINGS, 1)]
    world.plan, problems = plan_of(PlanNews(rows, copiers, []))
    assert not problems
    world.act(world.engine.on_plan(world.plan, (), world.now_ns))
    world.run()


def _account(number: UUID, mode: str) -> AccountRow:
    return AccountRow(number, USER, number.int, "both", 1, mode)


@pytest.mark.parametrize("whose", ["master", "slave"])
@pytest.mark.parametrize(("mode", "reason"), [("off", "account_off"), ("close_only", "close_only"), ("dry_run", "dry_run")])
def test_nothing_is_opened_where_an_account_is_not_on(whose: str, mode: str, reason: str) -> None:
    world = World()
    set_modes(world, **{whose: mode})
    world.master.open(LOT)
    world.run()
    assert not world.slave.held
    assert world.statuses() == [("skipped", reason)]


@pytest.mark.parametrize("whose", ["master", "slave"])
@pytest.mark.parametrize(("mode", "left"), [("off", 1), ("close_only", 0), ("dry_run", 0)])
def test_what_is_open_is_followed_to_its_end_unless_an_account_is_off(whose: str, mode: str, left: int) -> None:
    world = World()
    ticket = world.master.open(LOT)
    world.run()
    set_modes(world, **{whose: mode})
    world.master.close(ticket)
    world.pass_ms(300)
    assert len(world.slave.held) == left
    set_modes(world)
    world.pass_ms(300)
    assert not world.slave.held
