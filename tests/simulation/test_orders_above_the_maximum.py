"""Slaves whose brokers take few lots in one order, with and without faults; the invariants check the whole copy."""

from random import Random
from typing import Any

import pytest

from lockstep_core.decision import opening, order_parts
from lockstep_router.execution import settler
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.play import play
from tests.simulation.scenario import FAULTS, REST, CopierSpec, Scenario, Step

LOT = 10**8
CENT = LOT // 100
MASTER = (ListedSymbol("EURUSD", 5, CENT, CENT, 100 * LOT),)
SLAVES = (
    (ListedSymbol("EURUSD", 5, CENT, CENT, LOT // 2),),
    (ListedSymbol("EURUSD", 5, CENT, CENT, 33 * CENT),),
    (ListedSymbol("EURUSD", 5, 10 * CENT, CENT, LOT // 2),),
    (ListedSymbol("EURUSD", 5, 20 * CENT, 10 * CENT, 75 * CENT),),
)
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"limits": {"max_trade_volume": "1.60"}},
    {"limits": {"max_open_positions": 1}},
    {"limits": {"max_total_lots": "2.5"}},
    {"limits": {"small_rest": "close"}},
    {"limits": {"round_down": False}},
    {"limits": {"above_broker_maximum": "cut"}},
    {"reverse": True},
    {"pending": {"mode": "copy"}},
    {"signal_delay": {"min_ms": 300, "max_ms": 700}},
)
KINDS = (AccountKind.HEDGING, AccountKind.NETTING, AccountKind.MT4)


def scenario(seed: int, faults: bool = False) -> Scenario:
    """One to three trades of up to two lots, some of which fill in several deals or are pending first, closed in parts."""
    rng = Random(seed)  # noqa: S311
    steps, at_ms = [], 5_000
    for key in range(1, rng.randint(2, 4)):
        lots, side = rng.randint(1, 200) * CENT, rng.randint(0, 1)
        if rng.random() < 0.3:
            steps.append(Step(at_ms, "place", 0, key, lots, "EURUSD", 0, 0.0, 0.0, 0, 1.05, rng.randint(2, 5), 0))
            at_ms += rng.choice((500, 3_000))
            steps.append(Step(at_ms, rng.choice(("fill", "fill", "delete")), 0, key, 100))
        else:
            steps.append(Step(at_ms, "open", 0, key, lots, "EURUSD", side))
            for _ in range(rng.choice((0, 0, 0, 1, 2))):
                at_ms += rng.choice((1, 20, 300, 2_000))
                steps.append(Step(at_ms, "more", 0, key, rng.randint(1, 100) * CENT))
        for _ in range(rng.randint(0, 3)):
            at_ms += rng.randint(2_000, 4_000)
            kind = rng.choice(("reduce", "reduce", "stops"))
            steps.append(Step(at_ms, kind, 0, key, rng.choice((10, 35, 70)), sl=0.9, tp=1.5))
        at_ms += 4_000
        if rng.random() < 0.3:
            steps.append(Step(at_ms, "close", 0, key))
        at_ms += 4_000
    if faults:
        steps += [Step(rng.randint(5_000, at_ms), rng.choice(FAULTS), rng.randint(0, 1), amount=1_500) for _ in range(3)]
        steps.sort(key=lambda step: step.at_ms)
        steps.append(Step(at_ms, REST))
    kinds = (rng.choice(KINDS), rng.choice(KINDS))
    percent, fixed = rng.choice(((50, 0), (100, 0), (100, 0), (130, 0), (0, 150 * CENT)))
    copier = CopierSpec(0, 1, fixed, percent, copy_stops=True, age_ms=5_000, settings=rng.choice(SETTINGS))
    return Scenario(seed, 2, 50_000, (copier,), tuple(steps), (MASTER, rng.choice(SLAVES)), kinds)


@pytest.mark.parametrize("seed", range(60))
def test_the_orders_of_a_copy_add_up_to_what_is_wanted(seed: int) -> None:
    played = scenario(seed)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


@pytest.mark.parametrize("seed", range(100, 160))
def test_whatever_dies_meanwhile_no_part_is_doubled_and_no_more_is_open_than_is_wanted(seed: int) -> None:
    played = scenario(seed, faults=True)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


def problems(seeds: int = 40) -> str:
    return "\n".join(play(scenario(seed)).problem for seed in range(seeds))


def test_a_rest_that_is_not_opened_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settler.Settler, "_open_rest", lambda *_: None)
    assert "right were" in problems()


def test_a_part_that_does_not_count_the_others_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_less", lambda _rules, whole, _beside: whole)
    assert "was never more" in problems()


def test_orders_that_are_split_smaller_than_need_be_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "one_order", lambda lots, spec: min(lots, spec.volume_step * 10))
    monkeypatch.setattr(order_parts, "_lacks", lambda parts, last, *_: last.part < 50 and all(link.sent for link in parts))
    assert "are one order" in problems()
