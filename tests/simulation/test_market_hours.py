"""Slaves whose markets close and open again: orders that their brokers refuse meanwhile wait for the opening."""

from collections.abc import Callable
from random import Random

import pytest

from lockstep_router.accounts.hours_table import HoursTable
from lockstep_router.execution import inflight
from lockstep_router.execution.inflight import Market, Refusals
from tests.simulation.breaks import BEGIN_MS, HOUR_MS, week_with_break
from tests.simulation.broker import UTC_MS
from tests.simulation.broker_data import AccountKind, ListedSymbol
from tests.simulation.play import play
from tests.simulation.scenario import FAULTS, REST, CopierSpec, Scenario, Step

LOT = 10**8
CENT = LOT // 100
CLOSES_MS, OPENS_MS = 40_000, 100_000
MASTER = (ListedSymbol("EURUSD", 5, CENT, CENT, 100 * LOT),)


def slave(tells_hours: bool = True) -> tuple[ListedSymbol, ...]:
    zero_ms = UTC_MS + BEGIN_MS + HOUR_MS
    sessions = week_with_break(zero_ms, CLOSES_MS // 1000, OPENS_MS // 1000)
    return (ListedSymbol("EURUSD", 5, CENT, CENT, 100 * LOT, sessions=sessions, tells_hours=tells_hours),)


def scenario(seed: int, faults: bool = False, tells_hours: bool = True) -> Scenario:
    """Trades before the market closes, while it is closed and after it has opened."""
    rng = Random(seed)  # noqa: S311
    steps, at_ms, open_keys = list[Step](), 5_000, list[int]()
    while at_ms < OPENS_MS + 15_000:
        kind = rng.choice(("open", "open", "close", "reduce", "stops", "place"))
        key = len(steps) + 1
        if kind == "place":
            steps.append(Step(at_ms, "place", 0, key, CENT * 50, "EURUSD", 0, 0.0, 0.0, 0, 1.05, rng.randint(2, 5), 0))
        elif kind == "open" or not open_keys:
            steps.append(Step(at_ms, "open", 0, key, rng.randint(10, 150) * CENT, "EURUSD", rng.randint(0, 1)))
            open_keys.append(key)
        else:
            sl = rng.choice((1.1, 1.2))
            steps.append(Step(at_ms, kind, 0, rng.choice(open_keys), rng.randint(20, 80), sl=sl))
        at_ms += rng.randint(200, 9_000)
    if faults:
        steps += [Step(rng.randint(5_000, at_ms), rng.choice(FAULTS), rng.randint(0, 1), amount=1_500) for _ in range(3)]
        steps.sort(key=lambda step: step.at_ms)
        steps.append(Step(at_ms, REST))
    settings = {"pending": {"mode": "copy"}} if rng.random() < 0.5 else {}
    copier = CopierSpec(0, 1, 0, 100, copy_stops=True, age_ms=rng.choice((5_000, 60_000)), settings=settings)
    kinds = (AccountKind.HEDGING, rng.choice((AccountKind.HEDGING, AccountKind.HEDGING, AccountKind.NETTING)))
    return Scenario(seed, 2, 50_000, (copier,), tuple(steps), (MASTER, slave(tells_hours)), kinds)


@pytest.mark.parametrize("seed", range(10))
def test_what_a_closed_market_refused_waits_and_then_goes_out_in_its_order(seed: int) -> None:
    played = scenario(seed)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


@pytest.mark.parametrize("seed", range(100, 110))
def test_whatever_dies_meanwhile_nothing_is_lost_by_a_closed_market(seed: int) -> None:
    played = scenario(seed, faults=True)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


@pytest.mark.parametrize("seed", range(200, 204))
def test_without_told_hours_everything_is_settled_too(seed: int) -> None:
    played = scenario(seed, tells_hours=False)
    assert not (outcome := play(played)).problem, f"{played}\n{outcome.problem}"


def problems(seeds: int = 6) -> list[str]:
    return [outcome.problem for seed in range(seeds) if (outcome := play(scenario(seed))).problem]


def test_a_router_that_reads_no_hours_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HoursTable, "of", lambda *_: None)
    assert any("times by one closed market" in problem for problem in problems())


def test_a_router_that_wakes_late_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right: Callable[[Refusals, Market, int], None] = Refusals._look_at_hours

    def late(refusals: Refusals, market: Market, now_ns: int) -> None:
        right(refusals, market, now_ns)
        refusals.retry_ns += 5_000_000_000

    monkeypatch.setattr(Refusals, "_look_at_hours", late)
    assert any("is not closed a second after" in problem for problem in problems())


def test_openings_that_go_out_first_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflight, "OPENINGS_LATER_NS", -100_000_000)
    assert any("before all that closes and protects" in problem for problem in problems(12))
