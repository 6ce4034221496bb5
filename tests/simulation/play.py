"""Plays scenarios, and finds the shortest one that still fails."""

import traceback
from collections import Counter
from collections.abc import Callable

import msgspec

from tests.simulation.coverage import coverage
from tests.simulation.evidence import InvariantViolated
from tests.simulation.scenario import REST, Scenario, Step
from tests.simulation.scheduler import MS, SECOND
from tests.simulation.world import SimulatedWorld

QUIET_NS = 200 * SECOND
CHECK_NS = SECOND
MOST_EVENTS_AT_REST = 20_000
"""So many events without a deal mean that messages go to and fro without end. Hundreds of orders may wait for the one loop
of an MT4 program, and each is asked about every few seconds until its deal, so a count of events alone proves nothing.
"""


class PlayResult(msgspec.Struct, frozen=True):
    """How a scenario ended. `problem` is empty if all invariants held; `kind` tells kinds of failures apart.

    `copies` counts the rows of links by status and reason; `coverage` has the rules that applied.
    """

    events: int
    seconds: float
    problem: str = ""
    kind: str = ""
    copies: dict[str, int] = {}
    coverage: dict[str, int] = {}


def play(scenario: Scenario) -> PlayResult:
    """Plays a scenario. Then waits without faults until nothing is wrong, or until the time is up."""
    world = SimulatedWorld(scenario)
    start_ns = world.scheduler.now_ns
    try:
        problem = _go_through(world, scenario)
        kind = "not at rest" if problem else ""
    except InvariantViolated as broken:
        problem, kind = str(broken), "broken"
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is a finding
        problem, kind = "".join(traceback.format_exception(error)), type(error).__name__
    ended = Counter(f"{row.status} {row.reason or ''}".strip() for row in world.database.copies.values())
    spent_s = (world.scheduler.now_ns - start_ns) / SECOND
    return PlayResult(
        world.events,
        spent_s,
        problem,
        kind,
        dict(ended),
        dict(coverage(world.invariants.evidence, world.invariants.guard_invariants)),
    )


def _go_through(world: SimulatedWorld, scenario: Scenario) -> str:
    start_ns = world.scheduler.now_ns
    for step in scenario.steps:
        world.scheduler.run_until(start_ns + step.at_ms * MS)
        if step.kind == REST:
            before_ns = world.scheduler.now_ns
            problem = _come_to_rest(world)
            if problem:
                return problem
            start_ns += world.scheduler.now_ns - before_ns
        else:
            world.do(step)
    return _come_to_rest(world)


def _come_to_rest(world: SimulatedWorld) -> str:
    world.scheduler.run_until(world.scheduler.now_ns + SECOND)
    world.heal()
    end_ns, deals, moved = world.scheduler.now_ns + QUIET_NS, world.deals, world.events
    problems: list[str] = ["nothing was checked"]
    while problems and world.scheduler.now_ns < end_ns:
        if world.deals > deals:
            deals, moved = world.deals, world.events
        if world.events > moved + MOST_EVENTS_AT_REST:
            return "\n".join(["messages go to and fro without end", *problems])
        world.scheduler.run_until(world.scheduler.now_ns + CHECK_NS)
        problems = world.invariants.problems() if world.router.quiet else ["the router is still busy"]
    return "\n".join(problems)


def shortest(scenario: Scenario, outcome: PlayResult, fails: Callable[[Scenario], PlayResult] = play) -> Scenario:
    """The scenario with the fewest steps that still fails in the same way (delta debugging over its steps)."""
    steps, size = list(scenario.steps), max(1, len(scenario.steps) // 2)
    while size:
        at = 0
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            if fails(_with(scenario, fewer)).kind == outcome.kind:
                steps = fewer
            else:
                at += size
        size //= 2
    return _with(scenario, steps)


def _with(scenario: Scenario, steps: list[Step]) -> Scenario:
    return msgspec.structs.replace(scenario, steps=tuple(steps))
