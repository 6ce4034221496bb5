"""Runs the benchmarks of two checkouts by turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import Key, medians
from tests.bench.shell import run
from tests.bench.tree import Side
from tests.stack.shell import say

# Many short runs by turns tell more than few long ones: the machine's speed changes within minutes.
ENGINE = ["-m", "core.bench.engine", "--rounds", "500", "--fans", "4", "--links", "2500"]
ROUTER = ["router/bench/router.py", "--rounds", "200", "--slaves", "1,10,50"]


@dataclass(frozen=True)
class Bench:
    """A benchmark: what Python is told to run, in either checkout, and with what in its environment."""

    name: str
    arguments: list[str]
    environment: Callable[[Side], dict[str, str]] = field(default=lambda _: {})


def from_sources(_: Side) -> dict[str, str]:
    """Without what the caller's environment may put before the checkout's own modules."""
    return {"PYTHONPATH": ""}


def compiled(side: Side) -> dict[str, str]:
    """With the compiled modules before those of the sources."""
    return {"PYTHONPATH": side.compiled()}


BENCHES = {
    "engine": [Bench("engine as Python", ENGINE, from_sources), Bench("engine compiled", ENGINE, compiled)],
    "router": [Bench("router", ROUTER, from_sources)],
}

Round = tuple[dict[Key, float], dict[Key, float]]


def by_turns(benches: Sequence[Bench], ours: Side, theirs: Side, rounds: int, scratch: Path) -> list[Round]:
    """Ours and theirs of each round; who begins changes from round to round (A B B A A B …), against a steady drift."""
    environments = {(bench.name, side): bench.environment(side) for bench in benches for side in (ours, theirs)}
    found: list[Round] = []
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        turns = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        figures: dict[Side, dict[Key, float]] = {ours: {}, theirs: {}}
        for bench in benches:
            for side in turns:
                figures[side] |= measured(bench, side, environments[bench.name, side], scratch / "figures.json")
        found.append((figures[ours], figures[theirs]))
    return found


def measured(bench: Bench, side: Side, environment: dict[str, str], file: Path) -> dict[Key, float]:
    """The figures of one run."""
    file.unlink(missing_ok=True)
    run([side.python, *bench.arguments, "--out", str(file)], side.root, environment)
    return medians(bench.name, file)
