"""The process that copies, as it ships, with accounts that have said hello over real encrypted sockets.

This program plays their relays and terminals, and the writer as far as to bring a plan and to take records.
"""

import base64
import ctypes
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from uuid import UUID

import zmq
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from zmq.utils import z85

from lockstep_core.wire.codec import decode, encode
from lockstep_core.wire.enums import Action, DealEntry
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Hello, Kind, decode_envelope, encode_envelope, encode_hello
from lockstep_core.wire.frames import AccountFrame, Command, Frame, SnapshotBegin, SnapshotEnd
from lockstep_router.journal import ipc
from lockstep_router.journal.plan_rows import PlanCompiler
from lockstep_router.process.loop import now_ns
from lockstep_router.process.sockets import local
from router.bench.router import EURUSD, SETTINGS, USER, deal, environment, free_port
from router.tests.ticket_issuer import KEY_ID, Issuer
from tests.scale.routers.errors import NotTaken, NotWelcome
from tests.scale.routers.native import Driver
from tests.scale.routers.sockets import PATIENCE_MS, dealer, large_context, received

BEAT_NS = 1_000_000_000
BEAT = encode_envelope(Envelope(Kind.BEAT, 0, 0, 0, 0))
JOIN_AT_ONCE = 50
"""A handshake may take five seconds: a thousand at once would be refused on a slow machine."""
FRAME_AT = ENVELOPE.size + 1
"""Where a message of the router says what its first frame is."""


@dataclass(frozen=True, slots=True)
class Group:
    """A master and its slaves, by the logins of their accounts."""

    master: int
    slaves: range

    @property
    def logins(self) -> list[int]:
        return [self.master, *self.slaves]


def groups_of(count: int, slaves: int) -> list[Group]:
    """So many masters with so many slaves each."""
    size = slaves + 1
    return [Group(1 + n * size, range(2 + n * size, 1 + (n + 1) * size)) for n in range(count)]


@dataclass(slots=True)
class Relay:
    """A relay as far as the router can see it: a DEALER with numbered frames."""

    login: int
    socket: "zmq.Socket[bytes]"
    keys: tuple[bytes, bytes]
    sent_frames: int = 0
    acked: int = 0
    beaten_ns: int = 0

    def events(self, *frames: Frame) -> bytes:
        """The next message with frames, which must be sent."""
        body = b"".join(map(encode, frames))
        message = encode_envelope(Envelope(Kind.EVENTS, 0, self.sent_frames + 1, 0, now_ns()), body)
        self.sent_frames += len(frames)
        return message

    @property
    def is_heard(self) -> bool:
        """Whether the router has taken all that was sent."""
        return self.acked == self.sent_frames

    def beat(self) -> None:
        """Says that it is there."""
        self.socket.send(BEAT)
        self.read()

    def read(self) -> None:
        """Reads what has come and is not measured: acknowledgements, and commands that were sent again."""
        with suppress(zmq.Again):
            while True:
                self.acked = max(self.acked, decode_envelope(self.socket.recv(zmq.DONTWAIT)).ack)

    def show(self) -> None:
        """A snapshot of an account without positions."""
        account = AccountFrame(self.login, 1e4, 1e4, 1e4, 0, 0, 100, 2, 1, 1, 5000, 5, 2, 0, 0, 0, "USD", "Bench", "Bench")
        self.socket.send(self.events(SnapshotBegin(0, 0, 1), account, EURUSD, SnapshotEnd(0, 0, 1)))


@dataclass(slots=True)
class Told:
    """What the process that copies says of itself: how long each command took it, in µs, and its last numbers."""

    router_us: list[int] = field(default_factory=list)
    last: ipc.LoopNumbers | None = None


