"""Network policies as pods meet them: each reaches what its policies allow, by real connections, and nothing else.

One table says who reaches what. Each target is reached by somebody, so that nothing passes because a target is dead.
"""

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import pytest

from lockstep_core.resources.names import COMPONENT_LABEL, ENVIRONMENT_LABEL, SERVER_LABEL, TERMINAL, server_label
from tests.stack.broker import Broker
from tests.stack.connections import LISTEN, LIVES_S, Place, StandIn, Target, pods, services, standing_in
from tests.stack.doors import Doors
from tests.stack.install import KNOWN_SERVER
from tests.stack.kube import BROKER, DEVSTACK, SYSTEM, TERMINALS, kubectl
from tests.stack.outliving import why_not_here
from tests.stack.people import broker_account, register, wait_until_ready
from tests.stack.settings import images

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

SETTLED_S = 60
"""A policy is enforced a moment after a pod has its address: new pods are measured again until then."""

RELEASE = {"app.kubernetes.io/part-of": "lockstep", "app.kubernetes.io/instance": "lockstep"}
MAIL_PORTS = (25, 465, 587, 2525)
METADATA = Target("169.254.169.254", 80)
ELSEWHERE = why_not_here()
RUN = secrets.token_hex(3)


def stand_in(name: str, namespace: str, labels: dict[str, str] | None = None, ports: tuple[int, ...] = (443,)) -> StandIn:
    return StandIn(f"stand-in-{name}-{RUN}", namespace, labels or {}, ports)


def terminal_of(environment: str, server: str = "Other-Broker") -> dict[str, str]:
    """The labels of a terminal that policies look at."""
    return {COMPONENT_LABEL: TERMINAL, ENVIRONMENT_LABEL: environment, SERVER_LABEL: server_label(server)}


def component(name: str) -> dict[str, str]:
    """The labels of a component's pod."""
    return {**RELEASE, COMPONENT_LABEL: name}


STAND_INS = {
    "free": stand_in("free", DEVSTACK),
    "mail server": stand_in("mail", BROKER, ports=(*MAIL_PORTS, 443)),
    "neighbour": stand_in("neighbour", TERMINALS, terminal_of("demo")),
    "live terminal": stand_in("live", TERMINALS, terminal_of("live")),
    "known broker's": stand_in("known", TERMINALS, terminal_of("demo", KNOWN_SERVER)),
    "no terminal": stand_in("nobody", TERMINALS),
    "live router": stand_in("router", SYSTEM, component("router") | {ENVIRONMENT_LABEL: "live"}, ports=(7400,)),
    "keys": stand_in("keys", SYSTEM, component("keys")),
    "reseal": stand_in("reseal", SYSTEM, component("reseal")),
    "unnamed": stand_in("unnamed", SYSTEM, RELEASE),
}
DEPLOYMENTS = ("router", "keyring", "operator", "webapp-api", "notifier", "website", "status")

MAIL = {f"mail at {port}" for port in MAIL_PORTS}
OF_TERMINALS = {"dns", "keyring", "broker", "broker's control", "mail server's website"}
REACHES: dict[str, Set[str]] = {
    "terminal": {*OF_TERMINALS, "router", "ticks"},
    "neighbour": {*OF_TERMINALS, "router", "ticks"},
    "live terminal": {*OF_TERMINALS, "live router"},
    "known broker's": {"dns", "keyring", "broker", "router", "ticks"},
    "no terminal": set(),
    "router": {"dns", "database"},
    "keyring": {"dns", "API server"},
    "operator": {"dns", "API server", "database"},
    "webapp-api": {"dns", "database", "supabase", "broker"},
    "website": {"dns", "supabase", "API for the website"},
    "notifier": {"dns", "database", "mailbox"},
    "status": {"dns", "database", "API", "website"},
    "keys": {"dns", "API server"},
    "reseal": {"dns", "database"},
    "unnamed": {"dns"},
    "free": {
        *("dns", "API server", "kubelet", "database", "supabase", "mailbox", "router's metrics", "API", "website"),
        "status page",
        *("broker", "broker's control", "mail server's website", *MAIL),
        *(() if ELSEWHERE else ("cloud metadata",)),
    },
}
OWN: dict[str, Set[str]] = {
    "router": {"router", "ticks", "router's metrics"},
    "keyring": {"keyring"},
    "webapp-api": {"API", "API for the website"},
    "website": {"website", "website's probes"},
    "status": {"status page", "status page's alerts"},
    "neighbour": {"neighbour"},
    "unnamed": {"unnamed"},
}
"""What a pod offers itself: whether it may come back to itself, networks are of different minds about."""


