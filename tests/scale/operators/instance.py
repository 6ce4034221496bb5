"""An operator as a process of this machine, which works on the cluster with a service account of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from prometheus_client.parser import text_string_to_metric_families

from tests.scale.operators.errors import OperatorEnded
from tests.scale.operators.ground import FAKE, NAMESPACE, TOLERATION, Ground
from tests.stack.shell import wait_for

READS = ("get", "list")


@dataclass(frozen=True)
class Calls:
    """Calls to the API server since the operator's start, without those for its lease."""

    reads: int
    writes: int

    @property
    def all(self) -> int:
        return self.reads + self.writes


class Instance:
    """One running operator. `name` is what it calls itself in the lease; `more` are settings besides the usual ones."""

    def __init__(
        self, name: str, ground: Ground, database_url: str, folder: Path, more: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._port = _free_port()
        self._log = folder / f"{name}.log"
        # Two on one machine would take each other for themselves: an operator's name is that of its host.
        command = ["unshare", "--uts", "sh", "-c", f'hostname {name} && exec "$0" -m lockstep_operator', sys.executable]
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                command, env={**_environment(ground, database_url, self._port), **more}, stdout=out, stderr=subprocess.STDOUT
            )

    def ready(self) -> None:
        """Waits until it has listed all accounts, or waits for the lease."""
        wait_for("an operator that is ready", self._is_ready, 120)

    def metrics(self) -> dict[str, float]:
        """Its metrics by name; those with labels summed up."""
        found: dict[str, float] = {}
        for family in text_string_to_metric_families(self._get("/metrics")):
            for sample in family.samples:
                found[sample.name] = found.get(sample.name, 0.0) + sample.value
        return found

    def leads(self) -> bool:
        """Whether it is the one that works."""
        return self.metrics()["lockstep_operator_leads"] == 1

    def calls(self) -> Calls:
        """Its calls so far."""
        counted = [
            (sample.labels["verb"] in READS, int(sample.value))
            for family in text_string_to_metric_families(self._get("/metrics"))
            for sample in family.samples
            if sample.name == "lockstep_kubernetes_calls_total" and sample.labels["kind"] != "leases"
        ]
        return Calls(sum(n for reads, n in counted if reads), sum(n for reads, n in counted if not reads))

    def rss_mb(self) -> float:
        """Its memory."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        """Ends it as Kubernetes does."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def kill(self) -> None:
        """Ends it as the loss of its node does."""
        self._process.kill()
        self._process.wait()

    def _is_ready(self) -> bool | None:
        if self._process.poll() is not None:
            raise OperatorEnded(self._log.read_text()[-4000:])
        try:
            self._get("/readyz")
        except OSError:
            return None
        return True

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
        return text


def _environment(ground: Ground, database_url: str, port: int) -> dict[str, str]:
    fake = {FAKE: "bench"}
    return {
        **os.environ,
        "LOCKSTEP_DATABASE_URL": database_url,
        "LOCKSTEP_TERMINALS_NAMESPACE": NAMESPACE,
        "LOCKSTEP_TERMINAL_IMAGE_MT5": "none.invalid/mt5:1",
        "LOCKSTEP_TERMINAL_NODE_SELECTORS": json.dumps({"Demo": fake, "Live": fake}),
        "LOCKSTEP_TERMINAL_TOLERATIONS": json.dumps([TOLERATION]),
        "LOCKSTEP_KUBE_API_URL": ground.api_url,
        "LOCKSTEP_KUBE_CREDENTIALS_DIR": str(ground.credentials),
        "LOCKSTEP_METRICS_PORT": str(port),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
