"""Puts the product, its development backend and the test broker on the cluster. Safe to repeat."""

import json
from ipaddress import ip_network
from pathlib import Path

from lockstep_core.json_object import Json
from tests.stack.errors import CommandFailed, NotReady
from tests.stack.kube import BROKER, DEVSTACK, NAMESPACES, SYSTEM, TERMINALS, items, kubectl
from tests.stack.settings import Images, images
from tests.stack.shell import BUILD, ROOT, run, say
from tests.stack.unready import unready

LOGIN_TIMEOUT_S = 25
"""A test terminal is authorized within seconds, so silence means an unknown server much sooner than with a real terminal."""


SITE = "http://127.0.0.1:3000"
"""Where a person opens the website: browsers seal passwords only over https or on the machine itself."""

SHARDS = [{"name": "demo-1", "environment": "demo", "serviceName": "lockstep-router"}]
BROKER_LABELS = {"kubernetes.io/metadata.name": BROKER}
KNOWN_SERVER = "Known-Broker"
KNOWN_BROKER = {
    "server": KNOWN_SERVER,
    "platform": "MT5",
    "environment": "demo",
    "cidrs": ["10.0.0.0/8"],
    "ports": [4430],
    "probe": f"test-broker.{BROKER}:4430",
}
"""A broker whose addresses are known: its terminals reach the test broker's port for terminals, and not its control."""

AS_OFTEN_AS_TESTS_DO = {"perMinute": 1200, "burst": 100, "refusals": 100}
"""Above any real broker's limits: tests start many terminals at once, also with wrong passwords."""
GOVERNED_SERVER = "LockstepTest-Demo2"
UNBUNDLED_SERVER = "Unbundled-Demo"
OF_NO_IMAGE = {"path": "config/servers.dat", "sha256": "0" * 64}
GOVERNED_PACE = {"perMinute": 6, "burst": 1, "refusals": 3}
BROKERS = [
    {
        "brand": "Lockstep's test broker",
        "servers": [
            {"server": GOVERNED_SERVER, "platform": "MT5", "environment": "demo", "logins": GOVERNED_PACE},
            KNOWN_BROKER,
            {"server": UNBUNDLED_SERVER, "platform": "MT5", "environment": "demo", "files": [OF_NO_IMAGE]},
        ],
    }
]
"""The governed server lets terminals log in one after the other. No other test uses it. No image has
what the unbundled one needs.
"""


def install() -> None:
    """Returns when all deployments are ready. Raises `CommandFailed` with the output of helm or kubectl."""
    built = images()
    namespaces()
    say("installing Postgres and Supabase")
    helm("devstack", DEVSTACK, ROOT / "charts" / "devstack", devstack_values(built))
    say("installing the test broker")
    broker(built)
    say("installing Lockstep")
    helm("lockstep", SYSTEM, ROOT / "charts" / "lockstep", lockstep_values(built))
    rollouts()
    say("everything is installed")


def status() -> None:
    """Prints what runs and how the accounts are."""
    for namespace in NAMESPACES:
        print(f"\n{namespace}:\n{kubectl('-n', namespace, 'get', 'pods', '-o', 'wide')}", end="")
    print(f"\n{kubectl('-n', TERMINALS, 'get', 'copieraccounts', check=False)}")


def namespaces() -> None:
    """The namespaces that no chart makes."""
    for name in (SYSTEM, DEVSTACK, BROKER):
        kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}))


def helm(release: str, namespace: str, chart: Path, values: dict[str, object]) -> None:
    """Installs or upgrades a release and waits until it is ready. A failure says what its pods say."""
    path = BUILD / f"values-{release}.json"
    path.write_text(json.dumps(values, indent=1))
    command = (
        "helm",
        "upgrade",
        "--install",
        release,
        str(chart),
        "-n",
        namespace,
        "-f",
        str(path),
        "--wait",
        "--timeout",
        "6m",
    )
    try:
        run(*command)
    except CommandFailed as error:
        raise NotReady(error, unready(namespace)) from error


