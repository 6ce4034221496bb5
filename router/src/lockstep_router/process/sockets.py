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
"""The most messages of one connection that wait to be read. With `MAX_MESSAGE` this bounds the memory that a peer can fill,
with or without a ticket. libzmq's limits hold for each connection of a socket.
"""
SENT_MESSAGES = 2_000
"""The most commands that wait for one relay. Each has a few hundred bytes; a relay with so many waiting is lost anyway."""
LOCAL_MESSAGES = 1_000
_NOW = int(zmq.DONTWAIT)
_NOW_AND_MORE = int(zmq.DONTWAIT | zmq.SNDMORE)
"""Flags as plain integers: joining members of an enum takes as long as sending, and this is on the path of every trade."""


def public_router(context: zmq.Context[Any], endpoint: str, secret_key: bytes) -> zmq.Socket[bytes]:
    """A bound ROUTER socket for terminals. It encrypts, reports peers that cannot be reached, and drops silent ones."""
    _seed_names()
    socket: zmq.Socket[bytes] = context.socket(zmq.ROUTER)
    socket.linger = 0
    socket.curve_server = True
    socket.curve_secretkey = secret_key
    socket.zap_domain = b"lockstep"
    # Otherwise a peer that cannot be reached would not be noticed (docs/contracts/zeromq.md).
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
    """Makes the names unpredictable that the next ROUTER socket gives to its connections."""
    # libzmq counts names up from C's rand(), which nobody seeds. A peer may choose its own name, and libzmq asserts that the
    # name that it gives itself is free: a peer that guesses the next one would end the process (ADR 17).
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
    # pyzmq's `send_multipart` checks the type of each part, which takes longer than sending both. If the peer is gone or its
    # queue is full, the first part already fails, so no message is left half sent.
    socket.send(peer, _NOW_AND_MORE)
    socket.send(message, _NOW)


def receive_from(socket: zmq.Socket[bytes]) -> tuple[bytes, zmq.Frame] | None:
    """The next message that has come: its sender, and its only part. None for a message of several parts, which no relay
    sends. Raises `zmq.Again` if there is no message.
    """
    peer = socket.recv(_NOW)
    frame = socket.recv(_NOW, copy=False)
    if not frame.more:
        return peer, frame
    while frame.more:
        frame = socket.recv(_NOW, copy=False)
    return None
