"""What callgrind wrote is read as the sum that it is."""

from pathlib import Path

import pytest

from tests.bench.counted_decision import KINDS
from tests.bench.errors import NothingCounted
from tests.bench.instructions import DECISIONS, instructions_in, sums_in


@pytest.mark.parametrize("end", ["totals: 2172765\n", "summary: 2172765\n\n"])
def test_the_sum_of_a_file_is_what_was_counted(end: str, tmp_path: Path) -> None:
    file = tmp_path / "found.1"
    file.write_text(f"version: 1\nevents: Ir\nfn=(1) main\n1 7\n{end}")
    assert instructions_in(file) == 2_172_765


@pytest.mark.parametrize("text", [None, "", "events: Ir\n"])
def test_where_nothing_was_counted_that_is_said(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "found.1"
    if text is not None:
        file.write_text(text)
    with pytest.raises(NothingCounted):
        instructions_in(file)


def test_each_count_has_its_file_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    for number in range(1, 12):
        (tmp_path / f"found.{number}").write_text(f"totals: {number}\n")
    assert sums_in(tmp_path) == list(range(1, 12))


def test_where_there_is_no_file_nothing_was_counted(tmp_path: Path) -> None:
    with pytest.raises(NothingCounted):
        sums_in(tmp_path)


def test_each_kind_of_decision_has_its_name() -> None:
    assert tuple(KINDS) == DECISIONS
