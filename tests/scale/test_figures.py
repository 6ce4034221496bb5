"""Percentiles and bounds of what is measured at scale."""

import json
from pathlib import Path

import pytest

from tests.scale.figures import Bound, figure, missed, once, table, write

TIMES = figure("outside_1", "us", [float(n) for n in range(1, 101)])


def test_percentiles_are_by_nearest_rank() -> None:
    assert (TIMES.n, TIMES.p50, TIMES.p99, TIMES.max) == (100, 51.0, 100.0, 100.0)


def test_what_was_taken_once_has_one_value_everywhere() -> None:
    found = once("commands", "1/s", 12_000.0)
    assert found.p50 == found.p99 == found.max == 12_000.0


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        (Bound("outside_1", "p50", most=51), True),
        (Bound("outside_1", "p99", most=51), False),
        (Bound("outside_1", "p50", least=51), True),
        (Bound("outside_1", "p50", least=52), False),
    ],
)
def test_a_bound_is_on_one_percentile_from_above_or_below(bound: Bound, *, kept: bool) -> None:
    assert bound.kept(TIMES) is kept
    assert missed([TIMES], [bound]) == ([] if kept else ["outside_1"])


def test_table_and_file_say_which_bounds_are_missed_and_what_was_left_out(tmp_path: Path) -> None:
    bounds = [Bound("outside_1", "p99", most=30), Bound("outside_1", "p50", most=60), Bound("other", "p50", most=1)]
    assert table([TIMES], bounds).splitlines()[1].endswith("MISSED: p99 ≤ 30, kept: p50 ≤ 60")
    write(tmp_path / "a" / "figures.json", [TIMES], bounds, ["recovery: no"])
    written = json.loads((tmp_path / "a" / "figures.json").read_text())
    assert written["missed"] == ["outside_1"]
    assert written["left_out"] == ["recovery: no"]
    assert written["results"][0]["p99"] == 100.0
