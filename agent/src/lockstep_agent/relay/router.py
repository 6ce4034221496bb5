"""The relay's two ZeroMQ sockets to the router."""

import contextlib
from collections.abc import Iterator

import zmq

from lockstep_agent.relay.lines import Configure, UseRouter

TRADES_HWM = 20_000
TICKS_HWM = 8
BYE_LINGER_MS = 300
_OPTIONS = {
    zmq.LINGER: 0,
    zmq.HEARTBEAT_IVL: 1000,
    zmq.HEARTBEAT_TIMEOUT: 3000,
    zmq.HEARTBEAT_TTL: 5000,
    zmq.RECONNECT_IVL: 50,
    zmq.RECONNECT_IVL_MAX: 1000,
    zmq.TCP_KEEPALIVE: 1,
    zmq.MAXMSGSIZE: 8 << 20,
}


class RouterLink:
    """The two sockets. Each `reconnect` replaces `trades`; the one for ticks stays until the router moves."""

    def __init__(self, configure: Configure) -> None:
        self._keys = (configure.curve_public.encode(), configure.curve_secret.encode())
        self._place = UseRouter(configure.router_endpoint, configure.ticks_endpoint, configure.router_key)
        self._context = zmq.Context()
        self.trades: zmq.Socket[bytes] | None = None
        self._ticks = self._connected(configure.ticks_endpoint, TICKS_HWM)

    def use(self, place: UseRouter) -> None:
        """Closes both sockets; the next `reconnect` opens one to this router. The last message has a moment to leave."""
        self._place = place
        if self.trades is not None:
            self.trades.close(linger=BYE_LINGER_MS)
            self.trades = None
        self._ticks.close(linger=0)
        self._ticks = self._connected(place.ticks_endpoint, TICKS_HWM)

    def reconnect(self) -> zmq.Socket[bytes]:
        """Closes the session's socket with all messages that wait in it, and opens another one."""
        # Frames in the old socket are not lost: the ledger keeps them until they are acknowledged.
        if self.trades is not None:
            self.trades.close(linger=0)
        self.trades = self._connected(self._place.router_endpoint, TRADES_HWM)
        return self.trades

    def send(self, message: bytes) -> bool:
        """Passes a message to ZeroMQ. False if it would have to wait."""
        if self.trades is None:
            return False
        try:
            self.trades.send(message, zmq.DONTWAIT)
        except zmq.Again:
            return False
        return True

    def send_ticks(self, message: bytes) -> None:
        """Sends quotes, or drops them if they would have to wait."""
        with contextlib.suppress(zmq.Again):
            self._ticks.send(message, zmq.DONTWAIT)

    def receive(self) -> Iterator[bytes]:
        """The messages that have come. Stops if handling one of them replaced the socket."""
        socket = self.trades
        with contextlib.suppress(zmq.Again):
            while socket is not None and socket is self.trades:
                yield socket.recv(zmq.DONTWAIT)

    def close(self) -> None:
        """Closes the sockets, after giving the last message a moment to leave."""
        self._context.destroy(linger=BYE_LINGER_MS)

    def _connected(self, endpoint: str, hwm: int) -> "zmq.Socket[bytes]":
        socket = self._context.socket(zmq.DEALER)
        for option, value in _OPTIONS.items():
            socket.setsockopt(option, value)
        socket.set_hwm(hwm)
        socket.setsockopt(zmq.CURVE_SERVERKEY, self._place.router_key.encode())
        socket.setsockopt(zmq.CURVE_PUBLICKEY, self._keys[0])
        socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys[1])
        socket.connect(endpoint)
        return socket
