"""A listening socket on the loopback address, and the one connection of the terminal on it."""

import contextlib
import socket
from collections import Counter

from lockstep_agent.relay.lines import Connection
from lockstep_agent.relay.stream import FrameStream, RawFrame
from lockstep_core.wire.errors import MalformedFrame

LOOPBACK = "127.0.0.1"
CHUNK = 65_536
READS_PER_TURN = 4
"""The most reads of one turn; what is left is read in the next one."""
OUT_BUFFER = 32_768
"""The send buffer is small on purpose: a command that the terminal does not read at once must not wait in it, and be carried
out late.
"""


class Port:
    """Never blocks. A new connection replaces the present one. `fault` says why the last connection was closed."""

    def __init__(self, name: Connection, port: int, kinds: frozenset[int]) -> None:
        self.name = name
        self.fault = ""
        self.listener = socket.create_server((LOOPBACK, port), backlog=4)
        self.listener.setblocking(False)
        self.number = int(self.listener.getsockname()[1])
        self._kinds = kinds
        self._stream = FrameStream(kinds)
        self._connection: socket.socket | None = None

    @property
    def up(self) -> bool:
        return self._connection is not None

    def fileno(self) -> int:
        """The file descriptor of the connection, -1 without one."""
        return -1 if self._connection is None else self._connection.fileno()

    def accept(self) -> bool:
        """Accepts the next connection, which closes the present one. False if the peer has gone already."""
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return False
        self.close()
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, OUT_BUFFER)
        self._connection, self._stream, self.fault = connection, FrameStream(self._kinds), ""
        return True

    def read(self) -> list[RawFrame]:
        """The whole frames that have come. Closes the connection at its end, or if its bytes are no frames."""
        frames: list[RawFrame] = []
        for _ in range(READS_PER_TURN):
            data = self._receive()
            if not data:
                break
            try:
                frames += self._stream.feed(data)
            except MalformedFrame as error:
                self.close(str(error))
        return frames

    def write(self, data: bytes) -> bool:
        """Sends all of the data at once. Otherwise closes the connection and returns False."""
        if self._connection is None:
            return False
        # It never waits: a command that lies in a buffer would be carried out late (see OUT_BUFFER).
        try:
            sent = self._connection.send(data)
        except OSError:
            sent = 0
        if sent != len(data):
            self.close("it does not read what it is sent")
        return sent == len(data)

    def unusable(self) -> int:
        """The number of frames that were refused since the last call."""
        count, self._stream.refused = self._stream.refused, 0
        return count

    def passed_over(self) -> Counter[int]:
        """How many frames of each unknown kind came since the last call."""
        counts, self._stream.unknown = self._stream.unknown, Counter()
        return counts

    def close(self, fault: str = "") -> None:
        """Closes the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self.fault = fault
            connection.close()

    def shut(self) -> None:
        """Closes the connection and the listening socket."""
        self.close()
        self.listener.close()

    def _receive(self) -> bytes:
        if self._connection is None:
            return b""
        with contextlib.suppress(BlockingIOError, InterruptedError):
            try:
                data = self._connection.recv(CHUNK)
            except ConnectionError:
                data = b""
            if not data:
                self.close()
            return data
        return b""
