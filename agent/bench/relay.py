"""What the relay adds on a trade's way, beside plain libzmq in the same run.

usage: python agent/bench/relay.py [--rounds N] [--pause-ms P] [--out build/bench/relay.json]
"""

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import zmq

from lockstep_agent.relay.lines import Configure, Listening, Stop, UseTicket, decode_from_relay, encode_line
from lockstep_core.wire.codec import LAYOUTS, decode_all, encode
from lockstep_core.wire.enums import Action, DealEntry, Side
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import Command, Frame, QuoteRequest, Tick, Trade
from lockstep_core.wire.ticket import TICKET_SIZE

WARM_UP = 50
WAIT_MS = 2_000
TRADE = encode(Trade(1, 1, 1, 0, 10_000_000, 1.1, 0.0, 0.0, 0, 1, Side.BUY, DealEntry.IN, "EURUSD", ""))
NO_PRICES = (0.0, 0.0, 0.0, 0.0)
COMMAND = encode(Command(1, 77, 0, 10_000_000, *NO_PRICES, 0, 0, 1, Action.OPEN, Side.BUY, 10, 0, "EURUSD", "ls:0"))


class Bench:
    """A router's socket, a real relay process, and the two connections of a terminal, unless a real one is to make them: to
    `ports`, for events and commands.
    """

    def __init__(self, *, plays_terminal: bool = True) -> None:
        server_public, server_secret = zmq.curve_keypair()
        self._context = zmq.Context()
        self.router = self._bound(server_secret)
        self.endpoint = self.router.getsockopt_string(zmq.LAST_ENDPOINT)
        self.server_key = server_public
        self._ticks = self._bound(server_secret)
        self.router.rcvtimeo = WAIT_MS
        self._requests = 0
        self._relay = self._started()
        if plays_terminal:
            self.events, self.commands = (_connected(port) for port in self.ports)
        self.peer = self._welcomed()

    def _bound(self, secret: bytes) -> "zmq.Socket[bytes]":
        bound = self._context.socket(zmq.ROUTER)
        bound.setsockopt(zmq.LINGER, 0)
        bound.setsockopt(zmq.CURVE_SERVER, 1)
        bound.setsockopt(zmq.CURVE_SECRETKEY, secret)
        bound.bind("tcp://127.0.0.1:*")
        return bound

    def _started(self) -> "subprocess.Popen[bytes]":
        public, secret = zmq.curve_keypair()
        pipe = subprocess.PIPE
        relay = subprocess.Popen([sys.executable, "-m", "lockstep_agent.relay"], stdin=pipe, stdout=pipe)
        ticks = self._ticks.getsockopt_string(zmq.LAST_ENDPOINT)
        configure = Configure(self.endpoint, ticks, self.server_key.decode(), public.decode(), secret.decode(), 0, 0)
        self._say(relay, encode_line(configure) + encode_line(UseTicket(bytes(TICKET_SIZE))))
        if relay.stdout is None:
            raise RuntimeError("the relay has no output")
        listening = decode_from_relay(relay.stdout.readline())
        if not isinstance(listening, Listening):
            raise TypeError(f"expected to hear where the relay listens, heard {listening}")
        self.ports = (listening.events_port, listening.commands_port)
        return relay

    def _welcomed(self) -> bytes:
        peer, _ = self.router.recv_multipart()
        self.router.send_multipart([peer, encode_envelope(Envelope(Kind.WELCOME, 0, 0, 0, 0))])
        time.sleep(0.3)
        return peer

    def trade(self) -> int:
        """ns from the terminal's write to the router's read."""
        started = time.monotonic_ns()
        self.events.send(TRADE)
        while True:
            message = self.router.recv_multipart()[1]
            envelope = decode_envelope(message)
            if envelope.kind == Kind.EVENTS:
                break
        took = time.monotonic_ns() - started
        self.router.send_multipart([self.peer, encode_envelope(Envelope(Kind.ACK, 0, 0, envelope.seq, 0))])
        return took

    def command(self) -> int:
        """ns from the router's send to the terminal's read."""
        started = time.monotonic_ns()
        self.router.send_multipart([self.peer, encode_envelope(Envelope(Kind.COMMANDS, 0, 1, 0, 0), COMMAND)])
        self._read_command(LAYOUTS[Command.KIND].size)
        took = time.monotonic_ns() - started
        while self.router.poll(0):
            self.router.recv_multipart()
        return took

    def quote(self) -> int:
        """ns from the router's request of a quote to its answer, which this program gives when it reads the request."""
        return self.asked(self._answer_quote)

    def asked(self, answer: Callable[[int], None] = lambda _: None) -> int:
        """ns from the router's request of a quote to its answer. Raises `zmq.Again` if none comes, or one without prices."""
        self._requests += 1
        request = encode(QuoteRequest(self._requests, "EURUSD"))
        started = time.monotonic_ns()
        self._send(Kind.COMMANDS, 0, request)
        answer(self._requests)
        while time.monotonic_ns() - started < WAIT_MS * 1_000_000:
            for frame in self._heard():
                if isinstance(frame, Tick) and frame.request == self._requests and frame.bid > 0:
                    return time.monotonic_ns() - started
        raise zmq.Again

    def _heard(self) -> list[Frame]:
        """The frames of the relay's next message, which is answered as a router does."""
        self.peer, message = self.router.recv_multipart()
        envelope = decode_envelope(message)
        if envelope.kind == Kind.HELLO:
            self._send(Kind.WELCOME, 0)
            return []
        frames = list(decode_all(message, ENVELOPE.size)) if envelope.kind == Kind.EVENTS else []
        self._send(Kind.ACK, envelope.seq + len(frames) - 1 if frames else 0)
        return frames

    def _send(self, kind: Kind, ack: int, body: bytes = b"") -> None:
        self.router.send_multipart([self.peer, encode_envelope(Envelope(kind, 0, 0, ack, 0), body)])

    def _answer_quote(self, request: int) -> None:
        self._read_command(LAYOUTS[QuoteRequest.KIND].size)
        self.commands.send(encode(Tick(1.1, 1.1002, 1, 1, "EURUSD", 1, request)))

    def _read_command(self, size: int) -> None:
        while size:
            size -= len(self.commands.recv(size))

    def close(self) -> None:
        """Ends all of it."""
        self._say(self._relay, encode_line(Stop()))
        self._relay.wait(5)
        self._context.destroy(linger=0)

    @staticmethod
    def _say(relay: "subprocess.Popen[bytes]", data: bytes) -> None:
        if relay.stdin is not None:
            relay.stdin.write(data)
            relay.stdin.flush()


