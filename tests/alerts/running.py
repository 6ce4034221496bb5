"""Starts Prometheus and Alertmanager as processes on loopback, and asks them."""

import base64
import json
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import yaml

from lockstep_core.json_object import Json
from tests.alerts import config
from tests.alerts.config import Access, Config, Pace
from tests.stack.kube import SYSTEM, items, kubectl
from tests.stack.shell import ROOT, run, wait_for

RULES = ROOT / "charts/lockstep/files/monitoring/rules.yaml"
START_S = 60.0


class Monitoring(NamedTuple):
    """Two running servers, by the addresses of their pages."""

    prometheus: str
    alertmanager: str

    def value(self, query: str) -> float | None:
        """The newest value of a query with one answer; None where it has none."""
        found = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": query}).json()["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def targets(self) -> dict[str, str]:
        """What is scraped, and whether it answers: `up`, `down`, `unknown`."""
        found = httpx.get(f"{self.prometheus}/api/v1/targets").json()["data"]["activeTargets"]
        return {each["labels"].get("pod", each["labels"]["instance"]): each["health"] for each in found}


@contextmanager
def monitoring(
    folder: Path, scrapes: Sequence[Config], receiver: str, pace: Pace, ports: tuple[int, int] | None = None
) -> Iterator[Monitoring]:
    """Both servers with the chart's rules, until the end. What they keep is in the folder."""
    first, second = ports or (_free_port(), _free_port())
    asked, told = f"127.0.0.1:{first}", f"127.0.0.1:{second}"
    files = {
        "prometheus.yml": config.prometheus(str(RULES), told, scrapes, pace),
        "alertmanager.yml": config.alertmanager(receiver),
    }
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content))
    commands = (
        [
            *_alertmanager(),
            f"--config.file={folder / 'alertmanager.yml'}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address={told}",
            "--cluster.listen-address=",
        ],
        [
            _program("prometheus"),
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            "--storage.tsdb.retention.time=1d",
            f"--web.listen-address={asked}",
        ],
    )
    log = (folder / "log").open("ab")
    processes = [subprocess.Popen(command, stdout=log, stderr=log) for command in commands]
    try:
        for address in (told, asked):
            wait_for(f"http://{address} (see {folder / 'log'})", lambda: _is_ready(address), START_S)  # noqa: B023 - at once
        yield Monitoring(f"http://{asked}", f"http://{told}")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
        log.close()


def cluster_access(folder: Path) -> Access:
    """How the chosen cluster is reached. Its certificates are written into the folder, for its owner alone."""
    seen: Json = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
    cluster, user = seen["clusters"][0]["cluster"], seen["users"][0]["user"]
    files = {
        "ca_file": cluster.get("certificate-authority-data"),
        "cert_file": user.get("client-certificate-data"),
        "key_file": user.get("client-key-data"),
    }
    tls: Config = {}
    for name, content in files.items():
        if content:
            tls[name] = str(_secret(folder / name, base64.b64decode(content)))
    address = urlsplit(cluster["server"])
    return Access(f"{address.hostname}:{address.port or 443}", tls)


def list_pods(folder: Path, access: Access) -> Path:
    """Writes which pods of the release there are now, for Prometheus. Returns the file."""
    file, scratch = folder / "pods.json", folder / "pods.json.new"
    scratch.write_text(json.dumps(config.targets(access, items("pods", SYSTEM, "app.kubernetes.io/part-of=lockstep"))))
    return scratch.rename(file)


def _secret(path: Path, content: bytes) -> Path:
    path.touch(0o600)
    path.write_bytes(content)
    return path


def _program(name: str) -> str:
    return run(str(ROOT / "devcluster/prometheus.sh"), name).strip()


def _alertmanager() -> list[str]:
    """The command that starts Alertmanager with its templates in a mount of its own, so that nothing is installed."""
    program = _program("alertmanager")
    place = "/usr/share/prometheus/alertmanager"
    shown = f'mount -t tmpfs tmpfs /usr/share && mkdir -p {place} && cp "$1"/*.tmpl {place} && shift && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", shown, "sh", str(Path(program).parent / "templates"), program]


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
