"""A SOCKS5 proxy (Debian's dante) at a public address of the development cluster's node, offered as the service's own."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep_core.json_object import Json
from tests.stack.connections import Place
from tests.stack.errors import StackError
from tests.stack.kube import BROKER, SYSTEM, get, items, kubectl
from tests.stack.outliving import why_not_here
from tests.stack.shell import wait_for

ADDRESS, PORT = "203.0.113.7", 1080
"""An address that is kept for examples: nobody on the internet has it."""
BROKER_NAME = f"test-broker.{BROKER}.svc.cluster.local"
MAPPED = "lockstep-proxies"
MOUNTED = "/var/run/lockstep/proxies/proxies.json"
OFFERED_S = 240
"""The kubelet brings a changed ConfigMap into its mounts within two minutes."""

_DANTE = f"""logoutput: stderr
internal: {ADDRESS} port = {PORT}
external: {ADDRESS}
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {{
  from: 0.0.0.0/0 to: 0.0.0.0/0
}}
socks pass {{
  from: 0.0.0.0/0 to: 0.0.0.0/0
  command: connect
  protocol: tcp
}}
"""


def why_no_proxy() -> str:
    """Why no proxy can run beside the cluster's pods; "" if it can."""
    missing = "" if _program() else "no danted here: devcluster/setup.sh proxies installs it"
    return why_not_here() or missing


def _program() -> str | None:
    return shutil.which("danted", path="/usr/sbin:/usr/bin")


class NodeProxy:
    """Dante in the network of the cluster's node. The broker sees its connections come from `ADDRESS`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it listens."""
        hosts, conf = self._folder / "hosts", self._folder / "conf"
        # The broker's name leads to its pod: on the way through a service, the node would hide the proxy's address.
        hosts.write_text(f"127.0.0.1 localhost\n{_broker_pod()} {BROKER_NAME}\n")
        conf.write_text(_DANTE)
        inside = ["nsenter", f"--net={_network()}", "unshare", "--mount", "bash", "-c"]
        script = f'mount --bind "$0" /etc/hosts && exec "{_program()}" -p "$2" -f "$1"'
        with (self._folder / "log").open("wb") as log:
            command = [*inside, script, str(hosts), str(conf), str(self._folder / "pid")]
            null = subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=null, start_new_session=True)
        wait_for("a proxy that listens", self._listens, 20)

    def stop(self) -> None:
        """Ends the proxy and its connections. Dante serves connections in processes of their own, so they are ended too."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def _listens(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise StackError((self._folder / "log").read_text())
        ask = ["nsenter", f"--net={_network()}", "bash", "-c", f"</dev/tcp/{ADDRESS}/{PORT}"]
        return subprocess.run(ask, capture_output=True, check=False).returncode == 0


@contextmanager
def node_proxy(folder: Path) -> Iterator[NodeProxy]:
    """The proxy, with its address on the node. The operator lets terminals reach it whose account uses it."""
    address = [f"{ADDRESS}/32", "dev", "lo"]
    inside = ["nsenter", f"--net={_network()}", "ip", "address"]
    subprocess.run([*inside, "replace", *address], check=True)
    proxy = NodeProxy(folder)
    try:
        proxy.start()
        yield proxy
    finally:
        proxy.stop()
        subprocess.run([*inside, "delete", *address], check=True)


@contextmanager
def offered(name: str) -> Iterator[None]:
    """Offers the proxy under this name, as an upgrade of the release would: by its ConfigMap. At the end it is as before."""
    before = _listed()
    entry: Json = {"name": name, "type": "SOCKS5", "address": ADDRESS, "port": PORT}
    _list([*before, entry])
    try:
        yield
    finally:
        _list(before)


def known_to_the_keyring(name: str) -> bool:
    """Whether the keyring's mount lists the proxy already."""
    return f'"{name}"' in Place(SYSTEM, "deployment/lockstep-keyring").run(f"cat {MOUNTED}")


def _listed() -> list[Json]:
    found = get("configmap", MAPPED, SYSTEM)
    if found is None:
        raise StackError(f"There is no ConfigMap {MAPPED}: is the product installed? Run `make up`.")
    listed: list[Json] = json.loads(found["data"]["proxies.json"])
    return listed


def _list(proxies: list[Json]) -> None:
    patch = {"data": {"proxies.json": json.dumps(proxies)}}
    kubectl("-n", SYSTEM, "patch", "configmap", MAPPED, "--type=merge", "-p", json.dumps(patch))


def _network() -> str:
    """The node's network namespace."""
    return f"/run/netns/{kubectl('config', 'current-context').strip()}"


def _broker_pod() -> str:
    running = [each for each in items("pod", BROKER, "app=test-broker") if each["status"].get("podIP")]
    return str(running[0]["status"]["podIP"])
