"""The DLL's reading of frames."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.timeout(300)
def test_frames_of_other_releases_are_read_and_no_others(compiled: Callable[[str, str], Path]) -> None:
    done = subprocess.run([str(compiled("frame_reader_test", "frame_reader"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
