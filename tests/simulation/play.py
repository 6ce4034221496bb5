"""Plays stories, and finds the shortest one that still fails."""

import traceback
from collections import Counter
from collections.abc import Callable

import msgspec

from tests.simulation.agenda import MS, SECOND
from tests.simulation.exercised import exercised
from tests.simulation.scenes import Broken
from tests.simulation.story import REST, Step, Story
from tests.simulation.world import World

QUIET_NS = 200 * SECOND
LOOK_NS = SECOND
STORM = 20_000


class Outcome(msgspec.Struct, frozen=True):
    """`problem` is empty where all rules held; `kind` tells one sort of failure from another.

    `copies` counts how the rows of links ended: their status and reason; `exercised` what was really at work.
    """

    events: int
    seconds: float
    problem: str = ""
    kind: str = ""
    copies: dict[str, int] = {}
    exercised: dict[str, int] = {}


def play(story: Story) -> Outcome:
    """The story, and then peace until everything is quiet and right, or too much time has gone by."""
    world = World(story)
    start_ns = world.agenda.now_ns
    try:
        problem = _go_through(world, story)
        kind = "not at rest" if problem else ""
    except Broken as broken:
        problem, kind = str(broken), "broken"
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is a finding
        problem, kind = "".join(traceback.format_exception(error)), type(error).__name__
    ended = Counter(f"{row.status} {row.reason or ''}".strip() for row in world.database.copies.values())
    spent_s = (world.agenda.now_ns - start_ns) / SECOND
    return Outcome(
        world.events, spent_s, problem, kind, dict(ended), dict(exercised(world.rules.scene, world.rules.guarded))
    )


def _go_through(world: World, story: Story) -> str:
    start_ns = world.agenda.now_ns
    for step in story.steps:
        world.agenda.run_until(start_ns + step.at_ms * MS)
        if step.kind == REST:
            before_ns = world.agenda.now_ns
            problem = _come_to_rest(world)
            if problem:
                return problem
            start_ns += world.agenda.now_ns - before_ns
        else:
            world.do(step)
    return _come_to_rest(world)


def _come_to_rest(world: World) -> str:
    world.agenda.run_until(world.agenda.now_ns + SECOND)
    world.heal()
    end_ns, last = world.agenda.now_ns + QUIET_NS, world.events + STORM
    problems: list[str] = ["nothing was looked at"]
    while problems and world.agenda.now_ns < end_ns:
        if world.events > last:
            return "\n".join(["messages go to and fro without end", *problems])
        world.agenda.run_until(world.agenda.now_ns + LOOK_NS)
        problems = world.rules.problems() if world.router.quiet else ["the router is still busy"]
    return "\n".join(problems)


def shortest(story: Story, outcome: Outcome, fails: Callable[[Story], Outcome] = play) -> Story:
    """The story with as few steps as still fail in the same way (delta debugging over its steps)."""
    steps, size = list(story.steps), max(1, len(story.steps) // 2)
    while size:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            if fails(_with(story, fewer)).kind == outcome.kind:
                steps = fewer
            else:
                at += size
        size //= 2
    return _with(story, steps)


def _with(story: Story, steps: list[Step]) -> Story:
    return msgspec.structs.replace(story, steps=tuple(steps))
