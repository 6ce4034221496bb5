"""What was measured of a farm, as the file and the table have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from lockstep_core.json_object import Json
from tests.farm.processes import TERMINAL, Totals

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's percentiles, by nearest rank."""

    unit: str
    n: int
    p50: float
    p99: float
    max: float


def figure(unit: str, values: Sequence[float]) -> Figure | None:
    """The percentiles of values; None where there are none."""
    if not values:
        return None
    ranked = sorted(values)

    def at(share: float) -> float:
        return round(ranked[min(len(ranked) - 1, int(len(ranked) * share))], 2)

    return Figure(unit, len(ranked), at(0.50), at(0.99), at(1.0))


def own(of_pod: Mapping[str, float]) -> float:
    """The sum over the processes of a pod without the terminal itself: a test terminal stands in for a real one."""
    return sum(value for kind, value in of_pod.items() if kind != TERMINAL)


def per_kind(totals: Totals, scale: float) -> dict[str, float]:
    """What the processes of each kind come to in a pod in the middle, most first."""
    kinds = {kind for of_pod in totals.values() for kind in of_pod}
    middle = {kind: round(median(of_pod.get(kind, 0) for of_pod in totals.values()) * scale, 2) for kind in kinds}
    return dict(sorted(middle.items(), key=lambda item: -item[1]))


def between(before: Totals, after: Totals, seconds: float) -> Totals:
    """What was added a second meanwhile, by pod and kind."""
    return {
        pod: {kind: max(value - before.get(pod, {}).get(kind, 0), 0) / seconds for kind, value in of_pod.items()}
        for pod, of_pod in after.items()
        if pod in before
    }


def last_of(times: Sequence[Sequence[float]]) -> list[float]:
    """The slowest of each group."""
    return [max(group) for group in times if group]


def table(results: Mapping[str, Json]) -> str:
    """All figures as text."""
    lines = [f"{'':<22}{'unit':>8}{'n':>7}{'p50':>12}{'p99':>12}{'max':>12}"]
    lines += [_row(name, found) for name, found in results.items()]
    return "\n".join(lines)


def _row(name: str, found: Json) -> str:
    return f"{name:<22}{found['unit']:>8}{found['n']:>7}{found['p50']:>12,.2f}{found['p99']:>12,.2f}{found['max']:>12,.2f}"


def kinds_table(memory_mb: Mapping[str, float], idle: Mapping[str, float], busy: Mapping[str, float]) -> str:
    """What a pod in the middle is made of, process by process."""
    lines = [f"{'process':<16}{'MB (PSS)':>10}{'idle, mcpu':>12}{'1 trade/s':>12}"]
    for kind, size in memory_mb.items():
        lines.append(f"{kind:<16}{size:>10.2f}{idle.get(kind, 0):>12.2f}{busy.get(kind, 0):>12.2f}")
    return "\n".join(lines)
