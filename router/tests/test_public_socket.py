"""The router's socket for relays: it drops messages that no relay sends, and it reports peers that cannot be reached."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import zmq
from zmq.utils import z85

from lockstep_router.process.sockets import SENT_MESSAGES, public_router, receive_from, send_to
from lockstep_router.process.zap import ZapThread, user_key

from .real_router import free_ports

Peer = tuple["zmq.Socket[bytes]", "zmq.Socket[bytes]", bytes, bytes]


@pytest.fixture
def peer() -> Iterator[Peer]:
    """The router's socket, a connected relay's socket, the name under which the router knows that relay, and the relay's
    key.
    """
    inside: zmq.Context[Any] = zmq.Context()
    outside: zmq.Context[Any] = zmq.Context()
    (port,), (server_public, server_secret) = free_ports(1), zmq.curve_keypair()
    zap = ZapThread(inside, lambda _address, _now_ns: True)
    router = public_router(inside, f"tcp://127.0.0.1:{port}", z85.decode(server_secret))
    relay: zmq.Socket[bytes] = outside.socket(zmq.DEALER)
    relay.linger, relay.rcvtimeo = 0, 10_000
    relay.curve_serverkey = server_public
    public, secret = zmq.curve_keypair()
    relay.curve_publickey, relay.curve_secretkey = public, secret
    relay.connect(f"tcp://127.0.0.1:{port}")
    relay.send(b"here")
    try:
        name, _ = received(router)
        yield router, relay, name, z85.decode(public)
    finally:
        zap.stop()
        inside.destroy(linger=0)
        outside.destroy(linger=0)


def received(router: "zmq.Socket[bytes]") -> tuple[bytes, zmq.Frame]:
    """The next message of one part: who sent it, and its frame."""
    while True:
        assert router.poll(10_000)
        found = receive_from(router)
        if found is not None:
            return found


def test_a_message_comes_with_its_peer_and_its_connections_key(peer: Peer) -> None:
    router, relay, name, key = peer
    relay.send(b"a message")
    who, frame = received(router)
    assert (who, frame.bytes, user_key(frame)) == (name, b"a message", key)


def test_a_message_of_several_parts_is_passed_over_whole(peer: Peer) -> None:
    router, relay, name, _ = peer
    relay.send_multipart([b"one", b"two", b"three"])
    relay.send(b"next")
    assert router.poll(10_000)
    assert receive_from(router) is None
    who, frame = received(router)
    assert (who, frame.bytes) == (name, b"next")


NAMES = """
import zmq
from lockstep_router.process.sockets import public_router
from lockstep_router.process.zap import ZapThread
inside, outside, (public, secret) = zmq.Context(), zmq.Context(), zmq.curve_keypair()
zap = ZapThread(inside, lambda *_: True)
for _ in range(2):
    router, relay = public_router(inside, "tcp://127.0.0.1:*", secret), outside.socket(zmq.DEALER)
    relay.curve_serverkey, (relay.curve_publickey, relay.curve_secretkey) = public, zmq.curve_keypair()
    relay.connect(router.last_endpoint)
    relay.send(b"here")
    print(router.recv_multipart()[0].hex(), flush=True)
    router.close(0)
    relay.close(0)
zap.stop()
"""


def test_nobody_can_foretell_the_names_of_connections() -> None:
    """A peer that chose the name which libzmq gives next would end the process."""
    runs = [subprocess.run([sys.executable, "-c", NAMES], capture_output=True, check=True) for _ in range(2)]
    names = [name for run in runs for name in run.stdout.split()]
    assert len(set(names)) == len(names) == 4


def test_where_no_message_has_come_that_is_said_at_once(peer: Peer) -> None:
    with pytest.raises(zmq.Again):
        receive_from(peer[0])


def test_a_peer_that_is_not_there_does_not_spoil_the_next_message(peer: Peer) -> None:
    router, relay, name, _ = peer
    with pytest.raises(zmq.ZMQError, match="unreachable"):
        send_to(router, b"nobody", b"lost")
    send_to(router, name, b"for you")
    assert relay.recv_multipart() == [b"for you"]


def test_a_peer_that_does_not_read_is_reported_and_gets_whole_messages_only(peer: Peer) -> None:
    router, relay, name, _ = peer
    body, sent = b"x" * 16_000, 0

    def until_full() -> None:
        nonlocal sent
        while sent < 10 * SENT_MESSAGES:
            send_to(router, name, body)
            sent += 1

    with pytest.raises(zmq.Again):
        until_full()
    assert all(relay.recv_multipart() == [body] for _ in range(sent))
    time.sleep(0.1)
    send_to(router, name, b"again")
    assert relay.recv_multipart() == [b"again"]
