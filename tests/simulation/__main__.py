"""`python -m tests.simulation --seed N --events M` plays scenarios from a seed on until so many events have happened."""

import argparse
import secrets
import sys
import time

from tests.simulation.play import PlayResult, play, shortest
from tests.simulation.random_scenarios import scenario_of
from tests.simulation.scenario import Scenario

STEPS = 60
PROGRESS = 100_000


def main() -> int:
    """Returns 0 where every invariant held in every scenario."""
    options = _options()
    seed, events, began_s = options.seed, 0, time.monotonic()
    failed = 0
    while events < options.events and failed < options.failures:
        scenario = scenario_of(seed, options.steps)
        outcome = play(scenario)
        if (events + outcome.events) // PROGRESS > events // PROGRESS:
            print(f"seeds {options.seed}..{seed}: {events + outcome.events} events so far", file=sys.stderr, flush=True)
        events += outcome.events
        if outcome.problem:
            failed += 1
            print(f"seed {seed} fails: {outcome.problem[:200]}", file=sys.stderr, flush=True)
            print(explain(scenario, outcome, options.shrink), flush=True)
        seed += 1
    spent_s = time.monotonic() - began_s
    print(f"seeds {options.seed}..{seed - 1}: {events} events in {spent_s:.1f} s, {events / spent_s:.0f}/s, {failed} failed")
    return 1 if failed else 0


def explain(scenario: Scenario, outcome: PlayResult, shrink: bool = True) -> str:
    """Describes a failure: the seed, the shortest scenario that fails in the same way, and what is wrong at its end."""
    shortened = shortest(scenario, outcome) if shrink else scenario
    result = play(shortened)
    head = f"--- seed {scenario.seed}, {len(scenario.steps)} steps, shortest {len(shortened.steps)}"
    return f"{head}\n{shortened}\n  => {result.problem}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--events", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each story")
    parser.add_argument("--failures", type=int, default=1, help="stop after so many failing stories")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
