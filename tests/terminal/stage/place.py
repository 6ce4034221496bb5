"""Installs a terminal and its programs in a folder, and runs it and a broker."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from stage.servers import servers_dat, write_srv
from stage.wine import Wine

HERE = Path(__file__).resolve().parent.parent
SERVER = "LockstepTest-Demo"


class BrokerProcess:
    """The test broker as a process of its own, and its control API."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "broker", "--host", "127.0.0.1", "--port", "0", "--control-port", "0"]
        self.process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)
        words = (self.process.stdout.readline() if self.process.stdout else "").replace(",", "").split()
        self.port, self.control = int(words[3]), int(words[6])

    def call(self, method: str, path: str, **body: object) -> Any:
        """Calls the control API. Returns the JSON of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.control, timeout=10)
        try:
            connection.request(method, path, json.dumps(body) if body else None)
            answer = connection.getresponse()
            assert answer.status < 300, f"{method} {path}: {answer.status} {answer.read().decode()}"
            return json.load(answer)
        finally:
            connection.close()

    def close(self) -> None:
        """Ends the broker."""
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


@dataclass(frozen=True, slots=True)
class TerminalSetup:
    """The settings of a terminal. `only_login`: the only account that it may report, 0: any."""

    login: int
    password: str
    server: str = SERVER
    events_port: int = 0
    commands_port: int = 0
    live: str = "1"
    dll: str = "1"
    encoding: str = "utf-8"
    only_login: int = 0

    def with_(self, **changes: Any) -> "TerminalSetup":
        """A copy with some changes."""
        return replace(self, **changes)


class TerminalProcess:
    """A portable terminal in its own folder."""

    EXECUTABLE = "terminal64.exe"
    MQL = "MQL5"
    JOURNAL_ENCODING = "utf-16"
    PLACES: ClassVar[Mapping[str, str]] = {"Bridge.ex5": "Experts", "Executor.ex5": "Services", "lockstep.dll": "Libraries"}

    def __init__(self, wine: Wine, name: str, built: Path, broker_port: int) -> None:
        self.wine = wine
        self.folder = wine.work / name
        self.process: subprocess.Popen[bytes] | None = None
        # A start file from elsewhere; None: the setup makes one.
        self.start_file: str | None = None
        for part in (*self.PLACES.values(), "Presets", "Files"):
            (self.folder / self.MQL / part).mkdir(parents=True)
        (self.folder / "config").mkdir()
        shutil.copy(built / self.EXECUTABLE, self.folder)
        for file, place in self.PLACES.items():
            shutil.copy(built / file, self.folder / self.MQL / place)
        self._install({SERVER: ("127.0.0.1", broker_port)})

    def start(self, setup: TerminalSetup, display: str = "") -> None:
        """Writes its files and starts it. With a display, a file `close` in its folder closes its window."""
        ini = self.folder / "start.ini"
        ini.write_bytes((self.start_file or self._start_file(setup)).encode(setup.encoding))
        (self.folder / self.MQL / "Presets/bridge.set").write_text(self._inputs(setup))
        self.wine.make_prefix(self.folder)
        program = self.wine.inside(self.folder / self.EXECUTABLE)
        command = f"wine {program} {self._arguments(self.wine.windows(ini))}"
        shown = _on_display(command, display, self.EXECUTABLE) if display else command
        self.process = self.wine.start(shown, self.folder)

    def stop(self) -> None:
        """Kills the terminal."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)

    def signal(self, number: int) -> None:
        """Sends a signal to all processes of the terminal."""
        for pid in family(self.process.pid if self.process else 0):
            os.kill(pid, number)

    def cpu_s(self) -> float:
        """The processor time of all its processes, in seconds."""
        used = 0
        for pid in family(self.process.pid if self.process else 0):
            with contextlib.suppress(OSError):
                values = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                used += int(values[11]) + int(values[12])
        return used / os.sysconf("SC_CLK_TCK")

    def programs(self) -> list[str]:
        """The command lines of all processes of its Wine, also of those that Wine started by itself."""
        wanted = f"HOME={self.wine.inside(self.folder)}\0".encode()
        return [_command_line(folder) for folder in Path("/proc").glob("[0-9]*") if wanted in _variables(folder)]

    def journal(self, folder: str = "logs") -> str:
        """The text of its journals."""
        files = sorted((self.folder / folder).glob("*.log"))
        return "".join(file.read_bytes().decode(self.JOURNAL_ENCODING) for file in files)

    def await_line(self, text: str, wait_s: float = 30.0, folder: str = "logs") -> str:
        """The first journal line with this text."""
        return str(await_value(lambda: next((r for r in self.journal(folder).splitlines() if text in r), ""), text, wait_s))

    def _install(self, servers: dict[str, tuple[str, int]]) -> None:
        (self.folder / "config/servers.dat").write_bytes(servers_dat(servers))

    def _start_file(self, setup: TerminalSetup) -> str:
        return _mt5_start_file(setup)

    def _inputs(self, setup: TerminalSetup) -> str:
        (self.folder / "config/services.ini").write_bytes(_services(setup.commands_port).encode("utf-16"))
        return f"EventsPort={setup.events_port}\nLogin={setup.only_login}\n"

    def _arguments(self, start_file: str) -> str:
        return f"/portable '/config:{start_file}'"


