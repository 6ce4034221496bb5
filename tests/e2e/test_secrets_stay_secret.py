"""Neither broker password is where it should not be: in a log, an object, an argument list or the database."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.kube import DEVSTACK, NAMESPACES, TERMINALS, kubectl
from tests.stack.scene import Scene

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]


DUMP = ("pg_dumpall", "-U", "postgres")


def haystacks() -> Iterator[tuple[str, str]]:
    kinds = kubectl("api-resources", "--verbs=list", "-o", "name").split()
    listed = ",".join(kind for kind in kinds if "metrics" not in kind)
    yield "every object of the cluster", kubectl("get", listed, "-A", "-o", "json")
    for namespace in NAMESPACES:
        for pod in kubectl("-n", namespace, "get", "pods", "-o", "name").split():
            yield f"logs of {pod}", kubectl("-n", namespace, "logs", pod, "--all-containers", check=False)
            yield f"earlier logs of {pod}", kubectl("-n", namespace, "logs", pod, "--all-containers", "-p", check=False)
    yield "the database", kubectl("-n", DEVSTACK, "exec", "statefulset/lockstep-postgres", "--", *DUMP)
    yield "arguments and environments of every process", "\n".join(_processes())


def _processes() -> Iterator[str]:
    for process in Path("/proc").glob("[0-9]*"):
        for part in ("cmdline", "environ"):
            try:
                yield (process / part).read_bytes().decode(errors="replace")
            except OSError:
                continue


FILES = "/run/lockstep/* $(find /home/trader/terminal -type f -name '*.log' -o -name '*.ini' -o -name '*.set')"


def journals(scene: Scene) -> Iterator[tuple[str, str]]:
    read = f"cat {FILES} 2>/dev/null | tr -d '\\000'"
    for account in (scene.master, scene.slave):
        pod = f"{account.resource}-{scene.epoch(account)}"
        yield f"files of {pod}", kubectl("-n", TERMINALS, "exec", pod, "--", "sh", "-c", read, check=False)


def test_no_password_is_found_anywhere(scene: Scene) -> None:
    ticket = scene.open("0.20")
    scene.see("a copy", lambda found: len(found) == 1)
    scene.close(ticket)
    scene.flat()
    passwords = [scene.master.login.password, scene.slave.login.password]
    needles = [form for password in passwords for form in forms_of(password)]
    found = [name for name, text in [*haystacks(), *journals(scene)] if any(n in text for n in needles)]
    assert found == []


def forms_of(password: str) -> list[str]:
    """The password in each encoding: as it is, as Kubernetes shows a Secret, and as Postgres dumps bytes."""
    raw = password.encode()
    return [password, base64.b64encode(raw).decode(), raw.hex()]


def test_the_search_would_find_a_password(scene: Scene) -> None:
    """The search above can fail: it finds the same accounts' public data."""
    found = {name for name, text in haystacks() if str(scene.master.login.login) in text}
    assert {"every object of the cluster", "the database", "arguments and environments of every process"} <= found
