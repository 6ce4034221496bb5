"""The benchmarks of the working tree and of a commit, by turns.

usage: python -m tests.bench REF [--rounds N] [--within PERCENT] [--only engine|router] [--out build/bench/pair.json]

Ends with 1 where the working tree is worse than REF by more than the bound, the noise allowed for; with 2 where nothing
could be measured.
"""

import argparse
import json
import os
import platform
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.bench.errors import BenchError, NothingInCommon
from tests.bench.figures import paired, together, unpaired
from tests.bench.paired import Verdict, compare
from tests.bench.report import as_json, conclusion, table
from tests.bench.tree import Side, checked_out, commit_of
from tests.bench.turns import BENCHES, by_turns
from tests.stack.shell import ROOT, say


def bench_pair(options: argparse.Namespace) -> int:
    """Measures, writes the file and shows the table; the exit code."""
    commit = commit_of(options.ref)
    benches = [bench for name, some in BENCHES.items() if options.only in (None, name) for bench in some]
    say(f"checking out {options.ref} ({commit[:7]}), and compiling the decision where that was not done yet")
    with checked_out(commit) as theirs:
        rounds = by_turns(benches, Side(ROOT), theirs, options.rounds, theirs.root.parent)
    pairs = together(paired(rounds))
    if not pairs:
        raise NothingInCommon
    compared = {key: compare(both, options.within / 100) for key, both in pairs.items()}
    machine = {"cpus": os.cpu_count(), "kernel": platform.release(), "load_1m": round(os.getloadavg()[0], 1)}
    result = {"ref": commit, "rounds": options.rounds, "within_percent": options.within, "machine": machine}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({**result, "figures": as_json(compared, pairs)}, indent=2) + "\n")
    print(table(compared))
    for key in unpaired(rounds):
        print(f"only one side has: {key.bench}, {key.name} ({key.unit})")
    print(f"\n{conclusion(compared, options.within / 100)}; {options.rounds} rounds, every pair in {options.out}")
    return int(any(each.verdict is Verdict.WORSE for each in compared.values()))


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The benchmarks of the working tree and of a commit, by turns.")
    parser.add_argument("ref", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--within", type=float, default=5.0, help="percent")
    parser.add_argument("--only", choices=list(BENCHES))
    parser.add_argument("--out", type=Path, default=Path("build/bench/pair.json"))
    return parser.parse_args(arguments)


def terminated(_: int, __: FrameType | None) -> None:
    """As Ctrl-C, so that the checkout is removed."""
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """A `BenchError` becomes one plain message."""
    signal.signal(signal.SIGTERM, terminated)
    try:
        return bench_pair(parsed(arguments))
    except BenchError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
