"""A change of the plan costs what changed: copiers of others are neither looked at nor told anything."""

from uuid import UUID

import msgspec

from lockstep_core.market.money import Prices
from lockstep_core.wire.enums import Action

from .engine_harness import MASTER, SLAVE, EngineHarness, copier
from .terminals import LOT

OTHER, THIRD = UUID(int=3), UUID(int=4)
OTHERS = UUID("aaaaaaaa-0000-0000-0000-000000000002")
THIRDS = UUID("aaaaaaaa-0000-0000-0000-000000000003")
WIDE, NARROW = Prices(1.1, 1.2), Prices(1.1, 1.1001)
SPREAD = {"sizing": {"mode": "none"}, "max_spread_points": 30}


def a_harness() -> EngineHarness:
    """Two slaves whose spread is too wide to open, and one that is no slave yet."""
    harness = EngineHarness(copier(SPREAD), copier(SPREAD, slave=OTHER, number=OTHERS), copier(slave=THIRD, number=THIRDS))
    for slave in (SLAVE, OTHER):
        harness.quotes[slave]["EURUSD"] = WIDE
    harness.master.open(LOT)
    harness.run()
    for slave in (SLAVE, OTHER):
        harness.quotes[slave]["EURUSD"] = NARROW
    return harness


def orders(harness: EngineHarness) -> list[int]:
    return [len(harness.terminals[slave].orders) for slave in (SLAVE, OTHER, THIRD)]


def apply(harness: EngineHarness) -> None:
    harness.act(harness.engine.on_plan(harness.plan, (), harness.now_ns))
    harness.run()


def test_what_one_user_changes_is_looked_at_and_nothing_else() -> None:
    harness = a_harness()
    copiers = dict(harness.plan.copiers)
    copiers[OTHERS] = msgspec.structs.replace(copiers[OTHERS], version=2)
    harness.plan = msgspec.structs.replace(harness.plan, copiers=copiers)
    assert orders(harness) == [0, 0, 1]
    apply(harness)
    assert orders(harness) == [0, 1, 1]


def test_a_copier_whose_account_changed_is_looked_at() -> None:
    harness = a_harness()
    accounts = dict(harness.plan.accounts)
    accounts[SLAVE] = msgspec.structs.replace(accounts[SLAVE], login=accounts[SLAVE].login)
    harness.plan = msgspec.structs.replace(harness.plan, accounts=accounts)
    apply(harness)
    assert orders(harness) == [1, 0, 1]
    accounts[MASTER] = msgspec.structs.replace(accounts[MASTER], login=accounts[MASTER].login)
    apply(harness)
    assert orders(harness) == [1, 1, 1]


def test_the_same_plan_again_changes_nothing_and_a_copier_that_is_gone_is_forgotten() -> None:
    harness = a_harness()
    apply(harness)
    assert orders(harness) == [0, 0, 1]
    assert harness.engine.followed == 3
    copiers = {number: found for number, found in harness.plan.copiers.items() if number != THIRDS}
    harness.plan = msgspec.structs.replace(harness.plan, copiers=copiers)
    apply(harness)
    assert harness.engine.followed == 2
    harness.master.close(next(iter(harness.master.positions)))
    harness.run()
    assert [order.action for order in harness.terminals[THIRD].orders] == [Action.OPEN]
