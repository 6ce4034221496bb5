"""What benchmarks write, and the figures that both sides of a comparison have."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import geometric_mean
from typing import NamedTuple

import msgspec

from tests.bench.errors import StrangeFigures

TIMES = ("ns", "us", "ms", "s")
FOR_SCALE = "plain "
"""How the names of figures begin that are of another program, measured beside ours for scale."""


class Key(NamedTuple):
    """Which figure: the benchmark's name, and the name and unit that the benchmark itself gives."""

    bench: str
    name: str
    unit: str


class Measured(msgspec.Struct, frozen=True):
    """One figure of a benchmark's file: its median is compared, since the tails of short runs are mostly the machine's."""

    name: str
    unit: str
    p50: float


class Written(msgspec.Struct, frozen=True):
    """A benchmark's file, as far as it is compared."""

    results: list[Measured]


Medians = Mapping[Key, float]
Pairs = dict[Key, list[tuple[float, float]]]


def medians(bench: str, file: Path) -> dict[Key, float]:
    """The figures of a benchmark's file. Raises `StrangeFigures`."""
    try:
        written = msgspec.json.decode(file.read_bytes(), type=Written)
    except (OSError, msgspec.DecodeError) as error:
        raise StrangeFigures(file, str(error)) from error
    nothing = [measured.name for measured in written.results if measured.p50 <= 0]
    if nothing:
        raise StrangeFigures(file, f"no ratio can be made of {', '.join(nothing)}, which are not above zero")
    return {Key(bench, measured.name, measured.unit): measured.p50 for measured in written.results}


def paired(rounds: Sequence[tuple[Medians, Medians]]) -> Pairs:
    """Ours and theirs of each round, for each figure that both sides have in every round."""
    sides = [side for both in rounds for side in both]
    common = [key for key in sides[0] if all(key in side for side in sides)] if sides else []
    return {key: [(ours[key], theirs[key]) for ours, theirs in rounds] for key in common}


def unpaired(rounds: Sequence[tuple[Medians, Medians]]) -> list[Key]:
    """Figures that only one side has."""
    return sorted({key for both in rounds for side in both for key in side} - set(paired(rounds)))


def together(pairs: Pairs) -> Pairs:
    """The pairs and, for each benchmark, those of the geometric mean of its times.

    What slows a single short measurement rarely slows all of a run, so their mean shows a difference that is common to all
    of them and that none of them shows alone.
    """
    found: Pairs = {}
    for bench in dict.fromkeys(key.bench for key in pairs):
        own = {key: both for key, both in pairs.items() if key.bench == bench}
        times = [both for key, both in own.items() if key.unit in TIMES and not key.name.startswith(FOR_SCALE)]
        found |= own
        if times:
            rounds = list(zip(*times, strict=True))
            found[Key(bench, "all times", "mean")] = [
                (geometric_mean(ours for ours, _ in each), geometric_mean(theirs for _, theirs in each)) for each in rounds
            ]
    return found
