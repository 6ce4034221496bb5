"""The relay's end of the bridge's two connections: TCP listeners that speak the wire's codec."""

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from lockstep_core.wire.codec import HEAD, decode, encode
from lockstep_core.wire.frames import AccountFrame, Frame, ProgramBeat, Tick

F = TypeVar("F", bound=Frame)
WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class ReceivedFrame:
    """A frame and when it arrived, on the bridge's clock (CLOCK_MONOTONIC_RAW)."""

    frame: Frame
    at_ns: int


def raw_ns() -> int:
    """The time on the bridge's clock."""
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)


class RelayPort:
    """A listening port. Keeps the newest connection, and every frame from any connection."""

    def __init__(self, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.frames: queue.Queue[ReceivedFrame] = queue.Queue()
        self.connected = threading.Semaphore(0)
        self._peer: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def send(self, raw: bytes) -> int:
        """Writes to the newest connection. Returns the time."""
        if self._peer is None:
            raise ConnectionError("nobody is connected")
        at_ns = raw_ns()
        self._peer.sendall(raw)
        return at_ns

    def drop(self) -> None:
        """Closes the newest connection."""
        if self._peer is not None:
            with contextlib.suppress(OSError):
                self._peer.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stops listening and closes the connection."""
        # On Linux closing a listener does not wake a thread that waits in accept(); shutting it down does.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peer = peer
            self.connected.release()
            self._start(self._read, peer)

    def _read(self, peer: socket.socket) -> None:
        held = b""
        with peer, contextlib.suppress(OSError):
            while got := peer.recv(65536):
                held = self._take(held + got, raw_ns())

    def _take(self, held: bytes, at_ns: int) -> bytes:
        while len(held) >= HEAD.size and len(held) >= HEAD.unpack_from(held)[3]:
            frame, end = decode(held)
            self.frames.put(ReceivedFrame(frame, at_ns))
            held = held[end:]
        return held


class RelayPorts:
    """Both ports of a relay."""

    def __init__(self) -> None:
        self.events = RelayPort()
        self.commands = RelayPort()

    def end(self) -> None:
        """Closes both ports. Data under way is lost."""
        self.events.close()
        self.commands.close()

    def begin(self) -> None:
        """Opens both ports again. The owner of this object continues with new connections."""
        self.events, self.commands = RelayPort(self.events.port), RelayPort(self.commands.port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def send_command(self, frame: Frame) -> int:
        """Sends a frame to the executor. Returns the time."""
        return self.commands.send(encode(frame))


def await_frame(
    port: RelayPort, kind: type[F], wanted: Callable[[F], bool] = lambda _: True, wait_s: float = WAIT_S
) -> tuple[F, int]:
    """The next frame of a wanted kind, and when it arrived. Skips the frames before it."""
    end = time.monotonic() + wait_s
    passed: list[str] = []
    while (left := end - time.monotonic()) > 0:
        try:
            seen = port.frames.get(timeout=left)
        except queue.Empty:
            break
        if isinstance(seen.frame, kind) and wanted(seen.frame):
            return seen.frame, seen.at_ns
        passed.append(type(seen.frame).__name__)
    raise AssertionError(f"no {kind.__name__} in {wait_s} s; passed over: {passed[-20:]}")


def drain(port: RelayPort, quiet_s: float = 0.3) -> list[Frame]:
    """The frames until none has come for `quiet_s`, without beats, account figures and ticks."""
    found: list[Frame] = []
    end = time.monotonic() + quiet_s
    while (left := end - time.monotonic()) > 0:
        try:
            seen = port.frames.get(timeout=left)
        except queue.Empty:
            break
        if not isinstance(seen.frame, AccountFrame | ProgramBeat | Tick):
            found.append(seen.frame)
            end = time.monotonic() + quiet_s
    return found
