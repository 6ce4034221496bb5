"""A namespace of its own, with the rights that the chart gives an operator, and nodes that kwok plays."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from lockstep_core.json_object import Json
from tests.scale.operators.errors import NoKwok
from tests.stack.kube import kubectl
from tests.stack.shell import BUILD, ROOT, environment, run, say, wait_for

NAMESPACE = "lockstep-bench-operator"
FAKE = "kwok.x-k8s.io/node"
RIGHTS = ("ServiceAccount", "Role", "RoleBinding")
PODS_OF_NODE = 250
TOLERATION = {"key": FAKE, "operator": "Exists", "effect": "NoSchedule"}


@dataclass(frozen=True)
class Ground:
    """Where an operator works: the API server's URL, and a folder as that of a mounted service account."""

    api_url: str
    credentials: Path


@contextmanager
def ground(first: list[Json]) -> Iterator[Ground]:
    """A namespace, and these nodes, which do not exist. At the end nothing of it is left."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        stack.callback(_remove)
        kwok = stack.enter_context(_kwok(folder))
        # Pods of nodes that nobody plays would never end, so these go while kwok still runs.
        stack.callback(_empty, kwok)
        kubectl("create", "namespace", NAMESPACE)
        kubectl("-n", NAMESPACE, "apply", "-f", "-", stdin=_rights())
        add_nodes(first)
        wait_for("nodes of kwok", lambda: _ready_nodes() >= len(first), 60)
        yield Ground(*_credentials(folder))


def nodes(pods: int) -> list[Json]:
    """As many nodes as so many pods need."""
    return [node(n, PODS_OF_NODE) for n in range(-(-pods // (PODS_OF_NODE - 10)))]


def node(number: int, pods: int) -> Json:
    """A node with room for so many pods, and with none of the pods that run on every node."""
    capacity = {"cpu": "64", "memory": "256Gi", "pods": str(pods)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"lockstep-bench-{number}", "labels": {FAKE: "bench"}, "annotations": {FAKE: "fake"}},
        "spec": {"taints": [{"key": FAKE, "value": "bench", "effect": "NoSchedule"}]},
        "status": {"allocatable": capacity, "capacity": capacity},
    }


def add_nodes(new: list[Json]) -> None:
    """Brings nodes to the cluster."""
    kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": new}))


def _rights() -> str:
    """Service account and role of the operator, as the chart has them."""
    found = [each for each in chart("templates/operator.yaml", {}) if each["kind"] in RIGHTS]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": found})


def chart(template: str, values: Json) -> list[Json]:
    """The objects of one of the chart's templates, for the namespace of the bench."""
    images = [
        f"--set=images.{name}=none:1"
        for name in ("operator", "router", "keyring", "webappApi", "notifier", "door", "terminalMt5")
    ]
    where = ["-n", NAMESPACE, f"--set=terminals.namespace={NAMESPACE}", "--kube-version", "1.33.0"]
    only = ["--show-only", template, "-f", "-"]
    text = run("helm", "template", "bench", str(ROOT / "charts/lockstep"), *where, *only, *images, stdin=json.dumps(values))
    return [each for each in yaml.safe_load_all(text) if each]


def _credentials(folder: Path) -> tuple[str, Path]:
    cluster = json.loads(kubectl("config", "view", "--raw", "--minify", "-o", "json"))["clusters"][0]["cluster"]
    (folder / "ca.crt").write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    (folder / "token").write_text(kubectl("-n", NAMESPACE, "create", "token", "lockstep-operator", "--duration=3h"))
    return cluster["server"], folder


@contextmanager
def _kwok(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    binary = run(str(ROOT / "devcluster/binaries.sh"), "kwok").strip()
    stages = sorted((ROOT / "devcluster/src/kwok/stages").glob("*.yaml"))
    options = [
        "--kubeconfig",
        str(BUILD / "kubeconfig"),
        "--node-lease-duration-seconds=40",
        f"--manage-nodes-with-annotation-selector={FAKE}=fake",
    ]
    log = folder / "kwok.log"
    with log.open("wb") as out:
        command = [binary, *options, *(f"--config={stage}" for stage in stages)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment(), cwd=folder)
    try:
        time.sleep(2)
        if process.poll() is not None:
            raise NoKwok(log.read_text()[-4000:])
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _ready_nodes() -> int:
    found = json.loads(kubectl("get", "nodes", "-l", f"{FAKE}=bench", "-o", "json"))["items"]
    ready = [c for node in found for c in node.get("status", {}).get("conditions", ()) if c["type"] == "Ready"]
    return sum(condition["status"] == "True" for condition in ready)


def _empty(kwok: "subprocess.Popen[bytes]") -> None:
    say("removing the namespace" if kwok.poll() is None else "removing the namespace without kwok")
    kubectl("delete", "namespace", NAMESPACE, "--ignore-not-found", "--wait=false")
    force = ("--force", "--grace-period=0", "--wait=false")
    kubectl("-n", NAMESPACE, "delete", "pods", "--all", *force, check=False)
    kubectl("wait", "--for=delete", f"namespace/{NAMESPACE}", "--timeout=600s")


def _remove() -> None:
    kubectl("delete", "nodes", "-l", f"{FAKE}=bench", "--ignore-not-found")
