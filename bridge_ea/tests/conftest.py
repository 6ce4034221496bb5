"""Parts of the DLL, compiled for this machine with their test programs."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

BRIDGE = Path(__file__).parent.parent
Compiled = Callable[[str, str], Path]


@pytest.fixture
def compiled(tmp_path: Path) -> Compiled:
    """Makes a program of tests/NAME.cpp and dll/PART.cpp."""
    if shutil.which("g++") is None:
        pytest.skip("no C++ compiler on this machine")

    def make(name: str, part: str) -> Path:
        program = tmp_path / name
        sources = [BRIDGE / f"tests/{name}.cpp", BRIDGE / f"dll/{part}.cpp"]
        flags = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined,address", f"-I{BRIDGE / 'generated'}"]
        subprocess.run(["g++", *flags, "-o", str(program), *map(str, sources)], check=True)
        return program

    return make
