"""Tries connections from inside pods, and makes stand-ins: pods with the labels that policies select others by."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from shlex import quote

from lockstep_core.json_object import Json
from tests.stack.kube import kubectl

TRY_S = 10
"""A network that rejects says so at once; one that drops packets is given up after this time."""
LIVES_S = 900
"""A stand-in ends by then, also when nobody is left to delete it."""

ANYWHERE = ""
LISTEN = """
import asyncio, sys
async def listen():
    for port in sys.argv[2:]:
        await asyncio.start_server(lambda _, writer: writer.close(), sys.argv[1], int(port))
    await asyncio.Event().wait()
asyncio.run(listen())
"""


@dataclass(frozen=True)
class Place:
    """A pod, or a deployment of one pod, as kubectl names it."""

    namespace: str
    name: str

    def run(self, script: str) -> str:
        """The output of a bash script in its first container."""
        return kubectl("-n", self.namespace, "exec", self.name, "--", "bash", "-c", script, timeout_s=60)

    def reached(self, targets: Mapping[str, "Target"]) -> frozenset[str]:
        """The names of those targets that accept a connection from it. They are tried at the same time."""
        tries = [
            f"(timeout {TRY_S} bash -c '</dev/tcp/{each.address}/{each.port}' && echo {quote(name)}) &"
            for name, each in targets.items()
        ]
        return frozenset(self.run("\n".join(["exec 2>/dev/null", *tries, "wait"])).splitlines())


@dataclass(frozen=True)
class Target:
    """The address of a connection that is tried. It is an IP address, so that DNS plays no part."""

    address: str
    port: int


@dataclass(frozen=True)
class StandIn:
    """A pod with these labels that accepts TCP connections at these ports and does nothing else."""

    name: str
    namespace: str
    labels: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = (443,)

    @property
    def place(self) -> Place:
        return Place(self.namespace, f"pod/{self.name}")


@contextmanager
def standing_in(image: str, *pods: StandIn) -> Iterator[None]:
    """Keeps the stand-ins running for the block. Their image needs bash and Python."""
    try:
        kubectl(
            "apply",
            "-f",
            "-",
            stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": [_pod(p, image) for p in pods]}),
        )
        for pod in pods:
            kubectl("-n", pod.namespace, "wait", "--for=condition=Ready", "--timeout=60s", f"pod/{pod.name}")
        yield
    finally:
        for pod in pods:
            kubectl("-n", pod.namespace, "delete", "pod", pod.name, "--ignore-not-found", "--wait=false")


def services() -> dict[tuple[str, str], str]:
    """The address of each service of the cluster, by namespace and name."""
    return {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["spec"]["clusterIP"] for each in _all("services")
    }


def pods() -> dict[tuple[str, str], str]:
    """The address of each running pod of the cluster, by namespace and name; of a deployment, by the deployment's name."""
    running = [each for each in _all("pods") if each["status"]["phase"] == "Running"]
    return {(each["metadata"]["namespace"], _name(each)): each["status"]["podIP"] for each in running}


def _all(kind: str) -> list[Json]:
    found: list[Json] = json.loads(kubectl("get", kind, "-A", "-o", "json"))["items"]
    return found


def _name(pod: Json) -> str:
    """The deployment's name: a deployment adds two parts to its pod's name."""
    name: str = pod["metadata"]["name"]
    return name.rsplit("-", 2)[0] if "pod-template-hash" in pod["metadata"].get("labels", {}) else name


def _pod(pod: StandIn, image: str) -> Json:
    """The pod's manifest, restricted as the namespace of terminals demands. The sysctl lets it use low ports."""
    container = {
        "name": "listener",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-c", LISTEN, ANYWHERE, *map(str, pod.ports)],
        "readinessProbe": {"tcpSocket": {"port": pod.ports[-1]}, "periodSeconds": 1},
        "resources": {"requests": {"cpu": "5m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    security = {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
        "sysctls": [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}],
    }
    spec = {
        "containers": [container],
        "securityContext": security,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1,
        "activeDeadlineSeconds": LIVES_S,
    }
    metadata = {"name": pod.name, "namespace": pod.namespace, "labels": pod.labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
