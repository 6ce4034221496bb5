"""What was measured, as the file and the table have it."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's percentiles by nearest rank; of a figure that was taken once all are the same."""

    name: str
    unit: str
    n: int
    p50: float
    p99: float
    max: float


Percentile = Literal["p50", "p99", "max"]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a figure must keep: at most, or at least, so much of one of its percentiles."""

    figure: str
    of: Percentile
    most: float | None = None
    least: float | None = None

    def kept(self, figure: Figure) -> bool:
        """Whether a figure keeps it."""
        value: float = getattr(figure, self.of)
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        return f"{self.of} ≤ {self.most:g}" if self.most is not None else f"{self.of} ≥ {self.least:g}"


def figure(name: str, unit: str, values: Sequence[float]) -> Figure:
    """The percentiles of at least one value."""
    ranked = sorted(values)

    def at(share: float) -> float:
        return round(ranked[min(len(ranked) - 1, int(len(ranked) * share))], 2)

    return Figure(name, unit, len(ranked), at(0.50), at(0.99), at(1.0))


def once(name: str, unit: str, value: float) -> Figure:
    """A figure that was taken once."""
    return figure(name, unit, [value])


def verdict(found: Figure, bounds: Sequence[Bound]) -> str:
    """What the bounds of a figure say of it; nothing where it has none."""
    return ", ".join(f"{'kept' if b.kept(found) else 'MISSED'}: {b}" for b in bounds if b.figure == found.name)


def table(figures: Sequence[Figure], bounds: Sequence[Bound]) -> str:
    """A line for each figure."""
    lines = [f"{'':<34}{'unit':>6}{'n':>7}{'p50':>12}{'p99':>12}{'max':>12}"]
    for found in figures:
        numbers = "".join(f"{value:>12,.2f}" for value in (found.p50, found.p99, found.max))
        lines.append(f"{found.name:<34}{found.unit:>6}{found.n:>7}{numbers}  {verdict(found, bounds)}".rstrip())
    return "\n".join(lines)


def missed(figures: Sequence[Figure], bounds: Sequence[Bound]) -> list[str]:
    """The names of figures that do not keep a bound."""
    return [f.name for f in figures if any(b.figure == f.name and not b.kept(f) for b in bounds)]


def write(file: Path, figures: Sequence[Figure], bounds: Sequence[Bound], left_out: Sequence[str]) -> None:
    """Writes everything as JSON. `left_out`: what was not measured, and why."""
    report = {
        "machine": {
            "cpus": os.cpu_count(),
            "kernel": platform.release(),
            "python": platform.python_version(),
            "load_1m": round(os.getloadavg()[0], 1),
        },
        "results": [asdict(found) for found in figures],
        "bounds": [{"name": b.figure, "must": str(b)} for b in bounds],
        "missed": missed(figures, bounds),
        "left_out": list(left_out),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
