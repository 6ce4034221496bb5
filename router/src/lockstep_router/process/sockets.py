"""The router's sockets, with the options that correctness needs."""

import ctypes
import os
from pathlib import Path
from typing import Any

import zmq

from lockstep_core.wire.envelope import MAX_MESSAGE

HANDSHAKE_MS = 5_000
HEARTBEAT_MS = 1_000
HEARTBEAT_TIMEOUT_MS = 3_000
HEARTBEAT_TTL_MS = 5_000
RECEIVED_MESSAGES = 32
"""The most messages of one connection that wait to be read. With `MAX_MESSAGE` this bounds what a peer can fill, whether it
has shown a ticket or not; libzmq's limits hold for each connection of a socket.
"""
SENT_MESSAGES = 2_000
"""The most commands that wait for one relay; each is a few hundred bytes, and a relay that is so far behind is lost."""
LOCAL_MESSAGES = 1_000
_NOW = int(zmq.DONTWAIT)
_NOW_AND_MORE = int(zmq.DONTWAIT | zmq.SNDMORE)
"""Flags as plain integers. To join members of an enum takes as long as sending, and every trade is sent with these."""


def public_router(context: zmq.Context[Any], endpoint: str, secret_key: bytes) -> zmq.Socket[bytes]:
    """A bound ROUTER socket for terminals: encrypted; it reports peers that cannot be reached and drops silent ones."""
    _seed_names()
    socket: zmq.Socket[bytes] = context.socket(zmq.ROUTER)
    socket.linger = 0
    socket.curve_server = True
    socket.curve_secretkey = secret_key
    socket.zap_domain = b"lockstep"
    socket.router_mandatory = True
    socket.handshake_ivl = HANDSHAKE_MS
    socket.heartbeat_ivl = HEARTBEAT_MS
    socket.heartbeat_timeout = HEARTBEAT_TIMEOUT_MS
    socket.heartbeat_ttl = HEARTBEAT_TTL_MS
    socket.rcvhwm, socket.sndhwm = RECEIVED_MESSAGES, SENT_MESSAGES
    socket.maxmsgsize = MAX_MESSAGE
    socket.bind(endpoint)
    return socket


def _seed_names() -> None:
    """Makes the names unforeseeable that the next ROUTER socket gives its connections: a counter, which libzmq begins with
    C's rand(), and nobody seeds that. A peer may choose its name, and one that chooses the name that comes next ends the
    process: libzmq asserts that none is taken.
    """
    ctypes.CDLL(None).srand(ctypes.c_uint(int.from_bytes(os.urandom(4), "little")))


def local(context: zmq.Context[Any], kind: int, path: Path, *, bind: bool) -> zmq.Socket[bytes]:
    """One end of a socket between two processes of this router."""
    socket: zmq.Socket[bytes] = context.socket(kind)
    socket.linger = 0
    socket.sndhwm = socket.rcvhwm = LOCAL_MESSAGES
    if bind:
        socket.bind(f"ipc://{path}")
    else:
        socket.connect(f"ipc://{path}")
    return socket


def send_to(socket: zmq.Socket[bytes], peer: bytes, message: bytes) -> None:
    """Sends a message to a peer of a `public_router`. Raises `zmq.ZMQError` if the peer is gone or its queue is full."""
    # pyzmq's `send_multipart` would check the type of each part, which takes longer than to send both.
    # A peer that is gone, or a full queue, shows at the first part, so no message is left half sent.
    socket.send(peer, _NOW_AND_MORE)
    socket.send(message, _NOW)


def receive_from(socket: zmq.Socket[bytes]) -> tuple[bytes, zmq.Frame] | None:
    """The next message that has arrived: who sent it, and its only part. None for a message of several parts, which no relay
    sends. Raises `zmq.Again` if there is no message.
    """
    peer = socket.recv(_NOW)
    frame = socket.recv(_NOW, copy=False)
    if not frame.more:
        return peer, frame
    while frame.more:
        frame = socket.recv(_NOW, copy=False)
    return None
