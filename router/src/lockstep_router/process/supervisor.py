"""The first process of a router: it starts loop and writer, restarts whichever dies, and answers probes."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

import structlog
import zmq

from lockstep_router.journal import ipc
from lockstep_router.process.health import Vitals, routes
from lockstep_router.process.settings import DATABASE_URL, Settings
from lockstep_router.process.sockets import local
from lockstep_service.probes import ProbeServer

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
STEADY_S = 3.0
"""A process that lived for so long worked: it is started again at once, however often that happens. The growing pause is for
one that cannot start.
"""
END_S = 5.0

log = structlog.get_logger("supervisor")


def next_pause_s(pause_s: float, lived_s: float) -> float:
    """How long to wait before a process that lived for so long is started again, after this last pause."""
    return FIRST_PAUSE_S if lived_s > STEADY_S else min(pause_s * 2, LONGEST_PAUSE_S)


class Child:
    """One process, and when to start it again."""

    def __init__(self, role: str, env: Mapping[str, str]) -> None:
        self.role = role
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0
        self._due_s = 0.0
        self._pause_s = FIRST_PAUSE_S

    def tracked(self, now_s: float) -> None:
        """Starts the process when it is due, and notices when it has ended."""
        if self._process is None and now_s >= self._due_s:
            command = [sys.executable, "-m", f"lockstep_router.process.{self.role}_process"]
            self._process, self._started_s = subprocess.Popen(command, env=self._env), now_s  # noqa: S603 - ourselves
            log.info("started", role=self.role, pid=self._process.pid)
        elif self._process is not None and (code := self._process.poll()) is not None:
            self._pause_s = next_pause_s(self._pause_s, now_s - self._started_s)
            self._due_s, self._process = now_s + self._pause_s, None
            log.error("ended", role=self.role, code=code, again_in_s=self._pause_s)

    def end(self) -> None:
        """Ends the process: by SIGTERM, and by SIGKILL after `END_S`."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def supervise(settings: Settings, env: Mapping[str, str]) -> None:
    """Runs a router until SIGTERM or SIGINT."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings.runtime_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    context: zmq.Context[Any] = zmq.Context()
    numbers = local(context, zmq.PULL, settings.runtime_dir / ipc.NUMBERS_SOCKET, bind=True)
    vitals = Vitals(time.monotonic, settings.capacity)
    server = ProbeServer(routes(vitals), settings.http_port, settings.bind_host)
    children = [Child("loop", _without_database(env)), Child("writer", env)]
    while not stopping.is_set():
        for child in children:
            child.tracked(time.monotonic())
        _read_numbers(numbers, vitals)
    # The loop ends first, so that the writer can still write the last records.
    for child in children:
        child.end()
    server.close()
    numbers.close()
    context.term()


def _read_numbers(numbers: zmq.Socket[bytes], vitals: Vitals) -> None:
    if numbers.poll(100):
        vitals.on_numbers(ipc.to_supervisor.decode(numbers.recv()))


def _without_database(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name != DATABASE_URL}
