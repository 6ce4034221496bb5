"""What callgrind wrote is read as the sum that it is."""

from pathlib import Path

import pytest

from tests.bench.errors import NothingCounted
from tests.bench.instructions import instructions_in


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
