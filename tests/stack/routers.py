"""Faults of the router for end-to-end tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.stack.kube import DEVSTACK, SYSTEM, items, kubectl
from tests.stack.shell import wait_for

REFUSE = """
alter role "lockstep_router_demo-1" nologin;
select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lockstep_router_demo-1';
"""
LET_IN = 'alter role "lockstep_router_demo-1" login;'
KILL_ALL = "import os, signal; os.kill(-1, signal.SIGKILL)"


def kill_router() -> None:
    """Kills every process of the router at once. Returns when its container has restarted."""
    before = _restarts()
    kubectl("-n", SYSTEM, "exec", "deploy/lockstep-router", "--", "python3", "-c", KILL_ALL, check=False)
    wait_for("the router's container started again", lambda: _restarts() > before or None, 60)


@contextmanager
def without_database() -> Iterator[None]:
    """The router's database refuses the router's role and ends its connections, and nobody else's."""
    _as_owner(REFUSE)
    try:
        yield
    finally:
        _as_owner(LET_IN)


def _as_owner(statements: str) -> None:
    pod = ("-n", DEVSTACK, "exec", "-i", "lockstep-postgres-0", "-c", "postgres", "--")
    kubectl(*pod, "psql", "-U", "postgres", "-qX", "-v", "ON_ERROR_STOP=1", stdin=statements)


def _restarts() -> int:
    pods = items("pod", SYSTEM, "app.kubernetes.io/component=router")
    statuses = [c for pod in pods for c in pod["status"].get("containerStatuses", [])]
    return sum(c["restartCount"] for c in statuses if c["state"].get("running"))