class Crowd:
    """The process and its accounts. `join` lets accounts in; the plan has all of them from the start."""

    def __init__(self, driver: Driver, groups: Sequence[Group], folder: Path) -> None:
        self.told = Told()
        self.groups = list(groups)
        self.relays: dict[int, Relay] = {}
        self.context = large_context()
        self.issuer = Issuer()
        self._driver = driver
        self._folder = folder
        self._positions = 10_000
        self._beating: deque[Relay] = deque()
        secret = os.urandom(32)
        self.server_key = zmq.curve_public(z85.encode(secret))
        raw = self.issuer.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        keys = [{"key_id": KEY_ID.hex(), "public_key": base64.b64encode(raw).decode()}]
        (folder / "secret.key").write_bytes(secret)
        (folder / "keys.json").write_text(json.dumps({"tickets": keys}))
        self.port, self.ticks_port = free_port(), free_port()
        settings = environment(folder, self.port, self.ticks_port)
        self._environment = {**settings, "LOCKSTEP_CONNECTIONS_PER_ADDRESS": "10000"}
        self._numbers = local(self.context, zmq.PULL, folder / ipc.NUMBERS_SOCKET, bind=True)
        self._start()

    def _start(self) -> None:
        self._writer = local(self.context, zmq.DEALER, self._folder / ipc.WRITER_SOCKET, bind=False)
        command = [sys.executable, "-m", "lockstep_router.process.loop_process"]
        self.process = subprocess.Popen(command, env=self._environment)
        self._bring_plan()

    def restart(self) -> None:
        """Kills the process as the loss of a node does, and starts another one, as its supervisor would."""
        self.process.kill()
        self.process.wait()
        self._writer.close()
        self._start()

    def close(self) -> None:
        """Ends everything."""
        self.process.kill()
        self.process.wait()
        self.context.destroy(linger=0)

    def join(self, logins: Sequence[int]) -> None:
        """Lets accounts in, with a snapshot of each. Raises `NotWelcome`."""
        for first in range(0, len(logins), JOIN_AT_ONCE):
            self._join(logins[first : first + JOIN_AT_ONCE])
            self.beat()
        self.settle(0.5)

    def _join(self, logins: Sequence[int]) -> None:
        for login in logins:
            self.relays[login] = self._connected(login)
        for login in logins:
            relay = self.relays[login]
            if decode_envelope(received(relay.socket)).kind != Kind.WELCOME:
                raise NotWelcome(login)
            relay.show()
            relay.beaten_ns = now_ns()
            self._beating.append(relay)

    def settle(self, seconds: float) -> None:
        """Nothing but beats for a while."""
        until_ns = now_ns() + int(seconds * 1e9)
        while now_ns() < until_ns:
            self.beat()
            time.sleep(0.01)

    def beat(self) -> None:
        """Beats of the relays whose second is over, and what a writer does."""
        due_ns = now_ns() - BEAT_NS
        while self._beating and self._beating[0].beaten_ns <= due_ns:
            relay = self._beating.popleft()
            relay.beat()
            relay.beaten_ns = now_ns()
            self._beating.append(relay)
        self.take_records()

    def opened(self, group: Group, count: int = 1) -> tuple[list[int], list[Command]]:
        """A master opens positions: ns from its first send to each slave's commands, and these, slave by slave."""
        master = self.relays[group.master]
        first = self._positions
        self._positions += count
        deals = [deal(first + n, 0, DealEntry.IN, now_ns()) for n in range(count)]
        return self._commanded(group, [master.events(each) for each in deals], count, Action.OPEN)

    def filled(self, group: Group, commands: Sequence[Command]) -> None:
        """The slaves report that their orders were filled."""
        self._report(group, commands, DealEntry.IN)

    def closed(self, group: Group, commands: Sequence[Command]) -> list[int]:
        """The master closes what the slaves opened with these commands, and they follow; ns as with `opened`."""
        count = len(commands) // len(group.slaves)
        master = self.relays[group.master]
        last = [deal(self._positions - count + n, 0, DealEntry.OUT, now_ns()) for n in range(count)]
        times, _ = self._commanded(group, [master.events(each) for each in last], count, Action.CLOSE)
        self._report(group, commands, DealEntry.OUT)
        return times

    def round(self, group: Group, count: int = 1) -> list[int]:
        """Opens, fills and closes; ns from the master's first opening to each slave's commands."""
        times, commands = self.opened(group, count)
        self.filled(group, commands)
        self.beat()
        self.closed(group, commands)
        self.beat()
        return times

    def _commanded(self, group: Group, messages: list[bytes], count: int, action: Action) -> tuple[list[int], list[Command]]:
        sockets = [self.relays[login].socket for login in group.slaves]
        sender = self.relays[group.master].socket
        times, bodies = self._driver.fan_out(sender, messages, sockets, count, FRAME_AT, Command.KIND, BEAT)
        commands = []
        for body in bodies:
            frame, _ = decode(body, ENVELOPE.size)
            if not isinstance(frame, Command) or frame.action != action:
                raise NotTaken(f"send {action.name} to each slave")
            commands.append(frame)
        return times, commands

    def _report(self, group: Group, commands: Sequence[Command], entry: DealEntry) -> None:
        count = len(commands) // len(group.slaves)
        first = self._positions - count
        for number, login in enumerate(group.slaves):
            relay = self.relays[login]
            for at, command in enumerate(commands[number * count : (number + 1) * count]):
                relay.socket.send(relay.events(deal(first + at, command.link, entry, now_ns())))
            self.beat()
        self._until_heard([self.relays[login] for login in group.slaves])

    def _until_heard(self, relays: Sequence[Relay]) -> None:
        until_ns = now_ns() + PATIENCE_MS * 1_000_000
        while waiting := [relay for relay in relays if not relay.is_heard]:
            if now_ns() > until_ns:
                raise NotTaken("take what terminals report")
            for relay in waiting:
                relay.read()
            self.beat()
            time.sleep(0.001)

    def ticket(self, login: int, public_key: bytes) -> bytes:
        """A ticket that is good for an hour."""
        return self.issuer.ticket(UUID(int=login), 1, z85.decode(public_key), int(time.time()) + 3600)

    def take_records(self) -> None:
        """Takes records and numbers, as writer and supervisor do."""
        while self._writer.poll(0):
            message = ipc.to_writer.decode(self._writer.recv())
            if isinstance(message, ipc.Batch):
                self._writer.send(ipc.encode(ipc.Written(message.run, message.first + len(message.records) - 1)))
        while self._numbers.poll(0):
            told = ipc.to_supervisor.decode(self._numbers.recv())
            if isinstance(told, ipc.LoopNumbers):
                self.told.last = told
                self.told.router_us.extend(told.router_us)

    def _connected(self, login: int) -> Relay:
        keys = zmq.curve_keypair()
        relay = Relay(login, dealer(self.context, self.port, self.server_key, keys), keys)
        hello = Hello(1, 1, self.ticket(login, keys[0]))
        relay.socket.send(encode_envelope(Envelope(Kind.HELLO, 0, 0, 0, now_ns()), encode_hello(hello)))
        return relay

    def _bring_plan(self) -> None:
        logins = [login for group in self.groups for login in group.logins]
        rows = [ipc.AccountRow(UUID(int=login), USER, login, "both", 0) for login in logins]
        copiers = [
            ipc.CopierRow(UUID(int=1_000_000 + slave), USER, UUID(int=group.master), UUID(int=slave), "on", SETTINGS, 1)
            for group in self.groups
            for slave in group.slaves
        ]
        self._writer.send(ipc.encode(ipc.WriterHello()))
        self._writer.send(ipc.encode(PlanCompiler().message(ipc.PlanRows(rows, copiers))[0]))

    def rss_mb(self) -> float:
        """Memory of the process that copies."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @contextmanager
    def ticking(self, body: bytes, frames: int, a_second: int, accounts: Sequence[int]) -> Iterator[list[int]]:
        """Meanwhile these accounts' terminals tell quotes, so many a second all together, in messages of one `body` each. At
        the end the list has one number: how many quotes were sent.
        """
        relays = [self.relays[login] for login in accounts]
        sockets = [dealer(self.context, self.ticks_port, self.server_key, relay.keys) for relay in relays]
        message = encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, now_ns()), body)
        stop, sent = ctypes.c_int(0), list[int]()

        def feed() -> None:
            sent.append(frames * self._driver.pace(sockets, message, a_second // frames, 120, stop))

        feeder = Thread(target=feed)
        feeder.start()
        try:
            yield sent
        finally:
            stop.value = 1
            feeder.join()
            for socket in sockets:
                socket.close()


@contextmanager
def crowd(driver: Driver, groups: Sequence[Group], *, joined: bool = True) -> Iterator[Crowd]:
    """A crowd, by default with all accounts joined."""
    with TemporaryDirectory() as folder:
        made = Crowd(driver, groups, Path(folder))
        try:
            if joined:
                made.join([login for group in groups for login in group.logins])
            yield made
        finally:
            made.close()
