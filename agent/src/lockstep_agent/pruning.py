"""Removes files that a terminal leaves on its disk and does not need: old journals, old prices, crash dumps."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from lockstep_agent.terminal_files import children_of

KEPT_S = 48 * 3600
"""Younger files are kept: the terminal writes one journal a day, and one file of prices a month for each symbol."""
PRUNED: tuple[tuple[tuple[str, ...], frozenset[str]], ...] = (
    (("logs",), frozenset((".log",))),
    (("MQL5", "Logs"), frozenset((".log",))),
    (("MQL4", "Logs"), frozenset((".log",))),
    (("crashdumps",), frozenset((".dmp", ".log"))),
    (("bases",), frozenset((".tkc", ".tks", ".hcc", ".hc"))),
    (("history",), frozenset((".hst", ".fxt"))),
    (("Tester",), frozenset((".log", ".tkc", ".hcc", ".hc", ".fxt", ".hst"))),
)
"""Folders below the terminal's own, and the ends of the names of the files in them that may go."""


def prune(home: Path, now_s: float) -> int:
    """Removes files that were not written to for `KEPT_S`. Returns how many bytes they had. Blocks."""
    freed = 0
    for way, ends in PRUNED:
        for folder in _folders(home, way):
            freed += sum(_removed(path, now_s) for path in _files(folder) if path.suffix.lower() in ends)
    return freed


def _folders(home: Path, way: tuple[str, ...]) -> list[Path]:
    found = [home]
    for name in way:
        found = [child for folder in found for child in _children(folder, name)]
    return found


def _children(folder: Path, name: str) -> list[Path]:
    # The folder may go at the same moment: the terminal's files may be being made anew.
    with contextlib.suppress(OSError):
        return list(children_of(folder, name))
    return []


def _files(folder: Path) -> Iterator[Path]:
    for base, _, names in os.walk(folder):
        yield from (Path(base) / name for name in names)


def _removed(path: Path, now_s: float) -> int:
    # The terminal may remove or rename a file at the same moment. What is left then is removed the next time.
    with contextlib.suppress(OSError):
        facts = path.lstat()
        if now_s - facts.st_mtime >= KEPT_S:
            path.unlink()
            return facts.st_size
    return 0
