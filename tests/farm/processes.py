"""The processes of pods as the node's kernel shows them: what each is, its memory and its processor time."""

import contextlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TERMINAL = "terminal"
OTHER = "other"
_POD = re.compile(r"/pod([0-9a-f]{8}[0-9a-f_-]{28})")
_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)
_KINDS = (
    ("tini --", "tini"),
    ("lockstep_agent.relay", "relay"),
    ("lockstep_agent", "agent"),
    ("terminal64.exe", TERMINAL),
    ("terminal.exe", TERMINAL),
    ("Xvfb", "Xvfb"),
    ("wineserver", "wineserver"),
    ("explorer.exe", "explorer.exe"),
    ("services.exe", "services.exe"),
    ("winedevice.exe", "winedevice.exe"),
    ("plugplay.exe", "plugplay.exe"),
    ("svchost.exe", "svchost.exe"),
    ("rpcss.exe", "rpcss.exe"),
    ("conhost.exe", "conhost.exe"),
    ("/pause", "pause"),
)
"""A word of the command line, and what a process with it is; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a pod."""

    pid: int
    pod_uid: str
    kind: str


def kind_of(command: str) -> str:
    """What a process with this command line is."""
    return next((kind for word, kind in _KINDS if word in command), OTHER)


def pod_uid_of(cgroups: str) -> str | None:
    """The uid of the pod in whose cgroup a process is, by its /proc/PID/cgroup. None outside of pods."""
    found = _POD.search(cgroups)
    return found[1].replace("_", "-") if found else None


def pss_bytes(rollup: str) -> int:
    """The proportional set size in a smaps_rollup: memory shared by n processes counts as an nth in each."""
    found = _PSS.search(rollup)
    return int(found[1]) * 1024 if found else 0


def cpu_s(stat: str, ticks_per_s: int) -> float:
    """User and system time of a process by its /proc/PID/stat."""
    # The name in parentheses may contain blanks, so the fields are counted from its end.
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / ticks_per_s


def processes_of_pods(proc: Path = PROC) -> list[Process]:
    """All processes that are in a pod's cgroup now."""
    return [process for folder in proc.glob("[0-9]*") if (process := _process(folder)) is not None]


def _process(folder: Path) -> Process | None:
    # A process may end between the list and each look at it.
    with contextlib.suppress(OSError):
        pod = pod_uid_of((folder / "cgroup").read_text())
        if pod is not None:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            return Process(int(folder.name), pod, kind_of(command))
    return None


Totals = Mapping[str, Mapping[str, float]]
"""Something added up by pod and by kind of process."""


def memory_of(processes: list[Process], proc: Path = PROC) -> Totals:
    """Bytes of memory (PSS)."""
    return _added_up(processes, _rollups(processes, proc))


def cpu_of(processes: list[Process], proc: Path = PROC) -> Totals:
    """Seconds of processor time since each process started."""
    return _added_up(processes, _times(processes, proc))


def _added_up(processes: list[Process], values: Iterator[tuple[int, float]]) -> Totals:
    by_pid = dict(values)
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for process in processes:
        totals[process.pod_uid][process.kind] += by_pid.get(process.pid, 0)
    return totals


def _rollups(processes: list[Process], proc: Path) -> Iterator[tuple[int, float]]:
    for process in processes:
        with contextlib.suppress(OSError):
            yield process.pid, pss_bytes((proc / str(process.pid) / "smaps_rollup").read_text())


def _times(processes: list[Process], proc: Path) -> Iterator[tuple[int, float]]:
    ticks = os.sysconf("SC_CLK_TCK")
    for process in processes:
        with contextlib.suppress(OSError):
            yield process.pid, cpu_s((proc / str(process.pid) / "stat").read_text(), ticks)
