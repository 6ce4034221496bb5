"""Decisions on one link, of which valgrind counts the instructions, kind by kind. `tests.bench.instructions` runs it.

usage: python counted_decision.py MARKS ROUNDS
"""

import ctypes
import gc
import sys
from collections.abc import Callable

import msgspec

from core.bench.engine import TYPICAL
from core.bench.world import EVERYTHING, RICH, Case, Event, Follower, World
from lockstep_core.decision.target import Target

WARM_UP = 50
"""So many decisions come before: Python fits its code to what it sees."""
KINDS: dict[str, tuple[Callable[[World, Follower, Event], Case], dict[str, object]]] = {
    "plain": (World.opening, {}),
    "rich": (World.opening, RICH),
    "everything": (World.opening, EVERYTHING),
    "close": (World.closing, RICH),
    "stops": (World.moving, RICH),
}


def main(marks: str, rounds: int) -> None:
    """Callgrind writes a file for each kind, in this order. Ends with an error where a decision has no target."""
    counted = ctypes.CDLL(marks)
    worlds = {kind: _cases(kind, rounds) for kind in KINDS}
    gc.collect()
    gc.freeze()
    gc.disable()
    for world, cases in worlds.values():
        for number, case in enumerate(cases):
            if number == WARM_UP:
                counted.begin()
            decision = world.decided(case)
            if not isinstance(decision, Target):
                raise AssertionError(f"expected a target, not {decision}")
        counted.end()


def _cases(kind: str, rounds: int) -> tuple[World, list[Case]]:
    """Each case has quotes of its own: those of a world's follower are replaced with each event."""
    make, settings = KINDS[kind]
    world, cases = World(seed=7), list[Case]()
    follower = world.follower(1, TYPICAL, settings)
    for _ in range(WARM_UP + rounds):
        quotes = dict(follower.quotes)
        slave = msgspec.structs.replace(follower.slave, quotes=quotes)
        cases.append(make(world, msgspec.structs.replace(follower, slave=slave, quotes=quotes), world.event()))
    return world, cases


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
