"""The DLL's memory of the links of MT4's orders."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.timeout(300)
def test_the_links_of_orders_are_remembered_over_restarts(compiled: Callable[[str, str], Path], tmp_path: Path) -> None:
    program = [str(compiled("link_memory_test", "link_memory")), str(tmp_path / "links")]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
