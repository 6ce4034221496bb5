"""Whatever hostile terminals report: nothing raises, their accounts keep to their bounds, and others do not notice."""

import os

import pytest

from lockstep_router.accounts.limits import MAX_OPEN, MAX_SYMBOLS
from router.tests.engine_harness import MASTER, SLAVE, EngineHarness, copier
from tests.hostile.world import HOSTILE_ACCOUNTS, HostileWorld, ordinary_commands, pass_time, trade_a_little

FRAMES = int(os.environ.get("LOCKSTEP_HOSTILE_FRAMES", "20000"))
SEED = int(os.environ.get("LOCKSTEP_HOSTILE_SEED", "1"))
PER_RUN = 5_000
PER_STEP = 60


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(SEED, SEED + max(1, FRAMES // PER_RUN)))
def test_hostile_frames_raise_nothing_and_change_nobody_elses_commands(seed: int) -> None:
    hostile, alone = HostileWorld(seed), EngineHarness(copier({"sizing": {"mode": "none"}}))
    step = 0
    while hostile.hostile_frames < PER_RUN:
        for _ in range(PER_STEP // 5):
            hostile.attack()
        duration_ms = (20, 200, 1500, 6000)[step % 4]
        for world in (hostile, alone):
            trade_a_little(world, step)
            pass_time(world, duration_ms)
        step += 1
        assert hostile.engine.faults == 0, [e for e in hostile.journal if getattr(e, "kind", "") == "fault"]
        within_bounds(hostile)
    assert ordinary_commands(hostile) == ordinary_commands(alone)
    assert len(ordinary_commands(alone)) >= step
    assert hostile.engine.passed_over > 0


def within_bounds(world: HostileWorld) -> None:
    for account in HOSTILE_ACCOUNTS:
        tracked = world.engine.accounts[account]
        assert len(tracked.book.positions) + len(tracked.book.orders) <= MAX_OPEN
        assert len(tracked.specs) <= MAX_SYMBOLS
    ordinary = [world.engine.accounts[account] for account in (MASTER, SLAVE)]
    assert all(tracked.session is not None for tracked in ordinary)
