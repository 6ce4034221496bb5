"""Plays stories, and finds the shortest one that still fails."""

import traceback
from collections.abc import Callable

import msgspec

from tests.simulation.agenda import MS, SECOND
from tests.simulation.rules import Broken
from tests.simulation.story import Step, Story
from tests.simulation.world import World

QUIET_NS = 200 * SECOND
LOOK_NS = SECOND


class Outcome(msgspec.Struct, frozen=True):
    """`problem` is empty where all rules held; `kind` tells one sort of failure from another."""

    events: int
    seconds: float
    problem: str = ""
    kind: str = ""


def play(story: Story) -> Outcome:
    """The story, and then peace until everything is quiet and right, or too much time has gone by."""
    world = World(story)
    start_ns = world.agenda.now_ns
    try:
        for step in story.steps:
            world.agenda.run_until(start_ns + step.at_ms * MS)
            world.do(step)
        problem = _come_to_rest(world)
        kind = "not at rest" if problem else ""
    except Broken as broken:
        problem, kind = str(broken), "broken"
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is a finding
        problem, kind = "".join(traceback.format_exception(error)), type(error).__name__
    return Outcome(world.events, (world.agenda.now_ns - start_ns) / SECOND, problem, kind)


def _come_to_rest(world: World) -> str:
    world.agenda.run_until(world.agenda.now_ns + SECOND)
    world.heal()
    end_ns = world.agenda.now_ns + QUIET_NS
    problems: list[str] = ["nothing was looked at"]
    while problems and world.agenda.now_ns < end_ns:
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
