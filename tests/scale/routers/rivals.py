"""Programs that pass a master's message on to its slaves and decide nothing: what the router is compared with."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import zmq

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from router.bench.router import deal, free_port
from tests.scale.routers.native import Driver, compiled
from tests.scale.routers.sockets import dealer, large_context, received

MESSAGE = encode_envelope(Envelope(Kind.EVENTS, 0, 1, 0, 0), encode(deal(1, 0, DealEntry.IN, 0)))
ASYNCIO = [sys.executable, "-m", "tests.scale.routers.asyncio_relay"]


class Rival:
    """A running program with its peers, the first of which is the master."""

    def __init__(self, peers: "list[zmq.Socket[bytes]]") -> None:
        self._peers = peers

    def round(self, driver: Driver) -> list[int]:
        """ns from the master's send to each slave's receive."""
        return driver.fan_out(self._peers[0], [MESSAGE], self._peers[1:])[0]


@contextmanager
def plain_libzmq(slaves: int) -> Iterator[Rival]:
    """`relay.c`."""
    with TemporaryDirectory() as folder, running([str(compiled("relay.c", Path(folder)))], slaves) as rival:
        yield rival


@contextmanager
def zmq_asyncio(slaves: int) -> Iterator[Rival]:
    """`asyncio_relay.py`."""
    with running(ASYNCIO, slaves) as rival:
        yield rival


@contextmanager
def running(command: list[str], slaves: int) -> Iterator[Rival]:
    """A program that is given its port as argument and its secret key on its input."""
    public, secret = zmq.curve_keypair()
    port, context = free_port(), large_context()
    process = subprocess.Popen([*command, str(port)], stdin=subprocess.PIPE)
    try:
        if process.stdin is not None:
            process.stdin.write(secret)
            process.stdin.close()
        peers = [dealer(context, port, public) for _ in range(slaves + 1)]
        for peer in peers:
            peer.send(b"here")
            received(peer)
        yield Rival(peers)
    finally:
        process.kill()
        process.wait()
        context.destroy(linger=0)


def rest() -> None:
    """The pause between two trades: without one, a program that is never idle would look quicker than it is."""
    time.sleep(0.001)
