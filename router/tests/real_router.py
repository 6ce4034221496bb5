"""The real router as processes, and relays that reach it over real encrypted sockets."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import zmq
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from zmq.utils import z85

from .terminals import InstantTerminal
from .ticket_issuer import KEY_ID, Issuer

SHARD = "demo-wire"
"""Served by the router of a test, unless the test says otherwise."""


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def raw_ns() -> int:
    """The clock whose stamps relays send."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class RouterProcess:
    """`python -m lockstep_router` with keys and ports of its own."""

    def __init__(self, folder: Path, database_url: str, shard: str, issuer: Issuer | None = None) -> None:
        self.folder = folder
        self.issuer = issuer or Issuer()
        self.secret = os.urandom(32)
        self.public = zmq.curve_public(z85.encode(self.secret))
        self.trades, self.ticks, self.http = free_ports(3)
        (folder / "secret.key").write_bytes(self.secret)
        raw = self.issuer.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        keys = [{"key_id": KEY_ID.hex(), "public_key": base64.b64encode(raw).decode()}]
        (folder / "keys.json").write_text(json.dumps({"sealing": [], "tickets": keys}))
        self.env = {
            **os.environ,
            "LOCKSTEP_DATABASE_URL": database_url,
            "LOCKSTEP_SHARD": shard,
            "LOCKSTEP_ENVIRONMENT": "demo",
            "LOCKSTEP_ROUTER_SECRET_KEY": str(folder / "secret.key"),
            "LOCKSTEP_PUBLIC_KEYS": str(folder / "keys.json"),
            "LOCKSTEP_RUNTIME_DIR": str(folder / "run"),
            "LOCKSTEP_BIND_HOST": "127.0.0.1",
            "LOCKSTEP_TRADES_PORT": str(self.trades),
            "LOCKSTEP_TICKS_PORT": str(self.ticks),
            "LOCKSTEP_METRICS_PORT": str(self.http),
            "LOCKSTEP_CONNECTIONS_PER_ADDRESS": "1000",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "lockstep_router"], env=self.env)

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def kill(self) -> None:
        """Kills the router and its processes at once, as the loss of a node does."""
        assert self.process is not None
        children = self.children()
        self.process.kill()
        self.process.wait()
        for pid in children.values():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def children(self) -> dict[str, int]:
        """Process ids by role."""
        assert self.process is not None
        found = {}
        listing = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in map(int, listing):
            # Between fork and exec a child looks like its parent, and a dead one has nothing.
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except FileNotFoundError:
                continue
            found.update(
                {role: pid for role in ("loop", "writer") if f"lockstep_router.process.{role}_process".encode() in line}
            )
        return found

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)


class WireRelay:
    """A terminal whose relay has a real DEALER socket."""

    def __init__(self, context: zmq.Context[Any], router: RouterProcess, account: UUID, login: int) -> None:
        self.terminal = InstantTerminal(
            account, login, raw_ns(), utc_ns=time.time_ns() - raw_ns(), incarnation=time.monotonic_ns()
        )
        self.keys = zmq.curve_keypair()
        self._context = context
        self._router = router
        self._last_message_s = time.monotonic()
        self._last_beat_s = 0.0
        self.ticket = b""
        self.socket = self.connect(router.trades)

    def connect(self, port: int) -> zmq.Socket[bytes]:
        s: zmq.Socket[bytes] = self._context.socket(zmq.DEALER)
        s.linger = 0
        s.curve_serverkey = self._router.public
        s.curve_publickey, s.curve_secretkey = self.keys
        s.reconnect_ivl, s.reconnect_ivl_max = 20, 200
        s.connect(f"tcp://127.0.0.1:{port}")
        return s

    def hello(self, epoch: int = 1, expires_in_s: int = 600) -> None:
        """Asks for a session on a new connection, as relays do."""
        self.socket.close()
        self.socket = self.connect(self._router.trades)
        key = z85.decode(self.keys[0])
        self.ticket = self._router.issuer.ticket(self.terminal.account, epoch, key, int(time.time()) + expires_in_s)
        self._last_message_s = time.monotonic()
        self.terminal.hello(self.ticket)

    def use(self, router: RouterProcess) -> None:
        """The keyring says that the account's router is this one: the relay greets it."""
        self._router = router
        self.hello()

    def turn(self) -> None:
        now = time.monotonic()
        t = self.terminal
        t.now_ns = raw_ns()
        while self.socket.poll(0):
            t.receive(self.socket.recv())
            self._last_message_s = now
        resets = t.resets
        t.work()
        if now - self._last_beat_s > 0.5:
            self._last_beat_s = now
            t.beat()
        if resets or now - self._last_message_s > 3:
            t.resets = 0
            self.hello()
        messages, t.outbox = t.outbox, []
        for message in messages:
            self.socket.send(message)


def until(relays: list[WireRelay], true: Callable[[], object], within_s: float = 20.0) -> None:
    """Lets relays send and receive until a condition holds."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "the condition never held"
        for relay in relays:
            relay.turn()
        time.sleep(0.002)