class Mt4TerminalProcess(TerminalProcess):
    """The same for MT4. Its start file is an argument without a switch, and one program has both halves of the bridge."""

    EXECUTABLE = "terminal.exe"
    MQL = "MQL4"
    JOURNAL_ENCODING = "utf-8"
    PLACES: ClassVar[Mapping[str, str]] = {"Bridge.ex4": "Scripts", "lockstep.dll": "Libraries"}

    def _install(self, servers: dict[str, tuple[str, int]]) -> None:
        write_srv(self.folder / "config", servers)

    def _start_file(self, setup: TerminalSetup) -> str:
        return _mt4_start_file(setup)

    def _inputs(self, setup: TerminalSetup) -> str:
        ports = f"EventsPort={setup.events_port}\nCommandsPort={setup.commands_port}\n"
        return f"{ports}Login={setup.only_login}\n"

    def _arguments(self, start_file: str) -> str:
        return f"'{start_file}' /portable"


def family(root: int) -> list[int]:
    """The pids of a process and of all its descendants."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, values = stat.read_text().rsplit(")", 1)
            parents[int(name.split()[0])] = int(values.split()[1])
    found = [root] if root else []
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _variables(process: Path) -> bytes:
    with contextlib.suppress(OSError):
        return (process / "environ").read_bytes()
    return b""


def _command_line(process: Path) -> str:
    with contextlib.suppress(OSError):
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _on_display(command: str, display: str, executable: str) -> str:
    """Runs a command on its own X display, and closes its window once there is a file `close`.

    Wine makes no window before the display is there, so the command waits for the display. A window that does not exist yet
    misses taskkill's message, so taskkill is repeated.
    """
    screen = (
        f"Xvfb {display} -screen 0 640x480x16 -nolisten tcp & until [ -S /tmp/.X11-unix/X{display[1:]} ]; do sleep 0.1; done"
    )
    ask = f"while kill -0 $terminal 2>/dev/null; do wine taskkill /IM {executable}; sleep 1; done"
    until_asked = "until [ -e $HOME/close ]; do sleep 0.1; done"
    return f"{screen}; export DISPLAY={display}; {command} & terminal=$!; {until_asked}; {ask}; wait $terminal"


def await_value(look: Callable[[], Any], what: str, wait_s: float = 20.0) -> Any:
    """Waits until `look` returns a value, and returns it."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {wait_s} s: {what}")


def _mt5_start_file(s: TerminalSetup) -> str:
    return (
        f"[Common]\r\nLogin={s.login}\r\nPassword={s.password}\r\nServer={s.server}\r\nKeepPrivate=0\r\n"
        f"[Experts]\r\nAllowLiveTrading={s.live}\r\nAllowDllImport={s.dll}\r\nEnabled=1\r\nAccount=0\r\nProfile=0\r\n"
        "[StartUp]\r\nExpert=Bridge\r\nExpertParameters=bridge.set\r\nSymbol=EURUSD\r\nPeriod=M1\r\n"
    )


def _mt4_start_file(s: TerminalSetup) -> str:
    """MT4's start file: without sections, and with true and false. `live` and `dll` are "1" to switch them on, as in MT5's
    file.
    """
    live, dll = (str(value == "1").lower() if value in ("0", "1") else value for value in (s.live, s.dll))
    return (
        f"Login={s.login}\r\nPassword={s.password}\r\nServer={s.server}\r\nEnableNews=false\r\nExpertsEnable=true\r\n"
        f"ExpertsDllImport={dll}\r\nExpertsDllConfirm=false\r\nExpertsExpImport=true\r\nExpertsTrades={live}\r\n"
        "ExpertsTradesConfirm=false\r\nSymbol=EURUSD\r\nPeriod=M1\r\nScript=Bridge\r\nScriptParameters=bridge.set\r\n"
    )


def _services(port: int) -> str:
    return (
        "<service>\r\nname=Executor\r\npath=Services\\Executor.ex5\r\nexpertmode=5\r\nenabled=1\r\n"
        f"<inputs>\r\nCommandsPort={port}\r\n</inputs>\r\n</service>\r\n"
    )
