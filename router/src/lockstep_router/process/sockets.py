"""The router's sockets, with the options that correctness needs."""

from pathlib import Path
from typing import Any

import zmq

HEARTBEAT_MS = 1_000
HEARTBEAT_TIMEOUT_MS = 3_000
HEARTBEAT_TTL_MS = 5_000
QUEUED_MESSAGES = 20_000
LARGEST_MESSAGE = 1 << 20


def public_router(context: zmq.Context[Any], endpoint: str, secret_key: bytes) -> zmq.Socket[bytes]:
    """A bound ROUTER socket for terminals: encrypted; it reports peers that cannot be reached and drops silent ones."""
    socket: zmq.Socket[bytes] = context.socket(zmq.ROUTER)
    socket.linger = 0
    socket.curve_server = True
    socket.curve_secretkey = secret_key
    socket.zap_domain = b"lockstep"
    socket.router_mandatory = True
    socket.heartbeat_ivl = HEARTBEAT_MS
    socket.heartbeat_timeout = HEARTBEAT_TIMEOUT_MS
    socket.heartbeat_ttl = HEARTBEAT_TTL_MS
    socket.sndhwm = socket.rcvhwm = QUEUED_MESSAGES
    socket.maxmsgsize = LARGEST_MESSAGE
    socket.bind(endpoint)
    return socket


def local(context: zmq.Context[Any], kind: int, path: Path, *, bind: bool) -> zmq.Socket[bytes]:
    """One end of a socket between two processes of this router."""
    socket: zmq.Socket[bytes] = context.socket(kind)
    socket.linger = 0
    socket.sndhwm = socket.rcvhwm = 1_000
    if bind:
        socket.bind(f"ipc://{path}")
    else:
        socket.connect(f"ipc://{path}")
    return socket
