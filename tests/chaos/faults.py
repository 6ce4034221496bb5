"""The faults: what each kills or stops, and within which time copying must go on (docs/promises.md)."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.errors import NoVictim
from tests.stack.kube import DEVSTACK, SYSTEM, TERMINALS, items, kubectl
from tests.stack.outliving import Process, is_agent, processes_of, send
from tests.stack.people import Account
from tests.stack.scene import Scene

ROUTER, ROUTER_BOUND_S = "router", 5.0
TERMINAL_BOUND_S, POD_BOUND_S = 30.0, 60.0
Pods = Sequence[Mapping[str, str]]
"""Names and uids of pods."""
Act = Callable[[Scene, int], None]
"""Makes a fault for a scene. The number counts the faults of a kind, so that master and slave have it in turn."""


@dataclass(frozen=True)
class Fault:
    """`bound_s`: copying must go on within this time. `shared`: it is felt by every account, else only by the scene's."""

    name: str
    bound_s: float
    shared: bool
    act: Act


def account_of(scene: Scene, number: int) -> Account:
    """Master and slave in turn."""
    return scene.slave if number % 2 else scene.master


def pods_of(namespace: str, selector: str) -> Pods:
    """Names and uids of the pods that run."""
    found = [pod["metadata"] for pod in items("pod", namespace, selector)]
    return [each for each in found if "deletionTimestamp" not in each]


def terminals_of(scene: Scene, number: int) -> Pods:
    """The pods of the scene's account whose turn it is."""
    name = account_of(scene, number).resource
    return [pod for pod in pods_of(TERMINALS, "") if pod["name"].startswith(f"{name}-")]


def parts_of(part: str) -> Pods:
    """The pods of a part of the product."""
    return pods_of(SYSTEM, f"app.kubernetes.io/component={part}")


def signal_to(pods: Pods, what: str, chosen: Callable[[Process], bool], number: signal.Signals) -> None:
    """Sends a signal to the chosen processes of these pods. Raises `NoVictim` if there is none."""
    found = [process for pod in pods for process in processes_of(pod["uid"]) if chosen(process)]
    if not found:
        raise NoVictim(what)
    for process in found:
        send(process.pid, number)


def delete(namespace: str, pods: Pods, what: str) -> None:
    """Deletes pods at once, as the loss of their processes. Raises `NoVictim` if there is none."""
    if not pods:
        raise NoVictim(what)
    names = [pod["name"] for pod in pods]
    kubectl("-n", namespace, "delete", "pod", *names, "--grace-period=0", "--force", "--wait=false")


def runs(part: str) -> Callable[[Process], bool]:
    """Whether a process has this in its command line. A container's first process, which only starts another, does not
    count.
    """
    return lambda process: part in process.command and not process.command.startswith(("tini ", "/bin/sh "))


def in_router(part: str) -> Act:
    """Kills a process of the router."""
    return lambda _, __: signal_to(parts_of(ROUTER), part, runs(part), signal.SIGKILL)


def in_terminal(chosen: Callable[[Process], bool], what: str, number: signal.Signals = signal.SIGKILL) -> Act:
    """Sends a signal to a process of a terminal's pod."""
    return lambda scene, turn: signal_to(terminals_of(scene, turn), what, chosen, number)


def part_deleted(part: str) -> Act:
    """Deletes all pods of a part of the product at once."""
    return lambda _, __: delete(SYSTEM, parts_of(part), part)


def devstack_deleted(part: str) -> Act:
    """Deletes a pod of the database's namespace."""
    return lambda _, __: delete(DEVSTACK, pods_of(DEVSTACK, f"app.kubernetes.io/component={part}"), part)


def pod_deleted(scene: Scene, number: int) -> None:
    """Deletes the pod of one of the accounts."""
    delete(TERMINALS, terminals_of(scene, number), "a terminal's pod")


TERMINAL = runs("terminal64.exe")

FAULTS = (
    Fault("router: the loop killed", ROUTER_BOUND_S, True, in_router("lockstep_router.process.loop_process")),
    Fault("router: the writer killed", ROUTER_BOUND_S, True, in_router("lockstep_router.process.writer_process")),
    Fault("router: all processes killed", ROUTER_BOUND_S, True, in_router("lockstep_router")),
    Fault("router: the pod deleted", ROUTER_BOUND_S, True, part_deleted(ROUTER)),
    Fault("relay killed", TERMINAL_BOUND_S, False, in_terminal(runs("lockstep_agent.relay"), "a relay")),
    Fault("terminal killed", TERMINAL_BOUND_S, False, in_terminal(TERMINAL, "a terminal")),
    Fault("terminal stopped", POD_BOUND_S, False, in_terminal(TERMINAL, "a terminal", signal.SIGSTOP)),
    Fault("agent killed", POD_BOUND_S, False, in_terminal(is_agent, "an agent")),
    Fault("terminal pod deleted", POD_BOUND_S, False, pod_deleted),
    Fault("operators deleted", ROUTER_BOUND_S, True, part_deleted("operator")),
    Fault("keyring deleted", ROUTER_BOUND_S, True, part_deleted("keyring")),
    Fault("API deleted", ROUTER_BOUND_S, True, part_deleted("webapp-api")),
    Fault("Postgres deleted", ROUTER_BOUND_S, True, devstack_deleted("postgres")),
    Fault("Supabase deleted", ROUTER_BOUND_S, True, devstack_deleted("supabase")),
)
