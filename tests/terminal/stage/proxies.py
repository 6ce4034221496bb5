"""Real proxies from Debian: dante for SOCKS5, tinyproxy for HTTP. Each reaches brokers from an address of its own."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from lockstep_core.proxies import Proxy, ProxyType

PROGRAMS = ("danted", "tinyproxy")
LOGIN, PASSWORD = "me", "s3cretOfTheProxy"

_DANTE = """logoutput: stderr
internal: 127.0.0.1 port = {port}
external: {address}
clientmethod: none
socksmethod: {method}
user.privileged: root
user.unprivileged: nobody
client pass {{
  from: 127.0.0.0/8 to: 0.0.0.0/0
}}
socks pass {{
  from: 127.0.0.0/8 to: 127.0.0.0/8
  command: connect
  protocol: tcp
}}
"""
_TINYPROXY = """Listen 127.0.0.1
Port {port}
Bind {address}
Timeout 60
MaxClients 10
BasicAuth {login} {password}
"""


def missing_programs() -> str:
    """Why no proxies can run here; empty if they can."""
    gone = [name for name in PROGRAMS if found(name) is None]
    return f"no {', '.join(gone)} here: devcluster/setup.sh proxies installs them" if gone else ""


def found(program: str) -> str | None:
    """The path of a program in root's search path."""
    return shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")


class ProxyProcess:
    """A proxy on loopback. Brokers see the connections that it makes come from `address`."""

    def __init__(self, folder: Path, kind: ProxyType, address: str, *, asks_for_login: bool = False) -> None:
        self.address = address
        port = _free_port()
        self.proxy = Proxy(kind, "127.0.0.1", port, LOGIN if asks_for_login else "")
        folder.mkdir()
        if kind is ProxyType.SOCKS5:
            method = "username" if asks_for_login else "none"
            self._text = _DANTE.format(port=port, address=address, method=method)
            self._flags: tuple[str, ...] = ("-p", str(folder / "pid"), "-f")
        else:
            self._text = _TINYPROXY.format(port=port, address=address, login=LOGIN, password=PASSWORD)
            self._flags = ("-d", "-c")
        self._program = found("danted" if kind is ProxyType.SOCKS5 else "tinyproxy") or ""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Starts it, and waits until it listens."""
        settings = self._folder / "conf"
        settings.write_text(self._text)
        with (self._folder / "log").open("wb") as log:
            command = [self._program, *self._flags, str(settings)]
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        end = time.monotonic() + 20
        while not self._listens():
            if time.monotonic() > end:
                self.stop()
                raise AssertionError((self._folder / "log").read_text())
            time.sleep(0.05)
        return self

    def _listens(self) -> bool:
        try:
            socket.create_connection((self.proxy.address, self.proxy.port), 1).close()
        except OSError:
            return False
        return True

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends it with the connections that it carries, which dante keeps in processes of their own."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port
