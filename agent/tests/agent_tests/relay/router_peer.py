"""The router as a neighbour of the relay: a CURVE ROUTER socket that a test plays."""

import select
import threading
import time
from collections import deque
from typing import NamedTuple

import zmq

from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import Frame

PATIENCE_S = 40.0
"""What a test waits for comes at once on an idle machine. On a busy one a new process alone may take many seconds."""
LOOK_AGAIN_S = 0.01


class Got(NamedTuple):
    """A message as the router got it."""

    peer: bytes
    envelope: Envelope
    message: bytes

    @property
    def frames(self) -> list[Frame]:
        return list(decode_all(self.message, ENVELOPE.size))


class HelloAnswer(NamedTuple):
    """What is said to every HELLO."""

    kind: Kind
    flags: int
    ack: int


class RouterPeer:
    """A router that a test controls. It answers the heartbeats of its session at once, unless it is `silent`.

    A relay takes a router for lost after some seconds of silence, and says HELLO again after two seconds without an answer.
    A thread gives the answers, so that a test that waits for the processor breaks no session. `peer` is the connection of
    the session.
    """

    def __init__(self, secret: bytes, public: bytes, port: int = 0) -> None:
        self.public = public.decode()
        self.peer = b""
        self.silent = False
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.CURVE_SERVER, 1)
        self._socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
        self._bind(port)
        self.endpoint = self._socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self.port = int(self.endpoint.rsplit(":", 1)[1])
        self._ack = 0
        self._inbox: deque[Got] = deque()
        self._hello_answer: HelloAnswer | None = None
        self._closing = False
        # Of the socket and of all above; notified after each look at the socket.
        self._lock = threading.Condition()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def next(self, *kinds: Kind, patience_s: float = PATIENCE_S) -> Got:
        """The next message of one of these kinds (of any kind but BEAT if none is named); others are skipped."""
        wanted = set(kinds) or set(Kind) - {Kind.BEAT}
        end = time.monotonic() + patience_s
        with self._lock:
            while True:
                while self._inbox:
                    got = self._inbox.popleft()
                    if got.envelope.kind in wanted:
                        return got
                if time.monotonic() > end:
                    raise AssertionError(f"the router got none of {sorted(wanted)}")
                self._lock.wait(end - time.monotonic())

    def frames(self, count: int) -> list[tuple[int, Frame]]:
        """The next `count` numbered frames, over as many EVENTS as they came in."""
        found: list[tuple[int, Frame]] = []
        while len(found) < count:
            got = self.next(Kind.EVENTS)
            found += [(got.envelope.seq + i, frame) for i, frame in enumerate(got.frames)]
        return found

    def say(self, peer: bytes, kind: Kind, *frames: Frame, seq: int = 0, ack: int = 0, flags: int = 0) -> None:
        with self._lock:
            self._hello_answer = None
            self._send(peer, Envelope(kind, flags, seq, ack, 0), b"".join(encode(frame) for frame in frames))

    def say_raw(self, peer: bytes, message: bytes) -> None:
        """Bytes that need not be a message."""
        with self._lock:
            self._socket.send_multipart([peer, message])

    def answer_hello(self, kind: Kind, *, flags: int = 0, ack: int = 0) -> None:
        """Answers every HELLO in this way, from the newest one on, until a session is up or the test says something else."""
        with self._lock:
            self._hello_answer = HelloAnswer(kind, flags, ack)
            greetings = [got.peer for got in self._inbox if got.envelope.kind == Kind.HELLO]
            self._inbox = deque(got for got in self._inbox if got.envelope.kind != Kind.HELLO)
            if greetings:
                self._greet(greetings[-1], self._hello_answer)

    def welcome(self, *, flags: int = 0, ack: int = 0) -> None:
        """Takes the relay that greets, or will greet, into a session."""
        self.answer_hello(Kind.WELCOME, flags=flags, ack=ack)

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        self._socket.close()
        self._context.term()

    def _bind(self, port: int) -> None:
        """A port that was just closed may take a moment to come free."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._socket.bind(f"tcp://127.0.0.1:{port or '*'}")
            except zmq.ZMQError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return

    def _serve(self) -> None:
        descriptor = self._socket.fileno()
        while not self._closing:
            # Only a hint: an event that the socket noticed while another thread used it is not signalled again.
            select.select([descriptor], [], [], LOOK_AGAIN_S)
            with self._lock:
                while self._socket.poll(0):
                    peer, message = self._socket.recv_multipart()
                    self._take(Got(peer, decode_envelope(message), message))
                self._lock.notify_all()

    def _take(self, got: Got) -> None:
        kind = got.envelope.kind
        if kind == Kind.HELLO and self._hello_answer is not None:
            self._greet(got.peer, self._hello_answer)
            return
        if got.peer == self.peer:
            self._hello_answer = None
            if kind == Kind.BEAT and not self.silent:
                self._send(got.peer, Envelope(Kind.ACK, 0, 0, self._ack, 0))
        self._inbox.append(got)

    def _greet(self, peer: bytes, answer: HelloAnswer) -> None:
        self._send(peer, Envelope(answer.kind, answer.flags, 0, answer.ack, 0))

    def _send(self, peer: bytes, envelope: Envelope, body: bytes = b"") -> None:
        if envelope.kind == Kind.WELCOME:
            self.peer, self._ack = peer, envelope.ack
        elif envelope.kind in (Kind.RESET, Kind.REFUSED):
            self.peer = b""
        self._ack = max(self._ack, envelope.ack)
        self._socket.send_multipart([peer, encode_envelope(envelope, body)])
