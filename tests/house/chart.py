"""The product's chart as helm renders it without a cluster."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SYSTEM, TERMINALS = "lockstep", "lockstep-terminals"
IMAGES = ("operator", "router", "keyring", "webappApi", "notifier", "website", "door")
Object = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod as a policy sees it, with the spec that its Deployment, Job or CronJob has for it."""

    name: str
    namespace: str
    labels: dict[str, str]
    spec: Object

    @property
    def component(self) -> str:
        return self.labels["app.kubernetes.io/component"]

    @property
    def variables(self) -> dict[str, str]:
        containers = self.spec["containers"]
        return {each["name"]: each.get("value", "") for container in containers for each in container.get("env", ())}


def rendering(values: Object) -> "subprocess.CompletedProcess[str]":
    """What helm says to these values."""
    return _rendering(json.dumps(values))


@cache
def _rendering(values: str) -> "subprocess.CompletedProcess[str]":
    find = [str(ROOT / "devcluster/binaries.sh"), "helm"]
    helm = subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip()
    images = {image: f"registry/{image}:1" for image in IMAGES}
    all_values = {
        "images": images,
        "website": {"enabled": True},
        "status": {"enabled": True},
        "crds": {"create": False},
        **json.loads(values),
    }
    where = ["-n", SYSTEM, "--kube-version", "1.33.0", "-f", "-"]
    command = [helm, "template", "release", str(ROOT / "charts/lockstep"), *where]
    return subprocess.run(command, input=json.dumps(all_values), capture_output=True, text=True, check=False)


def rendered(**values: Any) -> list[Object]:
    """The objects of an installation with these values."""
    return _rendered(json.dumps(values))


@cache
def _rendered(values: str) -> list[Object]:
    done = _rendering(values)
    assert done.returncode == 0, done.stderr
    return [each for each in yaml.load_all(done.stdout, yaml.CSafeLoader) if each]


def of_kind(objects: list[Object], *kinds: str) -> Iterator[Object]:
    return (each for each in objects if each["kind"] in kinds)


def pods(objects: list[Object]) -> list[Pod]:
    """One pod of everything in the chart that makes pods."""
    found = []
    for each in of_kind(objects, "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"):
        spec = each["spec"]["jobTemplate"]["spec"] if each["kind"] == "CronJob" else each["spec"]
        made = spec["template"]
        namespace = each["metadata"].get("namespace", SYSTEM)
        found.append(Pod(each["metadata"]["name"], namespace, made["metadata"]["labels"], made["spec"]))
    return found
