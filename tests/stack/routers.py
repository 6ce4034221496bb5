"""Faults of the router for end-to-end tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.stack.kube import DEVSTACK, SYSTEM, kubectl
from tests.stack.shell import wait_for

REFUSE = """
alter role "lockstep_router_demo-1" nologin;
select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lockstep_router_demo-1';
"""
LET_IN = 'alter role "lockstep_router_demo-1" login;'
KILL_ALL = "import os, signal; os.kill(-1, signal.SIGKILL)"
LIST = """
from pathlib import Path
for file in Path("/proc").glob("[0-9]*/cmdline"):
    if file.parent.name != "1" and b"-m\\0lockstep_router" in file.read_bytes():
        print(file.parent.name)
"""


def kill_router() -> None:
    """Kills every process of the router at once but the container's first, which starts it again. Returns when all run
    again.
    """
    before = _processes()
    kubectl("-n", SYSTEM, "exec", "deploy/lockstep-router", "--", "python3", "-c", KILL_ALL, check=False)
    wait_for("the router started again", lambda: _is_new(before, _processes()) or None, 60)


def _is_new(before: frozenset[str], now: frozenset[str]) -> bool:
    return len(now) >= len(before) and not now & before


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


def _processes() -> frozenset[str]:
    """The numbers of the router's processes in their container; none while it does not run."""
    return frozenset(
        kubectl("-n", SYSTEM, "exec", "deploy/lockstep-router", "--", "python3", "-c", LIST, check=False).split()
    )
