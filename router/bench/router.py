"""Frame in to command out through the real process that copies, beside plain libzmq in the same run.

usage: python router/bench/router.py [--rounds N] [--slaves 1,10,100] [--out build/bench/router.json]

This program plays the relays, and the writer as far as to bring a plan and take records; everything is encrypted. "Plain
libzmq" is a ROUTER in a process of its own that passes each message on to the other peers, and nothing else.
"""

import argparse
import base64
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import zmq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from zmq.utils import z85

from lockstep_core.wire.codec import MAX_FRAME, decode, encode
from lockstep_core.wire.enums import Action, DealEntry
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Hello, Kind, decode_envelope, encode_envelope, encode_hello
from lockstep_core.wire.frames import AccountFrame, Command, Frame, SnapshotBegin, SnapshotEnd, Symbol, Trade
from lockstep_core.wire.ticket import Ticket, signed_part, ticket_body
from lockstep_router.journal import ipc
from lockstep_router.journal.plan_rows import PlanCompiler
from lockstep_router.process.loop import now_ns
from lockstep_router.process.sockets import local

LOT = 10**8
WARM_UP = 30
USER, MASTER = UUID(int=99), UUID(int=1)
EURUSD = Symbol(1e5, 1e-5, 1e-5, 1.0, LOT // 100, 100 * LOT, LOT // 100, 5, 0, 0, 4, 1, 0, "EURUSD", "EUR", "USD", "EUR")
SETTINGS = '{"sizing": {"mode": "multiplier", "factor": "1"}}'


class RelayClient:
    """A DEALER with numbered frames."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", port: int, server_key: bytes) -> None:
        self.public, self._secret = zmq.curve_keypair()
        self._context, self._server_key = context, server_key
        self.socket = self.connect(port)
        self.hello = b""
        self._sent_frames = 0

    def connect(self, port: int) -> "zmq.Socket[bytes]":
        """A connection with this relay's key."""
        socket = self._context.socket(zmq.DEALER)
        socket.linger = 0
        socket.rcvtimeo = 20_000
        socket.curve_serverkey = self._server_key
        socket.curve_publickey, socket.curve_secretkey = self.public, self._secret
        socket.connect(f"tcp://127.0.0.1:{port}")
        return socket

    def report(self, *frames: Frame) -> None:
        body = b"".join(encode(frame) for frame in frames)
        self.socket.send(encode_envelope(Envelope(Kind.EVENTS, 0, self._sent_frames + 1, 0, now_ns()), body))
        self._sent_frames += len(frames)

    def command(self) -> Command:
        """The next command; acknowledgements are passed over."""
        while True:
            message = self.socket.recv()
            if decode_envelope(message).kind == Kind.COMMANDS:
                frame, _ = decode(message, ENVELOPE.size)
                if isinstance(frame, Command):
                    return frame

    def join(self, ticket: bytes, login: int) -> None:
        self.hello = encode_envelope(Envelope(Kind.HELLO, 0, 0, 0, now_ns()), encode_hello(Hello(1, 1, ticket)))
        self.socket.send(self.hello)
        if decode_envelope(self.socket.recv()).kind != Kind.WELCOME:
            raise RuntimeError("not welcome")
        account = AccountFrame(login, 1e4, 1e4, 1e4, 0, 0, 100, 2, 1, 1, 5000, 5, 2, 0, 0, 0, "USD", "Bench", "Bench")
        self.report(SnapshotBegin(0, 0, 1), account, EURUSD, SnapshotEnd(0, 0, 1))


class Rig:
    """The process that copies, with a master and slaves that have said hello."""

    def __init__(self, slaves: int) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        secret, self._signer = os.urandom(32), Ed25519PrivateKey.generate()
        raw = self._signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        keys = [{"key_id": "00" * 8, "public_key": base64.b64encode(raw).decode()}]
        (folder / "secret.key").write_bytes(secret)
        (folder / "keys.json").write_text(json.dumps({"tickets": keys}))
        self._numbers = local(self.context, zmq.PULL, folder / ipc.NUMBERS_SOCKET, bind=True)
        self.writer = local(self.context, zmq.DEALER, folder / ipc.WRITER_SOCKET, bind=False)
        self._port, self.ticks_port = free_port(), free_port()
        self._server_key = zmq.curve_public(z85.encode(secret))
        command = [sys.executable, "-m", "lockstep_router.process.loop_process"]
        self._process = subprocess.Popen(command, env=environment(folder, self._port, self.ticks_port))  # noqa: S603 - ourselves
        accounts = [UUID(int=1 + i) for i in range(slaves + 1)]
        self.bring_plan(accounts)
        self.master, *self.slaves = [self.connect(account) for account in accounts]
        time.sleep(0.5)

    def stranger(self, context: "zmq.Context[zmq.Socket[bytes]] | None" = None) -> RelayClient:
        """A relay that has shown no ticket; `context` where it shall not share this program's threads."""
        return RelayClient(context or self.context, self._port, self._server_key)

    def connect(self, account: UUID, context: "zmq.Context[zmq.Socket[bytes]] | None" = None) -> RelayClient:
        """A relay of an account, welcomed and with a snapshot."""
        relay = self.stranger(context)
        body = ticket_body(Ticket(account, 1, z85.decode(relay.public), int(time.time()) + 3600, bytes(8)))
        relay.join(body + self._signer.sign(signed_part(body)), account.int)
        return relay

    def round(self, number: int) -> list[int]:
        """ns from the master's frame to each slave's opening command; then all is closed again."""
        position, times = 10_000 + number, []
        started = now_ns()
        self.master.report(deal(position, 0, DealEntry.IN, started))
        commands = []
        for slave in self.slaves:
            commands.append(slave.command())
            times.append(now_ns() - started)
        for slave, command in zip(self.slaves, commands, strict=True):
            slave.report(deal(position, command.link, DealEntry.IN, now_ns()))
        self._take_records()
        self.master.report(deal(position, 0, DealEntry.OUT, now_ns()))
        for slave, command in zip(self.slaves, commands, strict=True):
            if slave.command().action != Action.CLOSE:
                raise RuntimeError("expected a close")
            slave.report(deal(position, command.link, DealEntry.OUT, now_ns()))
        self._take_records()
        time.sleep(0.001)
        return times

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self.context.destroy(linger=0)
        self._folder.cleanup()

    def bring_plan(self, accounts: list[UUID]) -> None:
        """Brings the plan, as a writer does: the first account is the master of all others."""
        rows = [ipc.AccountRow(account, USER, account.int, "both", 0) for account in accounts]
        copiers = [ipc.CopierRow(UUID(int=1000 + a.int), USER, MASTER, a, "on", SETTINGS, 1) for a in accounts[1:]]
        self.send_plan(rows, copiers)

    def send_plan(self, rows: list[ipc.AccountRow], copiers: list[ipc.CopierRow]) -> None:
        """Sends the loop a plan."""
        self.writer.send(ipc.encode(ipc.WriterHello()))
        self.writer.send(ipc.encode(PlanCompiler().message(ipc.PlanRows(rows, copiers))[0]))

    def _take_records(self) -> None:
        """Takes records, as a writer does."""
        while self.writer.poll(0):
            message = ipc.to_writer.decode(self.writer.recv())
            if isinstance(message, ipc.Batch):
                self.writer.send(ipc.encode(ipc.Written(message.run, message.first + len(message.records) - 1)))
        while self._numbers.poll(0):
            self._numbers.recv()


def deal(position: int, magic: int, entry: DealEntry, seen_ns: int) -> Trade:
    """A deal of one lot."""
    return Trade(1, 1, position, magic, LOT, 1.1, 0.0, 0.0, 0, seen_ns, 0, entry, "EURUSD", "")


def environment(folder: Path, port: int, ticks_port: int) -> dict[str, str]:
    """The settings of the process that copies."""
    return {
        **os.environ,
        "LOCKSTEP_ROUTER_SECRET_KEY": str(folder / "secret.key"),
        "LOCKSTEP_PUBLIC_KEYS": str(folder / "keys.json"),
        "LOCKSTEP_RUNTIME_DIR": str(folder),
        "LOCKSTEP_BIND_HOST": "127.0.0.1",
        "LOCKSTEP_TRADES_PORT": str(port),
        "LOCKSTEP_TICKS_PORT": str(ticks_port),
        "LOCKSTEP_CONNECTIONS_PER_ADDRESS": "1000",
    }


def free_port() -> int:
    """A port that nobody listens on."""
    with zmq.Context() as context, context.socket(zmq.PAIR) as probe:
        return int(probe.bind_to_random_port("tcp://127.0.0.1"))


def plain_relay(port: int, secret: bytes) -> None:
    """Passes each message on to every other peer, and reads and drops long ones; runs in a process of its own."""
    router = zmq.Context().socket(zmq.ROUTER)
    router.curve_server, router.curve_secretkey = True, secret
    router.bind(f"tcp://127.0.0.1:{port}")
    peers: list[bytes] = []
    while True:
        peer, message = router.recv_multipart()
        if len(message) > MAX_FRAME:
            continue
        if peer not in peers:
            peers.append(peer)
            router.send_multipart((peer, b"known"))
        else:
            for other in peers:
                if other != peer:
                    router.send_multipart((other, message))


def plain_round(peers: list[RelayClient]) -> list[int]:
    """ns from the first peer's sending to each other peer's reading."""
    message = encode_envelope(Envelope(Kind.EVENTS, 0, 1, 0, 0), encode(deal(1, 0, DealEntry.IN, 0)))
    started, times = now_ns(), []
    peers[0].socket.send(message)
    for peer in peers[1:]:
        peer.socket.recv()
        times.append(now_ns() - started)
    time.sleep(0.001)
    return times


def nothing() -> None:
    """What is done before a round that is measured alone."""


def measure_plain(
    slaves: int, rounds: int, beside: Callable[[int, bytes], Callable[[], None]] | None = None
) -> list[list[int]]:
    """Per round, ns from one peer's sending to each other peer's reading.

    `beside` is given the port and the server's key, and returns what is done before each round.
    """
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    public, secret = zmq.curve_keypair()
    port = free_port()
    command = [sys.executable, __file__, "--plain", str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - ourselves
    try:
        # The key of a socket that carries nothing but this measurement.
        if process.stdin is not None:
            process.stdin.write(secret)
            process.stdin.close()
        peers = [RelayClient(context, port, public) for _ in range(slaves + 1)]
        for peer in peers:
            peer.socket.send(b"here")
            peer.socket.recv()
        before: Callable[[], object] = nothing if beside is None else beside(port, public)
        found = []
        for _ in range(rounds + WARM_UP):
            before()
            found.append(plain_round(peers))
    finally:
        process.kill()
        process.wait()
    context.destroy(linger=0)
    return found[WARM_UP:]


def measure_router(slaves: int, rounds: int) -> list[list[int]]:
    """Per round, ns from the master's frame to each slave's command."""
    rig = Rig(slaves)
    try:
        found = [rig.round(number) for number in range(rounds + WARM_UP)]
    finally:
        rig.close()
    return found[WARM_UP:]


def summary(name: str, times_ns: list[int]) -> dict[str, object]:
    """Percentiles in µs."""
    ordered = sorted(time_ns / 1000 for time_ns in times_ns)
    at = {f"p{p}": round(ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 1) for p in (50, 95, 99)}
    return {"name": name, "unit": "us", "n": len(ordered), **at, "max": round(ordered[-1], 1)}


def run(rounds: int, fans: list[int]) -> dict[str, object]:
    """All measurements."""
    results, ratios = [], []
    for slaves in fans:
        count = max(50, rounds // slaves)
        plain = summary(f"plain libzmq, last of {slaves}", [times[-1] for times in measure_plain(slaves, count)])
        routed = summary(
            f"frame in to command out, last of {slaves}", [times[-1] for times in measure_router(slaves, count)]
        )
        results += [plain, routed]
        ratio = round(float(str(routed["p50"])) / float(str(plain["p50"])), 2)
        ratios.append({"name": f"router to plain libzmq, p50, {slaves} slaves", "value": ratio})
    machine = {
        "cpus": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "zmq": zmq.zmq_version(),
        "load_1m": round(os.getloadavg()[0], 1),
    }
    return {"machine": machine, "results": results, "ratios": ratios}


def main() -> None:
    """Measures, writes the file, and shows it."""
    parser = argparse.ArgumentParser(description="Frame in to command out, beside plain libzmq.")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--slaves", default="1,10,100")
    parser.add_argument("--out", type=Path, default=Path("build/bench/router.json"))
    parser.add_argument("--plain", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plain:
        plain_relay(options.plain, sys.stdin.buffer.read())
        return
    text = json.dumps(run(options.rounds, [int(n) for n in options.slaves.split(",")]), indent=2) + "\n"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
