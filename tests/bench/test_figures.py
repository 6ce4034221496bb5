"""Figures are compared where both commits' benchmarks write them."""

import json
from pathlib import Path

import pytest

from tests.bench.errors import StrangeFigures
from tests.bench.figures import Key, medians, paired, together, unpaired
from tests.bench.paired import compare
from tests.bench.report import conclusion, table

ONE, FAN, NEW = Key("engine", "decide_one", "us"), Key("engine", "decide_fan", "ms"), Key("engine", "new", "us")


def written(folder: Path, results: object) -> Path:
    file = folder / "figures.json"
    file.write_text(json.dumps({"machine": {"cpus": 2}, "results": results, "ratios": []}))
    return file


def test_median_is_read_from_what_a_benchmark_writes(tmp_path: Path) -> None:
    result = {"name": "decide_one", "unit": "us", "n": 9, "p50": 12.5, "p95": 20.0, "p99": 30.0, "max": 31.0}
    assert medians("engine", written(tmp_path, [result])) == {ONE: 12.5}


@pytest.mark.parametrize("results", [None, [{"name": "decide_one", "unit": "us"}], [{"name": "a", "unit": "us", "p50": 0}]])
def test_a_file_without_figures_to_compare_is_refused_with_its_name(tmp_path: Path, results: object) -> None:
    with pytest.raises(StrangeFigures, match=r"figures\.json"):
        medians("engine", written(tmp_path, results))


def test_a_file_that_was_not_written_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(StrangeFigures, match=r"missing\.json"):
        medians("engine", tmp_path / "missing.json")


def test_figures_of_both_sides_are_paired_round_by_round() -> None:
    rounds = [({ONE: 1.0, NEW: 9.0}, {ONE: 2.0, FAN: 5.0}), ({ONE: 3.0, NEW: 9.0}, {ONE: 4.0, FAN: 5.0})]
    assert paired(rounds) == {ONE: [(1.0, 2.0), (3.0, 4.0)]}
    assert unpaired(rounds) == [FAN, NEW]


def test_the_same_name_in_another_unit_is_another_figure() -> None:
    rounds = [({ONE: 1.0}, {ONE._replace(unit="ns"): 1000.0})]
    assert paired(rounds) == {}


def test_times_of_a_benchmark_are_also_compared_together() -> None:
    bytes_each, plain = Key("engine", "link", "bytes"), Key("engine", "plain libzmq, last of 1", "us")
    pairs = {ONE: [(2.0, 1.0)], FAN: [(8.0, 4.0)], bytes_each: [(9.0, 3.0)], plain: [(7.0, 1.0)]}
    found = together(pairs)
    assert list(found) == [*pairs, Key("engine", "all times", "mean")]
    assert found[Key("engine", "all times", "mean")] == [pytest.approx((4.0, 2.0))]


def test_a_benchmark_without_times_has_none_together() -> None:
    pairs = {Key("engine", "link", "bytes"): [(9.0, 3.0)]}
    assert together(pairs) == pairs


def test_table_has_a_line_for_each_figure_and_a_heading_for_each_benchmark() -> None:
    other = Key("router", "last of 10", "us")
    compared = {key: compare([(11.0, 10.0)] * 8, 0.05) for key in (ONE, FAN, other)}
    lines = table(compared).splitlines()
    assert [line.split()[0] for line in lines if line] == ["engine", "decide_one", "decide_fan", "router", "last"]
    assert lines[2].split() == ["decide_one", "(us)", "11.00", "10.00", "1.100", "1.100–1.100", "WORSE"]


def test_conclusion_counts_what_is_worse_and_says_when_nothing_is_distinguishable() -> None:
    worse, alike = compare([(11.0, 10.0)] * 8, 0.05), compare([(10.0, 10.0)] * 8, 0.05)
    assert conclusion({ONE: worse, FAN: alike}, 0.05).startswith("1 worse and 0 better by more than 5%, of 2")
    assert conclusion({FAN: alike}, 0.05).startswith("not distinguishable by more than 5%; alike within it: 1 of 1")
