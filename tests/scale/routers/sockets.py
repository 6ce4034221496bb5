"""Sockets of the terminals' side."""

from errno import EAGAIN

import zmq

from tests.scale.routers.errors import SocketFailed

PATIENCE_MS = 20_000
LOOK_MS = 500
"""The driver waits as long as it must in pieces of this length, and beats between them."""
MOST_SOCKETS = 8_000
MESSAGES = 20_000
"""As many as the relays that ship let wait."""


def large_context() -> "zmq.Context[zmq.Socket[bytes]]":
    """A context for thousands of sockets."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    context.set(zmq.MAX_SOCKETS, MOST_SOCKETS)
    return context


def dealer(
    context: "zmq.Context[zmq.Socket[bytes]]", port: int, server_key: bytes, keys: tuple[bytes, bytes] | None = None
) -> "zmq.Socket[bytes]":
    """A DEALER with CURVE keys of its own, or with these (public, secret)."""
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.rcvtimeo, socket.sndtimeo = LOOK_MS, PATIENCE_MS
    socket.set_hwm(MESSAGES)
    socket.curve_serverkey = server_key
    socket.curve_publickey, socket.curve_secretkey = keys or zmq.curve_keypair()
    socket.reconnect_ivl, socket.reconnect_ivl_max = 50, 1000
    socket.connect(f"tcp://127.0.0.1:{port}")
    return socket


def received(socket: "zmq.Socket[bytes]") -> bytes:
    """The next message. Raises `SocketFailed` where none comes."""
    if not socket.poll(PATIENCE_MS):
        raise SocketFailed(EAGAIN)
    return socket.recv()
