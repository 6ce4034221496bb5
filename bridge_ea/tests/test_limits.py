"""The limits of an opening's price in the DLL."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.timeout(300)
def test_an_opening_is_sent_only_within_its_limits(compiled: Callable[[str, str], Path]) -> None:
    done = subprocess.run([str(compiled("limits_test", "limits"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
