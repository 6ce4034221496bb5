"""`python -m lockstep_keyring.check`: knock at every door of an installation, as `helm test` does.

A door is asked as those who use it would: routers for ZeroMQ's greeting, the others by HTTP, the keyring by its certificate.
"""

import http.client
import os
import socket
import ssl
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, Json

from lockstep_service.errors import InvalidSettings
from lockstep_service.logs import configure_logs
from lockstep_service.settings import read_settings

ZMTP_SIGNATURE = 0xFF
"""The first byte that a ZeroMQ socket says to whoever connects."""

TIMEOUT_S = 5
AGAIN_S = 1.0
_log = structlog.get_logger("lockstep.check")


class Door(BaseModel):
    """A port of a service. `status`: what a request without a session is answered with there."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int = Field(ge=1, le=65535)
    kind: Literal["http", "https", "zeromq"]
    path: str = "/"
    status: int = 200


class CheckSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    doors: Json[tuple[Door, ...]]
    patience_s: float = Field(30, ge=0)
    ca_file: Path = Path("/var/run/lockstep/ca/ca.crt")


def lasting_faults(doors: Iterable[Door], ca_file: Path, patience_s: float) -> list[str]:
    """A sentence for each door that does not answer as it should for so long.

    A network plug-in needs a moment until the policies of a new pod, which this one is, are in force at every node.
    """
    until_s, doors = time.monotonic() + patience_s, list(doors)
    while True:
        wrong = [(door, fault) for door in doors if (fault := fault_of(door, ca_file)) is not None]
        if not wrong or time.monotonic() >= until_s:
            return [fault for _, fault in wrong]
        doors = [door for door, _ in wrong]
        time.sleep(AGAIN_S)


def fault_of(door: Door, ca_file: Path) -> str | None:
    """What is wrong with a door, None if nothing is."""
    try:
        if door.kind == "zeromq":
            return _greeted(door)
        return _answered(door, ca_file)
    except (OSError, http.client.HTTPException) as error:
        return f"{door.host}:{door.port} cannot be reached ({type(error).__name__})."


def _greeted(door: Door) -> str | None:
    with socket.create_connection((door.host, door.port), timeout=TIMEOUT_S) as connection:
        said = connection.recv(1)
    return None if said == bytes([ZMTP_SIGNATURE]) else f"{door.host}:{door.port} does not speak ZeroMQ."


def _answered(door: Door, ca_file: Path) -> str | None:
    connection = _connection(door, ca_file)
    try:
        connection.request("GET", door.path)
        status = connection.getresponse().status
    finally:
        connection.close()
    if status == door.status:
        return None
    return f"{door.host}:{door.port}{door.path} answers {status} instead of {door.status}."


def _connection(door: Door, ca_file: Path) -> http.client.HTTPConnection:
    if door.kind == "http":
        return http.client.HTTPConnection(door.host, door.port, timeout=TIMEOUT_S)
    context = ssl.create_default_context(cafile=str(ca_file))
    return http.client.HTTPSConnection(door.host, door.port, timeout=TIMEOUT_S, context=context)


def main() -> int:
    """Returns the exit status: 0 when every door answers."""
    configure_logs()
    try:
        settings = read_settings(CheckSettings, os.environ)
    except InvalidSettings as error:
        _log.error("cannot check", detail=str(error))
        return 2
    found = lasting_faults(settings.doors, settings.ca_file, settings.patience_s)
    for fault in found:
        _log.error("a door does not answer", detail=fault)
    _log.info("doors checked", doors=len(settings.doors), faults=len(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
