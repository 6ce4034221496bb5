"""A pod whose processes go on after it was deleted, as on a node that the cluster has lost.

The development cluster's containers are processes of this machine. Only their shim ends them, on the runtime's word; while
it is stopped, Kubernetes can delete the pod, and nobody can end what ran in it.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tests.stack.errors import StackError
from tests.stack.kube import TERMINALS, get, kubectl
from tests.stack.shell import wait_for

PROC = Path("/proc")
SHIM = "containerd-shim"
LAST_WORDS = "dev/termination-log"
GONE_S = 60.0


@dataclass(frozen=True)
class Process:
    """`state` is a letter as in ps: R and S live, T is stopped."""

    pid: int
    parent: int
    state: str
    command: str


@dataclass(frozen=True)
class Outliving:
    """A pod's processes, found by the cgroup that is named after the pod's uid."""

    uid: str
    words: TextIO

    def running(self, part: str = "") -> list[Process]:
        """The processes that are not stopped and have this text in their command line."""
        return [p for p in processes_of(self.uid) if p.state != "T" and part in p.command]

    def freeze(self, chosen: Callable[[Process], bool]) -> None:
        """Stops the chosen processes, and those that they start meanwhile."""

        def moving() -> bool:
            found = [p for p in processes_of(self.uid) if p.state != "T" and chosen(p)]
            for process in found:
                send(process.pid, signal.SIGSTOP)
            return bool(found)

        wait_for("the processes stopped", lambda: not moving() or None, 20, 0.05)

    def wake(self) -> None:
        """Continues all stopped processes."""
        for process in processes_of(self.uid):
            send(process.pid, signal.SIGCONT)

    def last_words(self) -> str:
        """The last output of its agent, "" until the agent has ended."""
        self.words.seek(0)
        return self.words.read()

    def is_over(self) -> bool:
        """Whether only the sandbox's own process is left."""
        return all("pause" in p.command for p in processes_of(self.uid))


def why_not_here() -> str:
    """Why this machine's processes are not the cluster's; "" if they are."""
    if os.environ.get("KUBE_CONTEXT"):
        return "KUBE_CONTEXT names a cluster whose pods are not processes of this machine"
    return "" if os.geteuid() == 0 else "only root may stop the processes of pods"


@contextmanager
def outliving(pod: str) -> Iterator[Outliving]:
    """The terminal's pod of this name, which may now be deleted. At the end all its processes are killed, whatever
    happened.
    """
    found = get("pod", pod, TERMINALS)
    if found is None:
        raise StackError(f"There is no pod {pod}.")
    uid = str(found["metadata"]["uid"])
    shim = shim_of(uid)
    agent = next(p for p in processes_of(uid) if is_agent(p))
    with (PROC / str(agent.pid) / "root" / LAST_WORDS).open() as words:
        send(shim.pid, signal.SIGSTOP)
        try:
            yield Outliving(uid, words)
        finally:
            end(uid, shim)


def delete_at_once(pod: str) -> None:
    """Deletes the pod's object at once, without a grace period."""
    kubectl("-n", TERMINALS, "delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")


def is_agent(process: Process) -> bool:
    """Whether a process is the agent that ends the pod when its time is over, and not the relay."""
    return process.command.endswith("-m lockstep_agent") and not process.command.startswith("tini")


def end(uid: str, shim: Process) -> None:
    """Kills what is left of a pod and waits until containerd knows it."""
    for process in processes_of(uid):
        send(process.pid, signal.SIGKILL)
    send(shim.pid, signal.SIGCONT)
    wait_for("nothing left of the pod", lambda: not processes_of(uid) or None, GONE_S)


def shim_of(uid: str) -> Process:
    """The containerd shim above a pod's containers."""
    inside = processes_of(uid)
    above = {p.parent for p in inside} - {p.pid for p in inside}
    for parent in above:
        process = read_process(PROC / str(parent))
        if process is not None and SHIM in process.command:
            return process
    raise StackError(f"No process of pod {uid} is found on this machine.")


def processes_of(uid: str) -> list[Process]:
    """A pod's living processes, without zombies."""
    found = (read_process(path) for path in PROC.glob("[0-9]*") if _is_in(path, uid))
    return [process for process in found if process is not None and process.state not in "ZX"]


def read_process(path: Path) -> Process | None:
    """A process by its folder in /proc; None if it has ended."""
    try:
        state, parent = (path / "stat").read_text().rpartition(")")[2].split()[:2]
        command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return None
    return Process(int(path.name), int(parent), state, command)


def send(pid: int, number: signal.Signals) -> None:
    """Sends a signal to a process that may have ended already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_in(path: Path, uid: str) -> bool:
    try:
        return uid in (path / "cgroup").read_text()
    except OSError:
        return False
