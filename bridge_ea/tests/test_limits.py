"""The limits of an opening's price in the DLL, compiled for this machine."""

import shutil
import subprocess
from pathlib import Path

import pytest

BRIDGE = Path(__file__).parent.parent


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler on this machine")
@pytest.mark.timeout(300)
def test_an_opening_is_sent_only_within_its_limits(tmp_path: Path) -> None:
    program = tmp_path / "limits_test"
    sources = [BRIDGE / "tests/limits_test.cpp", BRIDGE / "dll/limits.cpp"]
    flags = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined,address", f"-I{BRIDGE / 'generated'}"]
    subprocess.run(["g++", *flags, "-o", str(program), *map(str, sources)], check=True)
    done = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
