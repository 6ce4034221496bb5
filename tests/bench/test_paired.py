"""The statistics of pairs: what is a difference and what is noise."""

import pytest

from tests.bench.paired import Interval, Verdict, compare, confidence, interval_of_median, verdict_of

WITHIN = 0.05


def drifting(factor: float) -> list[tuple[float, float]]:
    """Ten pairs on a machine whose speed changes by a factor of two from pair to pair."""
    speeds = [1.0, 2.0, 1.3, 1.9, 1.1, 1.6, 1.0, 1.8, 1.2, 2.0]
    noise = [1.01, 0.99, 1.0, 1.02, 0.98, 1.01, 1.0, 0.99, 1.02, 0.98]
    return [(100 * factor * speed * wobble, 100 * speed) for speed, wobble in zip(speeds, noise, strict=True)]


def test_two_of_the_same_code_are_alike_however_the_machine_drifts() -> None:
    found = compare(drifting(1.0), WITHIN)
    assert found.verdict is Verdict.ALIKE
    assert found.ratio == pytest.approx(1.0, abs=0.01)


def test_a_slowdown_beyond_the_bound_is_found_under_a_drift_ten_times_as_large() -> None:
    found = compare(drifting(1.1), WITHIN)
    assert found.verdict is Verdict.WORSE
    assert found.ratio == pytest.approx(1.1, abs=0.01)


def test_what_became_quicker_is_better() -> None:
    assert compare(drifting(1 / 1.1), WITHIN).verdict is Verdict.BETTER


def test_a_slowdown_within_the_bound_is_not_worse() -> None:
    assert compare(drifting(1.02), WITHIN).verdict is Verdict.ALIKE


def test_a_median_beyond_the_bound_is_not_a_verdict_while_its_interval_is_not() -> None:
    pairs = [(ratio, 1.0) for ratio in (0.9, 1.0, 1.02, 1.04, 1.1, 1.1, 1.2, 1.3, 1.4, 1.5)]
    found = compare(pairs, WITHIN)
    assert found.ratio > 1 + WITHIN
    assert found.verdict is Verdict.NOT_DISTINGUISHABLE


def test_one_wild_pair_at_either_end_moves_nothing() -> None:
    calm = [1.0 + n / 1000 for n in range(10)]
    assert interval_of_median([0.01, *calm[1:9], 50.0]) == interval_of_median(calm)


@pytest.mark.parametrize(
    ("count", "low", "high", "sure"),
    [(6, 1, 6, 0.969), (8, 1, 8, 0.992), (9, 2, 8, 0.961), (10, 2, 9, 0.979), (12, 3, 10, 0.961), (20, 6, 15, 0.959)],
)
def test_interval_is_that_of_the_sign_test_as_tables_of_it_have_it(count: int, low: int, high: int, sure: float) -> None:
    found = interval_of_median([float(n) for n in range(1, count + 1)])
    assert (found.low, found.high) == (low, high)
    assert found.confidence == pytest.approx(sure, abs=0.0006)


def test_order_of_the_pairs_does_not_matter() -> None:
    values = [1.2, 0.9, 1.1, 1.0, 1.3, 0.8, 1.05, 0.95]
    assert interval_of_median(values) == interval_of_median(sorted(values))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_fewer_than_six_pairs_are_no_verdict_however_far_apart(count: int) -> None:
    assert confidence(count, 0) < 0.95
    assert compare([(200.0, 100.0)] * count, WITHIN).verdict is Verdict.NOT_DISTINGUISHABLE


def test_six_pairs_that_agree_are_a_verdict() -> None:
    assert compare([(200.0, 100.0)] * 6, WITHIN).verdict is Verdict.WORSE


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (1.051, 1.2, Verdict.WORSE),
        (1.05, 1.2, Verdict.NOT_DISTINGUISHABLE),
        (0.99, 1.06, Verdict.NOT_DISTINGUISHABLE),
        (0.94, 1.01, Verdict.NOT_DISTINGUISHABLE),
        (0.97, 1.05, Verdict.ALIKE),
        (0.7, 0.95, Verdict.BETTER),
    ],
)
def test_verdict_is_of_the_whole_interval(low: float, high: float, verdict: Verdict) -> None:
    assert verdict_of(Interval(low, high, 0.97), WITHIN) is verdict


def test_twice_as_slow_and_twice_as_quick_are_mirror_images() -> None:
    slow = compare([(2.0 + n / 100, 1.0) for n in range(10)], WITHIN)
    quick = compare([(1.0, 2.0 + n / 100) for n in range(10)], WITHIN)
    assert slow.interval.low == pytest.approx(1 / quick.interval.high)
    assert (slow.verdict, quick.verdict) == (Verdict.WORSE, Verdict.BETTER)
