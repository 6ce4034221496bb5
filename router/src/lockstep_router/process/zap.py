"""Reports which CURVE key a connection was made with, and refuses addresses with too many connections.

A key's rights are in the ticket that its owner shows. So this handler of ZeroMQ's authentication protocol (ZAP, RFC 27)
accepts every CURVE client whose address has not too many connections, and makes the key the connection's user id.
"""

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import zmq
from zmq.utils import z85

ENDPOINT = "inproc://zeromq.zap.01"
_FIXED_PARTS = 6
KEYS = 10_000
"""How many decoded keys are cached."""
LetsIn = Callable[[str, int], bool]
"""Whether a handshake of an address may go on now."""


def answer(request: list[bytes], lets_in: LetsIn, now_ns: int) -> list[bytes] | None:
    """The reply to a ZAP request; None where it is no such request."""
    if len(request) < _FIXED_PARTS or request[0] != b"1.0":
        return None
    request_id, address, mechanism, credentials = request[1], request[3], request[5], request[6:]
    if mechanism != b"CURVE" or len(credentials) != 1 or len(credentials[0]) != 32:
        return [b"1.0", request_id, b"400", b"CURVE only", b"", b""]
    if not lets_in(address.decode("ascii", "replace").removeprefix("::ffff:"), now_ns):
        # 400, because it ends the connection for good; after 300 the client would try again at once.
        return [b"1.0", request_id, b"400", b"too many connections", b"", b""]
    return [b"1.0", request_id, b"200", b"OK", z85.encode(credentials[0]), b""]


def user_key(frame: zmq.Frame) -> bytes | None:
    """The 32 bytes of the CURVE key a message's connection was made with."""
    try:
        return _decoded(str(frame.get("User-Id")))
    except zmq.ZMQError:
        return None


@lru_cache(maxsize=KEYS)
def _decoded(text: str) -> bytes:
    """A key from its text, cached: ZeroMQ gives the text with every message, and decoding it takes longer than receiving
    one.
    """
    key: bytes = z85.decode(text)
    return key


class ZapThread:
    """Answers authentication requests of one ZeroMQ context until `stop`."""

    def __init__(self, context: zmq.Context[Any], lets_in: LetsIn) -> None:
        self._lets_in = lets_in
        self._socket: zmq.Socket[bytes] = context.socket(zmq.REP)
        self._socket.linger = 0
        self._socket.bind(ENDPOINT)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="zap", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and closes its socket."""
        self._stopped.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            if self._socket.poll(200):
                reply = answer(self._socket.recv_multipart(), self._lets_in, time.monotonic_ns())
                self._socket.send_multipart(reply or [b"1.0", b"", b"500", b"not a request", b"", b""])
