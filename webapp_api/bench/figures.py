"""Results as all benchmarks write them. Pure but for what it reads of the machine."""

import os
import platform
from collections.abc import Sequence

from lockstep_core.json_object import Json


def summary(name: str, unit: str, values: Sequence[float]) -> Json:
    """Percentiles of samples in the unit given."""
    ordered = sorted(values)
    at = {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 1) for p in (50, 95, 99)}
    return {"name": name, "unit": unit, "n": len(ordered), **at, "max": round(ordered[-1], 1)}


def machine(load_before: float, **more: object) -> Json:
    """The machine that the figures were measured on; `load_1m` is its load average before and after."""
    loads = [round(load_before, 1), round(os.getloadavg()[0], 1)]
    known = {"cpus": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()}
    return {**known, "load_1m": loads, **more}