def addresses() -> dict[str, Target]:
    """All targets."""
    service, pod = services(), pods()
    standing = {name: pod[each.namespace, each.name] for name, each in STAND_INS.items()}
    router, api, broker = (
        service[SYSTEM, "lockstep-router"],
        service[SYSTEM, "lockstep-webapp-api"],
        service[BROKER, "test-broker"],
    )
    return {
        "dns": Target(service["kube-system", "kube-dns"], 53),
        "API server": Target(service["default", "kubernetes"], 443),
        "kubelet": Target(node_address(), 10250),
        "database": Target(service[DEVSTACK, "lockstep-postgres"], 5432),
        "supabase": Target(service[DEVSTACK, "lockstep-supabase"], 54321),
        "mailbox": Target(service[DEVSTACK, "lockstep-mailbox"], 1025),
        "keyring": Target(service[SYSTEM, "lockstep-keyring"], 8443),
        "router": Target(router, 7400),
        "ticks": Target(router, 7401),
        "router's metrics": Target(pod[SYSTEM, "lockstep-router"], 9100),
        "API": Target(api, 8000),
        "API for the website": Target(api, 8001),
        "website": Target(service[SYSTEM, "lockstep-website"], 3000),
        "website's probes": Target(pod[SYSTEM, "lockstep-website"], 9101),
        "status page": Target(service[SYSTEM, "lockstep-status"], 3001),
        "status page's alerts": Target(pod[SYSTEM, "lockstep-status"], 3002),
        "broker": Target(broker, 4430),
        "broker's control": Target(broker, 8080),
        "mail server's website": Target(standing["mail server"], 443),
        **{f"mail at {port}": Target(standing["mail server"], port) for port in MAIL_PORTS},
        **{name: Target(standing[name], 443) for name in ("neighbour", "unnamed")},
        "live router": Target(standing["live router"], 7400),
        # Another cluster may have a real metadata service at this address.
        **({} if ELSEWHERE else {"cloud metadata": METADATA}),
    }


def node_address() -> str:
    found = json.loads(kubectl("get", "nodes", "-o", "json"))["items"][0]["status"]["addresses"]
    return str(next(each["address"] for each in found if each["type"] == "InternalIP"))


@contextmanager
def metadata_service() -> Iterator[None]:
    """Answers at the address of a cloud's metadata service, on our own node."""
    inside = ["nsenter", f"--net=/run/netns/{kubectl('config', 'current-context').strip()}"]
    address = [f"{METADATA.address}/32", "dev", "lo"]
    subprocess.run([*inside, "ip", "address", "replace", *address], check=True)
    listen = ["timeout", str(LIVES_S), sys.executable, "-c", LISTEN, METADATA.address, str(METADATA.port)]
    listener = subprocess.Popen([*inside, *listen])
    try:
        yield
    finally:
        listener.terminate()
        listener.wait(10)
        subprocess.run([*inside, "ip", "address", "delete", *address], check=True)


@pytest.fixture(scope="module")
def terminal(public: tuple[Doors, Broker]) -> Iterator[Place]:
    """The pod of a real account."""
    doors, broker = public
    doors.sign_up(f"e2e-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(18))
    account = register(doors, broker_account(broker), "master", "policies")
    ready = wait_until_ready(account)
    yield Place(TERMINALS, f"pod/{account.resource}-{ready['status']['epoch']}")
    doors.remove_account(account.id)


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Target]]:
    """All targets, while they exist."""
    with standing_in(images()["router"], *STAND_INS.values()), nullcontext() if ELSEWHERE else metadata_service():
        yield addresses()


@pytest.fixture(scope="module")
def reached(terminal: Place, targets: dict[str, Target]) -> dict[str, frozenset[str]]:
    """The targets that each source reaches."""
    deployed = {name: Place(SYSTEM, f"deployment/lockstep-{name}") for name in DEPLOYMENTS}
    standing = {name: each.place for name, each in STAND_INS.items() if name in REACHES}
    return measured({"terminal": terminal, **deployed, **standing}, targets)


def measured(sources: dict[str, Place], targets: dict[str, Target]) -> dict[str, frozenset[str]]:
    """The targets that each source reaches. Measures until they are as in the table, or `SETTLED_S` are over."""
    found: dict[str, frozenset[str]] = {}
    off, end = list(sources), time.monotonic() + SETTLED_S
    with ThreadPoolExecutor(4) as pool:
        while off:
            found.update(zip(off, pool.map(lambda name: sources[name].reached(targets), off), strict=True))
            off = [name for name in off if of_others(name, found) != REACHES[name] and time.monotonic() < end]
    return found


def of_others(source: str, reached: dict[str, frozenset[str]]) -> frozenset[str]:
    """The targets in other pods that a source reaches."""
    return reached[source] - OWN.get(source, set())


@pytest.mark.parametrize("source", REACHES)
def test_each_pod_reaches_what_its_policies_allow_and_nothing_else(reached: dict[str, frozenset[str]], source: str) -> None:
    assert of_others(source, reached) == REACHES[source]


def test_what_is_refused_to_one_is_reached_by_another(
    reached: dict[str, frozenset[str]], targets: dict[str, Target]
) -> None:
    """A pod reaches it where another source is refused; the pod itself counts where nobody else may reach it."""
    assert set().union(*reached.values()) == set(targets)


def test_a_terminal_reaches_no_mail_server_from_inside_its_pod(reached: dict[str, frozenset[str]]) -> None:
    """It reaches another port of the very same pod."""
    assert reached["terminal"] & {*MAIL, "mailbox"} == set()
    assert "mail server's website" in reached["terminal"]
    assert reached["free"] >= {*MAIL, "mailbox"}


def test_a_terminal_finds_names_by_dns(terminal: Place, targets: dict[str, Target]) -> None:
    found = terminal.run(f"getent hosts lockstep-keyring.{SYSTEM}.svc.cluster.local")
    assert found.split()[0] == targets["keyring"].address


@pytest.mark.skipif(bool(ELSEWHERE), reason=ELSEWHERE)
def test_a_terminal_has_no_ipv6_address_past_the_policies(terminal: Place) -> None:
    """Pods of one bridge would reach each other's link-local addresses, which the firewall does not filter."""
    interfaces = {line.split()[-1] for line in terminal.run("cat /proc/net/if_inet6").splitlines()}
    assert interfaces <= {"lo"}
