"""However often rows change, reading the plan takes a tenth of the time at most, and no change is missed."""

import asyncio
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lockstep_router.process.plan_pace import LONGEST_REST_S, REST, SETTLE_S, PlanPace
from lockstep_router.process.settings import from_environment
from lockstep_router.process.writer import Writer


@given(st.lists(st.tuples(st.floats(0, 0.2), st.floats(0.001, 0.4)), min_size=1, max_size=60))
def test_readings_take_a_tenth_of_the_time_and_every_change_is_read(steps: list[tuple[float, float]]) -> None:
    """Each step is a change, after a while, and how long the next reading takes."""
    now_s = 0.0
    pace = PlanPace(lambda: now_s)
    due_s: float | None = None
    ended_s, took_before_s = -100.0, 0.0
    for gap_s, takes_s in steps:
        now_s += gap_s
        if due_s is not None and now_s >= due_s:
            now_s = due_s
            pace.on_due()
            assert now_s - ended_s >= min(REST * took_before_s, LONGEST_REST_S) - 1e-9
            now_s += takes_s
            pace.on_read(takes_s)
            due_s, ended_s, took_before_s = None, now_s, takes_s
        after_s = pace.on_change()
        assert (after_s is None) == (due_s is not None)
        if after_s is not None:
            assert SETTLE_S <= after_s <= LONGEST_REST_S
            due_s = now_s + after_s


def test_after_a_quiet_time_a_change_is_read_at_once() -> None:
    now_s = 0.0
    pace = PlanPace(lambda: now_s)
    pace.on_read(0.2)
    now_s += REST * 0.2
    assert pace.on_change() == SETTLE_S


async def test_a_flood_of_changes_after_a_long_reading_is_waited_for_once(tmp_path: Path) -> None:
    env = {"LOCKSTEP_RUNTIME_DIR": str(tmp_path), "LOCKSTEP_DATABASE_URL": "postgresql://nobody@127.0.0.1/none"}
    writer = Writer(from_environment(env), os.getppid())
    writer._pace.on_read(0.05)
    for _ in range(1_000):
        writer._on_change()
    await asyncio.sleep(4 * SETTLE_S)
    assert not writer._plan_wanted.is_set()
    await asyncio.wait_for(writer._plan_wanted.wait(), 10 * REST * 0.05)
    writer._context.destroy(linger=0)
