"""Orders of masters that their brokers fill in several deals, with and without faults; the invariants check each order."""

from random import Random
from typing import Any

import pytest

from lockstep_core.decision import links_of
from lockstep_router.execution import copy_index, settler
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.play import play
from tests.simulation.scenario import FAULTS, REST, CopierSpec, Scenario, Step

LOT = 10**8
MARKETS = (
    (ListedSymbol("EURUSD", 5, 1_000_000, 1_000_000, 100 * LOT),),
    (ListedSymbol("EURUSD", 5, LOT, LOT, 100 * LOT),),
    (ListedSymbol("EURUSD", 5, 10_000_000, 10_000_000, 100 * LOT),),
)
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"limits": {"max_trade_volume": "1"}},
    {"limits": {"max_open_positions": 2}},
    {"limits": {"small_rest": "close"}},
    {"reverse": True},
)
KINDS = (AccountKind.HEDGING, AccountKind.NETTING)


def scenario(seed: int, faults: bool = False) -> Scenario:
    """One to three orders that fill in one to five deals each, closed in parts."""
    rng = Random(seed)  # noqa: S311
    steps, at_ms = [], 5_000
    for key in range(1, rng.randint(2, 4)):
        steps.append(Step(at_ms, "open", 0, key, rng.randint(1, 200) * LOT // 100, "EURUSD", rng.randint(0, 1)))
        for _ in range(rng.randint(0, 4)):
            at_ms += rng.choice((1, 20, 300, 2_000))
            steps.append(Step(at_ms, "more", 0, key, rng.randint(1, 200) * LOT // 100))
        for _ in range(rng.randint(0, 2)):
            at_ms += rng.randint(2_000, 4_000)
            steps.append(Step(at_ms, "reduce", 0, key, rng.choice((10, 35, 70))))
        at_ms += 4_000
        if rng.random() < 0.3:
            steps.append(Step(at_ms, "close", 0, key))
        at_ms += 4_000
    if faults:
        steps += [Step(rng.randint(5_000, at_ms), rng.choice(FAULTS), rng.randint(0, 1), amount=1_500) for _ in range(3)]
        steps.sort(key=lambda step: step.at_ms)
        steps.append(Step(at_ms, REST))
    kinds = (rng.choice(KINDS), rng.choice(KINDS))
    percent, fixed = rng.choice(((50, 0), (30, 0), (100, 0), (5, 0), (0, 30_000_000)))
    copier = CopierSpec(0, 1, fixed, percent, copy_stops=True, age_ms=5_000, settings=rng.choice(SETTINGS))
    return Scenario(seed, 2, 50_000, (copier,), tuple(steps), (MARKETS[0], rng.choice(MARKETS)), kinds)


@pytest.mark.parametrize("seed", range(40))
def test_the_copies_of_an_order_add_up_to_what_the_whole_order_gives(seed: int) -> None:
    played = scenario(seed)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


@pytest.mark.parametrize("seed", range(100, 140))
def test_whatever_dies_meanwhile_nothing_is_doubled_and_no_more_is_open_than_the_order_gives(seed: int) -> None:
    played = scenario(seed, faults=True)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


def test_fills_that_are_not_followed_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settler, "next_part", lambda *_: None)
    monkeypatch.setattr(links_of, "next_part", lambda *_: None)
    assert any("right were" in play(scenario(seed)).problem for seed in range(40))


def test_parts_that_do_not_count_each_other_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_index, "among", lambda link, _: link)
    assert any("was never more" in play(scenario(seed)).problem for seed in range(40))
