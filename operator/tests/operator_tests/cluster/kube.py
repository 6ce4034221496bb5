"""kubectl on the installed product, and one account that is applied by hand instead of through the database."""

import json
import os
import shutil
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lockstep_core.json_object import Json

ROOT = Path(__file__).parents[4]
TERMINALS = os.environ.get("LOCKSTEP_TERMINALS_NAMESPACE", "lockstep-terminals")
T = TypeVar("T")


class KubectlFailed(AssertionError):
    """kubectl's own words."""


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    """kubectl's output in the terminals' namespace. Raises KubectlFailed."""
    tool = shutil.which("kubectl", path=f"{ROOT / 'build' / 'bin'}:{os.environ['PATH']}") or "kubectl"
    environment = {"KUBECONFIG": str(ROOT / "build" / "kubeconfig"), **os.environ}
    command = [tool, "-n", TERMINALS, *arguments]
    done = subprocess.run(command, input=stdin, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise KubectlFailed(done.stderr)
    return done.stdout


def within(seconds: float, what: str, probe: Callable[[], T | None]) -> T:
    """The first answer of a probe that is not empty."""
    deadline = time.monotonic() + seconds
    while (found := probe()) is None:
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.2)
    return found


@dataclass(frozen=True)
class Account:
    """An account without an owner, at a server that does not exist: the tests look at what the operator makes of it."""

    id: str

    @property
    def name(self) -> str:
        return f"account-{self.id}"

    def apply(self, version: int = 1, **changes: object) -> None:
        spec = {
            "accountId": self.id,
            "userId": str(uuid.UUID(int=7)),
            "platform": "MT5",
            "environment": "Demo",
            "login": "4711",
            "server": "NoSuchBroker-Demo",
            "role": "Master",
            "operatingMode": "Running",
            "credentials": {"secretName": self.name, "version": version},
        }
        resource = {
            "apiVersion": "lockstep.dev/v1alpha1",
            "kind": "CopierAccount",
            "metadata": {"name": self.name},
            "spec": {**spec, **changes},
        }
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(resource))

    def seal(self, version: int = 1) -> None:
        """A Secret as the sync makes it; the bytes in it open nothing."""
        owner = {"apiVersion": "lockstep.dev/v1alpha1", "kind": "CopierAccount", "name": self.name, "uid": self.uid()}
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": self.name, "ownerReferences": [owner]},
            "stringData": {"sealed": "x" * 80, "key_id": "0" * 16, "version": str(version)},
        }
        kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=json.dumps(secret))

    def start(self) -> None:
        """Creates the account's Secret, and then its CopierAccount, so that the operator finds the password at once."""
        self.seal()
        self.apply()

    def raw(self) -> Json:
        found: Json = json.loads(kubectl("get", "copieraccount", self.name, "-o", "json"))
        return found

    def uid(self) -> str:
        return str(self.raw()["metadata"]["uid"])

    def status(self) -> Json:
        status: Json = self.raw().get("status", {})
        return status

    def pods(self) -> list[Json]:
        pods: list[Json] = json.loads(kubectl("get", "pods", "-l", f"lockstep.dev/account={self.id}", "-o", "json"))["items"]
        return pods

    def left(self) -> list[str]:
        """The names of everything that the cluster has of the account."""
        kinds = "copieraccounts,pods,secrets,serviceaccounts"
        return [name for name in kubectl("get", kinds, "-o", "name").split() if self.id in name]
