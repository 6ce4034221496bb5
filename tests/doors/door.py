"""A real door on this machine: HAProxy with the configuration of images/door."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

CONFIG = Path(__file__).resolve().parents[2] / "images" / "door" / "config"
PATIENCE_S = 60


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A port that a server may listen on and that the kernel gives to nobody else meanwhile.

    A port that is only looked up may be given to any connection of another test before the server listens on it.
    """
    with socket.socket() as holder:
        # Servers set this too, and then share the port with a socket that does not listen.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def running_door(component: str, folder: Path, app: str, port: int, settings: Mapping[str, str]) -> Iterator[None]:
    """A door for this component on `port`, before the server at `app`. `settings` are names without their `DOOR_`."""
    with reserved_port() as probes_port:
        usual = {"HOST": "127.0.0.1", "APP": app, "PORT": str(port), "PROBES_PORT": str(probes_port)}
        environment = {f"DOOR_{name}": value for name, value in {**usual, **settings}.items()}
        command = ["/usr/sbin/haproxy", "-db", "-f", str(CONFIG / "common.cfg"), "-f", str(CONFIG / f"{component}.cfg")]
        log = folder / "door.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=output, stderr=output)
        try:
            _wait_until_open(process, probes_port, log)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _wait_until_open(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return
        time.sleep(0.02)
    raise AssertionError(f"the door did not open: {log.read_text()}")


def connected(source: str, port: int) -> socket.socket:
    """A connection from this address of the loopback network, as if from another machine."""
    return socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0))


def is_turned_away(source: str, port: int) -> bool:
    """Whether a new connection from this address is ended without a word, perhaps while it is made."""
    try:
        with connected(source, port) as connection:
            return is_ended(connection)
    except ConnectionError:
        return True


def is_ended(connection: socket.socket) -> bool:
    """Waits until the other side ends the connection, whatever it says before. False if it does not."""
    connection.settimeout(PATIENCE_S)
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
