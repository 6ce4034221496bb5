"""Slaves whose brokers limit the lots of a symbol in one direction. The broker enforces the limit, and the invariants take
what it had room for as the whole copy.
"""

from random import Random

import pytest

from lockstep_core.decision import opening
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.play import play
from tests.simulation.scenario import FAULTS, REST, CopierSpec, Scenario, Step

LOT = 10**8
CENT = LOT // 100
MASTER = (ListedSymbol("EURUSD", 5, CENT, CENT, 100 * LOT),)
SLAVE = (ListedSymbol("EURUSD", 5, CENT, CENT, 100 * LOT, volume_limit=2 * LOT),)


def scenario(seed: int, faults: bool = False) -> Scenario:
    """Trades of up to one and a half lots, one after the other, some of them pending first, some closed or reduced again."""
    rng = Random(seed)  # noqa: S311
    steps, at_ms, open_keys = [], 5_000, list[int]()
    for key in range(1, rng.randint(4, 7)):
        lots = rng.randint(10, 150) * CENT
        if rng.random() < 0.2:
            steps.append(Step(at_ms, "place", 0, key, lots, "EURUSD", 0, 0.0, 0.0, 0, 1.05, rng.randint(2, 5), 0))
        else:
            steps.append(Step(at_ms, "open", 0, key, lots, "EURUSD", int(rng.random() < 0.2)))
            open_keys.append(key)
        at_ms += 7_000
        if open_keys and rng.random() < 0.5:
            kind = rng.choice(("close", "reduce"))
            chosen = rng.choice(open_keys)
            steps.append(Step(at_ms, kind, 0, chosen, 50))
            if kind == "close":
                open_keys.remove(chosen)
            at_ms += 7_000
    if faults:
        steps += [Step(rng.randint(5_000, at_ms), rng.choice(FAULTS), rng.randint(0, 1), amount=1_500) for _ in range(3)]
        steps.sort(key=lambda step: step.at_ms)
        steps.append(Step(at_ms, REST))
    settings = {"pending": {"mode": "copy"}} if rng.random() < 0.5 else {}
    copier = CopierSpec(0, 1, 0, rng.choice((50, 100, 130)), copy_stops=True, age_ms=5_000, settings=settings)
    kinds = (AccountKind.HEDGING, rng.choice((AccountKind.HEDGING, AccountKind.NETTING)))
    return Scenario(seed, 2, 50_000, (copier,), tuple(steps), (MASTER, SLAVE), kinds)


@pytest.mark.parametrize("seed", range(12))
def test_copies_have_what_the_broker_had_room_for(seed: int) -> None:
    played = scenario(seed)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


@pytest.mark.parametrize("seed", range(100, 112))
def test_whatever_dies_meanwhile_no_more_is_open_than_fits(seed: int) -> None:
    played = scenario(seed, faults=True)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


def refused(seeds: int = 12) -> list[str]:
    """Copies that the broker refused for want of room. Without faults there are none, because the router counts the room
    itself.
    """
    return [why for seed in range(seeds) for why in play(scenario(seed)).copies if "10034" in why]


def test_nothing_is_sent_that_the_broker_has_no_room_for() -> None:
    assert refused() == []


def test_a_copy_that_is_not_cut_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "within_volume_limit", lambda _, lots: lots)
    assert refused()
