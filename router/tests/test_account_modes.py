"""The mode of an account says what may be copied from it and to it."""

from uuid import UUID

import pytest

from lockstep_router.journal.ipc import AccountRow, CopierRow, PlanRows
from lockstep_router.journal.plan_reader import PlanReader
from lockstep_router.journal.plan_rows import PlanCompiler

from .engine_harness import COPIER, MASTER, SLAVE, USER, EngineHarness
from .terminals import LOT

SETTINGS = '{"sizing": {"mode": "none"}}'


def set_modes(harness: EngineHarness, **modes: str) -> None:
    """Brings a plan with these modes of accounts; `on` where none is given."""
    rows = [_account(MASTER, modes.get("master", "on")), _account(SLAVE, modes.get("slave", "on"))]
    copiers = [CopierRow(COPIER, USER, MASTER, SLAVE, "on", SETTINGS, 1)]
    message, problems = PlanCompiler().message(PlanRows(rows, copiers))
    assert not problems
    plan = PlanReader().read(message)
    assert plan is not None
    harness.plan = plan
    harness.act(harness.engine.on_plan(harness.plan, (), harness.now_ns))
    harness.run()


def _account(number: UUID, mode: str) -> AccountRow:
    return AccountRow(number, USER, number.int, "both", 1, mode)


@pytest.mark.parametrize("whose", ["master", "slave"])
@pytest.mark.parametrize(("mode", "reason"), [("off", "account_off"), ("close_only", "close_only"), ("dry_run", "dry_run")])
def test_nothing_is_opened_where_an_account_is_not_on(whose: str, mode: str, reason: str) -> None:
    harness = EngineHarness()
    set_modes(harness, **{whose: mode})
    harness.master.open(LOT)
    harness.run()
    assert not harness.slave.positions
    assert harness.statuses() == [("skipped", reason)]


@pytest.mark.parametrize("whose", ["master", "slave"])
@pytest.mark.parametrize(("mode", "left"), [("off", 1), ("close_only", 0), ("dry_run", 0)])
def test_what_is_open_is_followed_to_its_end_unless_an_account_is_off(whose: str, mode: str, left: int) -> None:
    harness = EngineHarness()
    ticket = harness.master.open(LOT)
    harness.run()
    set_modes(harness, **{whose: mode})
    harness.master.close(ticket)
    harness.pass_ms(300)
    assert len(harness.slave.positions) == left
    set_modes(harness)
    harness.pass_ms(300)
    assert not harness.slave.positions
