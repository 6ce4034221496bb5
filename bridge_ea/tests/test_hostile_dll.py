"""The DLL's sources with frames by chance in both directions, under the sanitizers, as 64 and as 32 bits.

`make fuzz-dll FRAMES=1000000` tries it for longer. A failure names its seed: LOCKSTEP_DLL_SEED plays it again.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lockstep_core.wire.codec import decode

BRIDGE = Path(__file__).parent.parent
FRAMES = int(os.environ.get("LOCKSTEP_DLL_FRAMES", "4000"))
SEED = int(os.environ.get("LOCKSTEP_DLL_SEED", "1"))
SANITIZERS = ("-fsanitize=undefined,address,float-cast-overflow", "-fno-sanitize-recover=all")


@pytest.fixture(params=["-m64", pytest.param("-m32", marks=pytest.mark.thorough)])
def fuzz(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The program. Only the DLL is watched by sanitizers; what it gets lies on the heap, whose ends they guard."""
    if shutil.which("g++") is None:
        pytest.skip("no C++ compiler on this machine")
    makes_programs(request.param, tmp_path)
    includes = (f"-I{BRIDGE / 'generated'}", f"-I{BRIDGE / 'tests/native'}")
    compiler = ("g++", request.param, "-std=c++17", "-Wall", "-Wextra", "-Werror", *includes)
    sources, parts = sorted((BRIDGE / "dll").glob("*.cpp")), tmp_path / "parts"
    parts.mkdir()
    subprocess.run([*compiler, *SANITIZERS, "-O1", "-g1", "-c", *map(str, sources)], cwd=parts, check=True)
    program = tmp_path / "dll_fuzz"
    objects = [str(parts / f"{source.stem}.o") for source in sources]
    main = str(BRIDGE / "tests/fuzz/dll_fuzz.cpp")
    subprocess.run([*compiler, "-c", main, "-o", str(parts / "main.o")], check=True)
    subprocess.run([*compiler, *SANITIZERS, "-o", str(program), str(parts / "main.o"), *objects], check=True)
    return program


def makes_programs(width: str, folder: Path) -> None:
    source = folder / "empty.cpp"
    source.write_text("#include <string>\nint main() {}\n")
    command = ["g++", width, *SANITIZERS, "-o", str(folder / "empty"), str(source)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip(
            f"this machine's compiler makes no programs with {width}: devcluster/setup.sh fuzz installs what it lacks"
        )


@pytest.mark.timeout(300 + FRAMES // 100)
def test_whatever_comes_from_router_and_program_the_dll_keeps_its_rules(fuzz: Path, tmp_path: Path) -> None:
    done = subprocess.run([str(fuzz), str(SEED), str(FRAMES), str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout}{done.stderr}"
    heard = (tmp_path / "heard").read_bytes()
    at = count = 0
    while at < len(heard):
        _, at = decode(heard, at)
        count += 1
    assert count >= FRAMES // 20
