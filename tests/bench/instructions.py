"""How many instructions the engine takes for one opening and for one decision, as callgrind counts them; the decision
compiled, as in routers.

usage: python -m tests.bench.instructions [--ref COMMIT] [--slaves N] [--openings N] [--out build/bench/instructions.json]

The number does not depend on what else the machine does. It says nothing of sockets, and not all instructions are equal.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

from tests.bench.errors import BenchError, NothingCounted
from tests.bench.shell import run
from tests.bench.tree import Side, checked_out, commit_of
from tests.stack.shell import BUILD, ROOT, say

HERE = Path(__file__).parent


OPENING = "opening"
DECISIONS = ("plain", "rich", "everything", "close", "stops")
"""The kinds of `counted_decision.py`, in their order."""


def counted(side: Side, slaves: int, openings: int) -> dict[str, int]:
    """Instructions of one opening for all its slaves, and of one decision of each kind. Raises `BenchError`."""
    found = {OPENING: _under_callgrind(side, "counted_opening.py", [str(slaves), str(openings)])[0] // openings}
    decisions = _under_callgrind(side, "counted_decision.py", [str(openings)])
    return found | {f"decision, {kind}": each // openings for kind, each in zip(DECISIONS, decisions, strict=True)}


def _under_callgrind(side: Side, script: str, arguments: list[str]) -> list[int]:
    """The sums that a script of ours had counted, run with a side's files."""
    folder = BUILD / "bench" / "callgrind" / Path(script).stem
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marks, found = folder / "counted.so", folder / "found"
    run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(marks), str(HERE / "counted.c")], ROOT)
    valgrind = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={found}"]
    # The same hashes each time, and nothing but the checkout's own modules before those that are installed.
    environment = {"PYTHONHASHSEED": "0", "PYTHONPATH": f"{side.compiled()}:{side.root}"}
    run([*valgrind, side.python, "-P", str(HERE / script), str(marks), *arguments], side.root, environment)
    return sums_in(folder)


def sums_in(folder: Path) -> list[int]:
    """The sums of the files that callgrind numbered, in their order; at least one. Raises `NothingCounted`."""
    numbers = sorted(int(file.suffix[1:]) for file in folder.glob("found.*"))
    return [instructions_in(folder / f"found.{number}") for number in numbers or (1,)]


def instructions_in(file: Path) -> int:
    """The sum that a file of callgrind ends with. Raises `NothingCounted`."""
    for line in file.read_text().splitlines() if file.exists() else ():
        name, _, number = line.partition(":")
        if name in ("summary", "totals"):
            return int(number)
    raise NothingCounted(file)


def measure(options: argparse.Namespace) -> dict[str, dict[str, int]]:
    """The instructions of the working tree, and of the commit where one is named."""
    found = {"working tree": counted(Side(ROOT), options.slaves, options.openings)}
    if options.ref:
        commit = commit_of(options.ref)
        say(f"checking out {options.ref} ({commit[:7]}), and compiling the decision where that was not done yet")
        with checked_out(commit) as theirs:
            found[commit] = counted(theirs, options.slaves, options.openings)
    return found


def main(arguments: list[str]) -> int:
    """A `BenchError` becomes one plain message."""
    parser = argparse.ArgumentParser(description="Instructions of one opening.")
    parser.add_argument("--ref", help="a commit to compare with")
    parser.add_argument("--slaves", type=int, default=10)
    parser.add_argument("--openings", type=int, default=100)
    parser.add_argument("--out", type=Path, default=Path("build/bench/instructions.json"))
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print("SKIPPED: valgrind is not installed, so no instructions were counted", file=sys.stderr)
        return 0
    try:
        found = measure(options)
        ours = found["working tree"]
    except BenchError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"slaves": options.slaves, "instructions": found}, indent=2) + "\n")
    for side, numbers in found.items():
        print(side)
        for name, number in numbers.items():
            ratio = f"  (working tree: {ours[name] / number:.3f} of it)" if side != "working tree" else ""
            print(f"{number:12,}  {name}{ratio}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
