"""Runs the real agent with the test terminal, in the root file system of the `terminal` image."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent_tests.keyring_peer import KeyringPeer, mount

from lockstep_agent.children.environment import WINE_PROCESS
from lockstep_core.proxies import Proxy
from stage.build import REPOSITORY
from stage.place import SERVER, await_value
from stage.servers import servers_dat
from stage.wine import IN_ROOTFS, Wine

DEPENDENCIES = "opt/lockstep/deps"
ROOMS = ("core", "service", "agent")
PORTS = ("HEALTH", "EVENTS", "COMMANDS")


class AgentProcess:
    """An agent whose folders are below one folder, as in its pod. The test plays its keyring."""

    def __init__(
        self, wine: Wine, name: str, built: Path, broker_port: int, traps: str = "", proxy: Proxy | None = None
    ) -> None:
        self.wine = wine
        self.folder = wine.work / name
        for part in ("image/terminal/config", "image/terminal/MQL5", "image/bridge", "home", "run", "mounts", "keyring"):
            (self.folder / part).mkdir(parents=True)
        for room in ROOMS:
            shutil.copytree(REPOSITORY / room / "src", self.folder / "src", dirs_exist_ok=True)
        self._fill_image(built, broker_port, traps)
        # An image lacks the names of its own machine, which a container runtime would add.
        (Path(wine.root) / "etc/hosts").write_text("127.0.0.1 localhost\n")
        self.keyring = KeyringPeer(self.folder / "keyring")
        mount(self.folder / "mounts", self.keyring.certificate)
        self._proxied = "no" if proxy is None else "yes"
        if proxy is not None:
            told = {"type": proxy.type, "address": proxy.address, "port": proxy.port, "login": proxy.login}
            self.keyring.proxy = {**told}
        wine.give_away(self.folder)
        self._log = self.folder / "agent.log"
        self._process = self._start()

    def states(self) -> list[tuple[str, str]]:
        """(state, reason) of everything that the agent has reported."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [(line["state"], line["reason"]) for line in lines if line["event"] == "state"]

    def await_state(self, state: str, reason: str, times: int = 1, wait_s: float = 120.0) -> None:
        """Waits until the agent has reported this so many times."""
        try:
            await_value(lambda: self.states().count((state, reason)) >= times, f"{state} {reason}", wait_s)
        except AssertionError as error:
            raise AssertionError(f"{error}; the agent said {self.states()}") from None

    def processes(self) -> list[int]:
        """All processes of its Wine."""
        wanted = f"{WINE_PROCESS}={self.wine.inside(self.folder / 'home/.wine')}".encode()
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if wanted in _content(path)]

    def signal(self, number: int) -> None:
        """Sends a signal to all processes of its Wine."""
        for pid in self.processes():
            os.kill(pid, number)

    def relay(self) -> int:
        """Its relay's process."""
        sources = f"{self.wine.inside(self.folder)}/src".encode()
        found = [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"lockstep_agent.relay" in _content(path)]
        (relay,) = (path for path in found if sources in _content(path.with_name("environ")))
        return int(relay.parent.name)

    def close(self) -> dict[str, Any]:
        """Asks the agent to end. Returns its last output."""
        # The first process below `unshare` is the shell, which stays. So the signal goes to the agent's own pid.
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            if b"lockstep_agent\0" in _content(path) and f"{self.wine.inside(self.folder)}/run".encode() in _content(
                path.with_name("environ")
            ):
                os.kill(int(path.parent.name), 15)
        self._process.wait(60)
        self.keyring.close()
        words: dict[str, Any] = json.loads((self.folder / "last-words").read_text())
        return words

    def _fill_image(self, built: Path, broker_port: int, traps: str) -> None:
        image = self.folder / "image"
        shutil.copytree(self.wine.template, image / "prefix", symlinks=True)
        shutil.copy(built / "terminal64.exe", image / "terminal")
        for file in ("Bridge.ex5", "Executor.ex5", "lockstep.dll"):
            shutil.copy(built / file, image / "bridge")
        (image / "terminal/config/servers.dat").write_bytes(servers_dat({SERVER: ("127.0.0.1", broker_port)}))
        (image / "terminal/traps.ini").write_text(traps)

    def _start(self) -> "subprocess.Popen[bytes]":
        variables = [f"{name}={value}" for name, value in self._variables().items()]
        agent = ["tini", "-s", "--", "python3", "-m", "lockstep_agent"]
        command = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "bash", "-c", IN_ROOTFS, self.wine.root]
        with self._log.open("wb") as log:
            return subprocess.Popen([*command, *variables, *agent], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _variables(self) -> Mapping[str, str]:
        home = self.wine.inside(self.folder)
        places = {f"LOCKSTEP_{name.upper()}_DIR": f"{home}/{name}" for name in ("image", "home", "run", "mounts")}
        ports = {f"LOCKSTEP_{name}_PORT": str(port) for name, port in zip(PORTS, _free_ports(), strict=True)}
        return {
            **places,
            **ports,
            "LOCKSTEP_TERMINATION_LOG": f"{home}/last-words",
            "LOCKSTEP_ACCOUNT_ID": "6b1f6a53-3f0e-4a55-9d1b-0d6a0f3c9f11",
            "LOCKSTEP_EPOCH": "1700000000",
            "LOCKSTEP_PLATFORM": "MT5",
            "LOCKSTEP_ENVIRONMENT": "demo",
            "LOCKSTEP_LOGIN": "1001",
            "LOCKSTEP_SERVER": SERVER,
            "LOCKSTEP_KEYRING_URL": self.keyring.url,
            "LOCKSTEP_UPDATE_PAUSE_S": "2",
            "LOCKSTEP_PROXIED": self._proxied,
            # As in the image: all its processes have it.
            "WINEPREFIX": f"{home}/home/.wine",
            "PYTHONPATH": f"{home}/src:/{DEPENDENCIES}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
        }


def _free_ports() -> list[int]:
    """Ports below the range from which the system picks ports by itself."""
    first = 10_000 + os.getpid() % 5_000 * 3
    return [first, first + 1, first + 2]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
