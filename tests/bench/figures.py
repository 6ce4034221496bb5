"""What benchmarks write, and the figures that both sides of a comparison have."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.bench.errors import StrangeFigures


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


def paired(rounds: Sequence[tuple[Medians, Medians]]) -> dict[Key, list[tuple[float, float]]]:
    """Ours and theirs of each round, for each figure that both sides have in every round."""
    sides = [side for both in rounds for side in both]
    common = [key for key in sides[0] if all(key in side for side in sides)] if sides else []
    return {key: [(ours[key], theirs[key]) for ours, theirs in rounds] for key in common}


def unpaired(rounds: Sequence[tuple[Medians, Medians]]) -> list[Key]:
    """Figures that only one side has."""
    return sorted({key for both in rounds for side in both for key in side} - set(paired(rounds)))
