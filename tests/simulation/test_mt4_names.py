"""MT4 slaves whose programs lose their files, and links with the same magic number: no copy is doubled, lost or mistaken."""

import os
from collections import Counter
from random import Random

import pytest

from tests.simulation.__main__ import explain
from tests.simulation.broker_data import AccountKind
from tests.simulation.play import play
from tests.simulation.scenario import CopierSpec, Scenario, Step

EVENTS = int(os.environ.get("LOCKSTEP_SIMULATION_EVENTS", "60000"))
FAULTS = ("kill_router", "replace_pod", "replace_pod", "kill_terminal", "lose_database")
LONGEST_MS = 4_000
RARE = "MT4 copy doubted"
MOST_SCENARIOS = 120
"""The number of scenarios for rare events, however few events are asked for."""


def names_scenario(seed: int) -> Scenario:
    """Few symbols, many similar copies, and a new pod or router every few seconds."""
    rng = Random(f"names {seed}")  # noqa: S311 - a seeded scenario, no secret
    kinds = (rng.choice((AccountKind.HEDGING, AccountKind.MT4)), AccountKind.MT4)
    settings = {"pending": {"mode": rng.choice(("copy", "at_market"))}}
    copier = CopierSpec(0, 1, 0, rng.choice((50, 100)), True, rng.choice((5_000, 30_000)), settings)
    steps, at_ms = [Step(0, "behaviour", 1, amount=seed) for _ in range(seed % 2)], 5_000
    for key in range(40):
        at_ms += rng.randint(0, 1_500)
        steps.append(_step(rng, at_ms, key))
    return Scenario(seed, 2, 1_000, (copier,), tuple(steps), kinds=kinds)


def _step(rng: Random, at_ms: int, key: int) -> Step:
    chance = rng.random()
    if chance < 0.25:
        return Step(at_ms, rng.choice(FAULTS), rng.choice((0, 1, 1)), amount=rng.randint(20, LONGEST_MS))
    if chance < 0.35:
        head = (at_ms, "place", 0, key, 10_000_000, "EURUSD", 0, 0.0, 0.0, 0)
        return Step(*head, rng.choice((1.05, 1.15)), 2)
    if chance < 0.6:
        return Step(at_ms, "open", 0, key, rng.choice((10_000_000, 50_000_000)), "EURUSD")
    about = rng.randint(max(0, key - 12), key)
    if chance < 0.7:
        return Step(at_ms, rng.choice(("hand_close", "hand_reduce")), 1, about, amount=50)
    return Step(at_ms, rng.choice(("close", "reduce", "reduce", "fill", "delete")), 0, about, amount=50)


@pytest.mark.seeded
@pytest.mark.timeout(1800)
def test_a_program_that_lost_its_file_costs_no_copy_and_doubles_none() -> None:
    played, seed, counts = 0, 0, Counter[str]()
    while played < EVENTS // 2 or (counts[RARE] == 0 and seed < MOST_SCENARIOS):
        seed += 1
        scenario = names_scenario(seed)
        outcome = play(scenario)
        assert not outcome.problem, explain(scenario, outcome)
        played += outcome.events
        counts.update(outcome.coverage)
    print(f"{seed} scenarios, {played} events, {counts['MT4 copy told without its link']} told without a link")
    assert counts["MT4 copy told without its link"] > 0
    assert counts["MT4 copy renamed"] > 0
    assert counts[RARE] > 0
