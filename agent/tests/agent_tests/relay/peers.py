"""Two neighbours of a relay, over real sockets and pipes: terminal and agent."""

import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import zmq

from lockstep_agent.relay.lines import (
    Bridge,
    Configure,
    FromRelay,
    Line,
    Listening,
    RouterUp,
    Stop,
    UseRouter,
    UseTicket,
    decode_from_relay,
    encode_line,
)
from lockstep_core.wire.codec import HEAD, decode, encode
from lockstep_core.wire.frames import Frame
from lockstep_core.wire.ticket import TICKET_SIZE

from .router_peer import PATIENCE_S, RouterPeer

L = TypeVar("L", bound=Line)
TICKET = bytes(TICKET_SIZE)


class TerminalPeer:
    """One connection of a terminal's program."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._rest = b""

    def send(self, *frames: Frame) -> None:
        self.socket.sendall(b"".join(encode(frame) for frame in frames))

    def next(self) -> Frame:
        while len(self._rest) < HEAD.size or len(self._rest) < HEAD.unpack_from(self._rest)[3]:
            data = self.socket.recv(65_536)
            if not data:
                raise AssertionError("the relay closed the connection")
            self._rest += data
        frame, end = decode(self._rest)
        self._rest = self._rest[end:]
        return frame

    def closed(self) -> bool:
        """Waits until the relay has closed its end."""
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionError:
            pass
        return True

    def silent(self, seconds: float = 0.3) -> bool:
        """Whether nothing comes for a while."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) == b"?"
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE_S)

    def close(self) -> None:
        self.socket.close()


class StartedRelay:
    """The real process, as the agent starts it."""

    def __init__(self, trades: RouterPeer, ticks: RouterPeer, *, router_key: str = "", silence_ms: int = 8_000) -> None:
        public, secret = zmq.curve_keypair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lockstep_agent.relay"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._peers: list[TerminalPeer] = []
        self._lines: queue.Queue[FromRelay] = queue.Queue()
        self.heard: list[FromRelay] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        key = router_key or trades.public
        self.say(Configure(trades.endpoint, ticks.endpoint, key, public.decode(), secret.decode(), 0, 0, silence_ms))
        listening = self.next(Listening)
        self.events_port, self.commands_port = listening.events_port, listening.commands_port

    def events(self) -> TerminalPeer:
        """A program of the terminal connects for events; closed at the latest with the relay."""
        return self._connected(self.events_port)

    def commands(self) -> TerminalPeer:
        """The same for commands."""
        return self._connected(self.commands_port)

    def _connected(self, port: int) -> TerminalPeer:
        peer = TerminalPeer(port)
        self._peers.append(peer)
        return peer

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(decode_from_relay(line))

    def say(self, line: Line) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(encode_line(line))

    def ticket(self) -> None:
        self.say(UseTicket(TICKET))

    def use(self, router: RouterPeer, quotes: RouterPeer) -> None:
        """The router is this one from now on."""
        self.say(UseRouter(router.endpoint, quotes.endpoint, router.public))

    def next(self, kind: type[L], which: Callable[[L], bool] = lambda _: True) -> L:
        """The next line of this kind (and of which that holds); others are remembered in `heard`."""
        end = time.monotonic() + PATIENCE_S
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            self.heard.append(line)
            if isinstance(line, kind) and which(line):
                return line
        raise AssertionError(f"the relay never said {kind.__name__}; it said {self.heard}")

    def stop(self) -> int:
        if self._process.poll() is None:
            self.say(Stop())
        code = self._process.wait(PATIENCE_S)
        self._close()
        return code

    def abandon(self) -> int:
        """What an agent that died leaves behind: a closed pipe."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        code = self._process.wait(PATIENCE_S)
        self._close()
        return code

    def _close(self) -> None:
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        for peer in self._peers:
            peer.close()


def connected(relay: StartedRelay, router: RouterPeer) -> tuple[TerminalPeer, TerminalPeer]:
    """A terminal that is connected through the relay to a router that has welcomed it: (events, commands)."""
    events, commands = relay.events(), relay.commands()
    relay.next(Bridge)
    relay.next(Bridge)
    relay.ticket()
    router.welcome()
    relay.next(RouterUp)
    return events, commands
