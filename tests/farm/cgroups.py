"""What the kernel has counted for a whole pod in its cgroup, of either version."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

_MOUNT = re.compile(r"^\S+ (\S+) (cgroup2?) (\S+) ", re.MULTILINE)
_UP_TO_POD = re.compile(r"^(.*?/pod[0-9a-f_-]{36}(?:\.slice)?)")


class PodCgroups:
    """Reads the counters of pods' cgroups."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        mounts = _MOUNT.findall((proc / "mounts").read_text())
        self._unified = next((Path(where) for where, kind, _ in mounts if kind == "cgroup2"), None)
        self._mounts = {
            controller: Path(where)
            for where, kind, options in mounts
            if kind == "cgroup"
            for controller in options.split(",")
            if controller in {"cpuacct", "memory"}
        }

    def cpu_s(self, pid: int) -> float:
        """Processor time that the pod of this process has used since its start."""
        return self._number(pid, "cpuacct", "cpuacct.usage", 1e9) or self._usage(pid)

    def peak_bytes(self, pid: int) -> float:
        """The most memory that the pod of this process has had at once, with the page cache that counts for it."""
        return self._number(pid, "memory", "memory.max_usage_in_bytes") or self._number(pid, "", "memory.peak")

    def _usage(self, pid: int) -> float:
        found = re.search(r"^usage_usec (\d+)$", self._read(pid, "", "cpu.stat"), re.MULTILINE)
        return int(found[1]) / 1e6 if found else 0.0

    def _number(self, pid: int, controller: str, file: str, unit: float = 1.0) -> float:
        text = self._read(pid, controller, file).strip()
        return int(text) / unit if text.isdigit() else 0.0

    def _read(self, pid: int, controller: str, file: str) -> str:
        with contextlib.suppress(OSError):
            mount = self._mounts.get(controller, self._unified if not controller else None)
            folder = pod_folder((self._proc / str(pid) / "cgroup").read_text().splitlines(), controller)
            if mount is not None and folder is not None:
                return (mount / folder.lstrip("/") / file).read_text()
        return ""


def pod_folder(lines: Iterable[str], controller: str) -> str | None:
    """The cgroup of a process's pod by the lines of /proc/PID/cgroup. An empty controller means that of version 2."""
    for line in lines:
        _, controllers, path = line.split(":", 2)
        found = _UP_TO_POD.match(path)
        if found and controller in controllers.split(","):
            return found[1]
    return None
