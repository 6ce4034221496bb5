"""The website at an address of this machine, from the end of `make up` until `make down`."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.stack.install import SITE
from tests.stack.kube import SYSTEM, answers, get
from tests.stack.shell import BUILD, wait_for

RELAY = BUILD.parent / "website" / "e2e" / "relay.py"
DOOR = BUILD / "site.pid"


def open_site_door() -> str | None:
    """Leads the website's address to its service until its relay is ended. Returns the address; None where services
    have no routed address here, or something else has the port.
    """
    service = get("service", "lockstep-website", SYSTEM)
    address = "" if service is None else str(service["spec"]["clusterIP"])
    local = urlsplit(SITE).port or 80
    close_door(DOOR)
    return SITE if address and open_door(DOOR, address, 3000, local) else None


def open_door(door: Path, host: str, port: int, local: int) -> bool:
    """Starts a relay that outlives this process, and keeps its process id. False if it would lead nowhere or has no port."""
    if not answers(host, port) or _is_taken(local):
        return False
    relay = (sys.executable, str(RELAY), host, str(port), str(local))
    # A shell's child is nobody's to wait for once the shell has ended.
    command = ("sh", "-c", '"$@" >/dev/null 2>&1 </dev/null & echo $!', "sh", *relay)
    done = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True)
    door.write_text(done.stdout)
    wait_for(f"port {local}", lambda: answers("127.0.0.1", local) or None, 10)
    return True


def close_door(door: Path) -> None:
    """Ends the relay that an earlier run left, if its process is still that."""
    with suppress(OSError, ValueError):
        pid = int(door.read_text())
        door.unlink()
        if RELAY.name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGTERM)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