class Raw:
    """The same bytes over one DEALER and one ROUTER with CURVE, and nothing between them."""

    def __init__(self) -> None:
        server_public, server_secret = zmq.curve_keypair()
        public, secret = zmq.curve_keypair()
        self._context, self._other = zmq.Context(), zmq.Context()
        self._router = self._context.socket(zmq.ROUTER)
        self._router.setsockopt(zmq.CURVE_SERVER, 1)
        self._router.setsockopt(zmq.CURVE_SECRETKEY, server_secret)
        self._router.bind("tcp://127.0.0.1:*")
        self._dealer = self._other.socket(zmq.DEALER)
        for option, key in (
            (zmq.CURVE_SERVERKEY, server_public),
            (zmq.CURVE_PUBLICKEY, public),
            (zmq.CURVE_SECRETKEY, secret),
        ):
            self._dealer.setsockopt(option, key)
        self._dealer.connect(self._router.getsockopt_string(zmq.LAST_ENDPOINT))
        self._message = encode_envelope(Envelope(Kind.EVENTS, 0, 1, 0, 0), TRADE)
        self._dealer.send(self._message)
        self._peer = self._router.recv_multipart()[0]

    def up(self) -> int:
        """ns from DEALER to ROUTER."""
        started = time.monotonic_ns()
        self._dealer.send(self._message)
        self._router.recv_multipart()
        return time.monotonic_ns() - started

    def down(self) -> int:
        """ns from ROUTER to DEALER."""
        started = time.monotonic_ns()
        self._router.send_multipart([self._peer, self._message])
        self._dealer.recv()
        return time.monotonic_ns() - started

    def close(self) -> None:
        """Ends all of it."""
        self._context.destroy(linger=0)
        self._other.destroy(linger=0)


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def measured(name: str, once: Callable[[], int], rounds: int, pause_s: float) -> dict[str, str | int | float]:
    """One line of results, in µs."""
    taken: list[float] = []
    for i in range(rounds + WARM_UP):
        took = once()
        if i >= WARM_UP:
            taken.append(took / 1000)
        time.sleep(pause_s)
    taken.sort()
    at = {f"p{q}": round(taken[min(len(taken) - 1, len(taken) * q // 100)], 1) for q in (50, 95, 99)}
    return {"name": name, "unit": "us", "n": rounds, **at, "max": round(taken[-1], 1)}


def run(rounds: int, pause_s: float) -> dict[str, object]:
    """All measurements of one run."""
    raw, bench = Raw(), Bench()
    try:
        ways = (
            ("raw dealer to router", raw.up),
            ("terminal to router", bench.trade),
            ("raw router to dealer", raw.down),
            ("router to terminal", bench.command),
            ("request of a quote to its answer", bench.quote),
        )
        results = [measured(name, once, rounds, pause_s) for name, once in ways]
    finally:
        bench.close()
        raw.close()
    pairs = (("terminal to router / raw, p50", 1, 0), ("router to terminal / raw, p50", 3, 2))
    ratios = [{"name": name, "value": round(float(results[a]["p50"]) / float(results[b]["p50"]), 2)} for name, a, b in pairs]
    machine = {
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "zmq": zmq.zmq_version(),
    }
    return {"machine": machine, "results": results, "ratios": ratios}


def main() -> None:
    """Measures, writes the file, and shows it."""
    parser = argparse.ArgumentParser(description="What the relay adds on a trade's way.")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--pause-ms", type=float, default=1.0, help="rest between two rounds, as trades have")
    parser.add_argument("--out", type=Path, default=Path("build/bench/relay.json"))
    options = parser.parse_args()
    text = json.dumps(run(options.rounds, options.pause_ms / 1000), indent=2) + "\n"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