def devstack_values(built: Images) -> dict[str, object]:
    """Values of charts/devstack."""
    return {
        "image": built["devstack"],
        "systemNamespace": SYSTEM,
        "shards": [shard["name"] for shard in SHARDS],
        "siteUrl": SITE,
        "postgres": {"storage": {"hostPath": storage()}},
        "supabase": {"confirmEmails": True},
    }


def storage() -> str:
    """Where Postgres keeps its data on our own node: beside the state that `make down` keeps. None on other clusters."""
    kubeconfig = (BUILD / "kubeconfig").resolve()
    return str(kubeconfig.parent / "postgres") if (kubeconfig.parent / "pids").is_dir() else ""


def lockstep_values(built: Images) -> dict[str, object]:
    """Values of charts/lockstep: our images, and network access to the test broker."""
    return {
        "images": {
            "operator": built["operator"],
            "router": built["router"],
            "keyring": built["keyring"],
            "webappApi": built["webapp_api"],
            "notifier": built["notifier"],
            "website": built["website"],
            "door": built["door"],
            "terminalMt4": built["test-terminal-mt4"],
            "terminalMt5": built["test-terminal"],
        },
        # The machines of developers have two cores, and the tests need them and their memory, too.
        "operator": {"replicas": 1, "startsAtOnce": 2},
        # The development database has no priority: on a full node a router would push it out.
        "priorityClasses": {"create": False},
        "terminals": {
            "namespace": TERMINALS,
            "loginTimeoutS": LOGIN_TIMEOUT_S,
            # A test terminal needs a fraction of what a real one does.
            "resources": {"requests": {"cpu": "10m", "memory": "64Mi"}, "limits": {"memory": "1Gi"}},
            "logins": {"demo": AS_OFTEN_AS_TESTS_DO, "live": AS_OFTEN_AS_TESTS_DO},
            "egress": {
                "publicInternet": False,
                "extraPeers": [{"namespaceSelector": {"matchLabels": BROKER_LABELS}}],
            },
        },
        "brokers": BROKERS,
        "networkPolicies": {"egress": {"apiServer": [api_server()]}},
        "website": {"enabled": True, "url": SITE},
        "notifier": {"mail": {"host": f"lockstep-mailbox.{DEVSTACK}", "port": 1025, "tls": "none"}},
        "status": {"enabled": True},
        # Our own cluster provides no volumes.
        "router": {"shards": SHARDS, "state": {"claim": False}},
    }


def api_server() -> dict[str, object]:
    """Where the API server is, as its service and its endpoints say: an entry of a NetworkPolicy's `egress`."""
    (service,) = items("service", "default", "component=apiserver")
    slices = items("endpointslice", "default", "kubernetes.io/service-name=kubernetes")
    addresses = {service["spec"]["clusterIP"], *(address for each in slices for address in addresses_of(each))}
    ports = {each["port"] for each in (*service["spec"]["ports"], *(port for each in slices for port in each["ports"]))}
    return {
        "to": [{"ipBlock": {"cidr": str(ip_network(address))}} for address in sorted(addresses)],
        "ports": [{"protocol": "TCP", "port": port} for port in sorted(ports)],
    }


def addresses_of(endpoints: Json) -> list[str]:
    """All addresses in an EndpointSlice."""
    return [address for each in endpoints["endpoints"] for address in each["addresses"]]


def broker(built: Images) -> None:
    """Applies the test broker's manifests with the built image."""
    path = ROOT / "tests" / "terminal" / "manifests" / "broker.yaml"
    kubectl("apply", "-f", "-", stdin=path.read_text().replace("image: test-broker\n", f"image: {built['test-broker']}\n"))


def rollouts() -> None:
    """Waits for all our deployments."""
    for namespace in (DEVSTACK, BROKER, SYSTEM):
        for deployment in kubectl("-n", namespace, "get", "deployments", "-o", "name").split():
            kubectl("-n", namespace, "rollout", "status", deployment, "--timeout=300s")
