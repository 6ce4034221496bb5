"""The cluster by way of kubectl."""

import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from lockstep_core.json_object import Json
from tests.stack.errors import StackError
from tests.stack.shell import environment, run, wait_for

SYSTEM = "lockstep"
TERMINALS = "lockstep-terminals"
DEVSTACK = "lockstep-devstack"
BROKER = "lockstep-broker"
NAMESPACES = (SYSTEM, TERMINALS, DEVSTACK, BROKER)


def kubectl(*args: str, stdin: str | None = None, check: bool = True, timeout_s: float = 600) -> str:
    """kubectl's standard output."""
    return run("kubectl", *args, stdin=stdin, check=check, timeout_s=timeout_s)


def get(kind: str, name: str, namespace: str) -> Json | None:
    """One object, or None if there is none."""
    raw = kubectl("-n", namespace, "get", kind, name, "-o", "json", "--ignore-not-found")
    return json.loads(raw) if raw.strip() else None


def items(kind: str, namespace: str, selector: str = "") -> list[Json]:
    """All objects of a kind in a namespace, by label selector where given."""
    found: list[Json] = json.loads(kubectl("-n", namespace, "get", kind, "-o", "json", "-l", selector))["items"]
    return found


def condition(found: Json | None, kind: str = "Ready") -> Json | None:
    """A CopierAccount's or pod's condition of this type."""
    conditions = ((found or {}).get("status") or {}).get("conditions") or []
    return next((c for c in conditions if c["type"] == kind), None)


@contextmanager
def reach(service: str, namespace: str, port: int) -> Iterator[str]:
    """`host:port` at which this machine reaches a service: directly if addresses are routed, else through a port forward."""
    found = get("service", service, namespace)
    if found is None:
        raise StackError(f"There is no service {service} in {namespace}: is the product installed? Run `make up`.")
    address = str(found["spec"]["clusterIP"])
    if answers(address, port):
        yield f"{address}:{port}"
        return
    local = _free_port()
    forward = subprocess.Popen(
        ["kubectl", "-n", namespace, "port-forward", f"service/{service}", f"{local}:{port}"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"port {port} of {service}", lambda: answers("127.0.0.1", local) or None, 30)
        yield f"127.0.0.1:{local}"
    finally:
        forward.terminate()
        forward.wait(10)


def answers(host: str, port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        with socket.create_connection((host, port), 1):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
