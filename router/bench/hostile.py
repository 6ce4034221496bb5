"""What an ordinary pair of accounts notices of one hostile account: frame in to command out, alone and beside each attack.

usage: python router/bench/hostile.py [--rounds N] [--out build/bench/hostile.json]

In each round the attacker first sends some messages, of the greatest size where it matters, then the ordinary master opens
a trade. Where the attacker is shut out it goes on sending, and greets again four times a second. All messages of the attack
are encoded before the run, and its encryption has the lowest priority: an attacker's terminal has a processor of its own, so
on a small machine it shall not take the router's. "Alone" is measured before the attacks, and again after them.

Beside them stands the least that is possible: plain libzmq that reads the same flood and drops it unread.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import count, cycle, product
from pathlib import Path
from uuid import UUID

import zmq

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.envelope import MAX_FRAMES, MAX_MESSAGE, Envelope, Kind, decode_envelope, encode_envelope
from lockstep_core.wire.frames import (
    AccountFrame,
    Frame,
    PositionFrame,
    SnapshotBegin,
    SnapshotEnd,
    StopsFrame,
    Symbol,
    Tick,
)
from lockstep_router.journal import ipc
from lockstep_router.process.loop import now_ns
from router import LOT, MASTER, SETTINGS, USER, RelayClient, Rig, deal, measure_plain, summary

HOSTILE_MASTER, HOSTILE_SLAVE, HOSTILE_USER = UUID(int=1001), UUID(int=1002), UUID(int=666)
FILLS = (3, 32)
"""Messages of an attack in each round. With 32, encrypting them takes more of a small machine than all the rest."""
WARM_UP = 30
POSITIONS = 1_900
PREPARED = 200
GREETING_NS = 250_000_000
Messages = Iterator[tuple[bytes, int]]
"""Bodies of EVENTS and how many frames each has."""
Attack = Callable[["HostileRig", int], "Flood"]
"""Begins an attack with so many messages a round."""


def body_of(frames: list[Frame]) -> tuple[bytes, int]:
    """One body."""
    return b"".join(map(encode, frames)), len(frames)


def symbols() -> Messages:
    """Ever new specifications of ever other symbols."""
    for start in cycle(range(0, 10_000, MAX_FRAMES)):
        yield body_of([symbol(f"S{number}") for number in range(start, start + MAX_FRAMES)])


def openings() -> Messages:
    """Positions that open and close, each of which has to be copied."""
    for start in count(1, MAX_FRAMES):
        frames: list[Frame] = []
        for number in range(start, start + MAX_FRAMES // 2):
            frames += [deal(number, 0, DealEntry.IN, 0), deal(number, 0, DealEntry.OUT, 0)]
        yield body_of(frames)


def changes() -> Messages:
    """Stops of positions that nobody has."""
    while True:
        yield body_of([StopsFrame(number, 0, 1.0, 0.0, 0, 0, "EURUSD") for number in range(MAX_FRAMES)])


def snapshots() -> Messages:
    """Large snapshots, one after the other."""
    account = AccountFrame(
        HOSTILE_MASTER.int, 1e4, 1e4, 1e4, 0, 0, 100, 2, 1, 1, 5000, 5, 2, 0, 0, 0, "USD", "Bench", "Bench"
    )
    whole: list[Frame] = [
        SnapshotBegin(0, POSITIONS, 1),
        account,
        symbol("EURUSD"),
        *(PositionFrame(n, 0, LOT, 1.1, 0.0, 0.0, 0, 10**9, 0, 0, "EURUSD", "") for n in range(1, POSITIONS + 1)),
        SnapshotEnd(0, POSITIONS, 1),
    ]
    while True:
        for start in range(0, len(whole), MAX_FRAMES):
            yield body_of(whole[start : start + MAX_FRAMES])


def symbol(name: str) -> Symbol:
    """A usual specification."""
    return Symbol(1e5, 1e-5, 1e-5, 1.0, LOT // 100, 100 * LOT, LOT // 100, 5, 0, 0, 4, 1, 0, name, "EUR", "USD", "EUR")


def attackers_context() -> "zmq.Context[zmq.Socket[bytes]]":
    """Encrypts in a thread of its own, which runs where nobody else would: the ordinary pair does not wait for it."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    context.set(zmq.THREAD_SCHED_POLICY, os.SCHED_IDLE)
    return context


class HostileRig(Rig):
    """An ordinary pair, and a hostile one."""

    def __init__(self) -> None:
        super().__init__(1)
        self.attackers = attackers_context()
        self.hostile = self.connect(HOSTILE_MASTER, self.attackers)
        self.connect(HOSTILE_SLAVE, self.attackers)

    def close(self) -> None:
        """Ends everything."""
        super().close()
        self.attackers.destroy(linger=0)

    def bring_plan(self, accounts: list[UUID]) -> None:
        """Both pairs' plan."""
        rows = [ipc.AccountRow(account, USER, account.int, "both", 0) for account in accounts]
        rows += [ipc.AccountRow(a, HOSTILE_USER, a.int, "both", 0) for a in (HOSTILE_MASTER, HOSTILE_SLAVE)]
        copier = ipc.CopierRow(UUID(int=2001), USER, MASTER, accounts[1], "on", SETTINGS, 1)
        hostile = ipc.CopierRow(UUID(int=2002), HOSTILE_USER, HOSTILE_MASTER, HOSTILE_SLAVE, "on", SETTINGS, 1)
        self.send_plan(rows, [copier, hostile])


class Flood:
    """Sends messages as fast as it is let, and reads the answers."""

    def __init__(self, socket: "zmq.Socket[bytes]", fill: int) -> None:
        self.socket = socket
        self.sent = 0
        self._fill = fill

    def fill(self) -> None:
        """As much as the connection takes, or as one round has."""
        while self.socket.poll(0):
            self.on_answer(decode_envelope(self.socket.recv()).kind)
        for _ in range(self._fill):
            try:
                self.socket.send(self.message(), zmq.DONTWAIT)
            except zmq.Again:
                return
            self.sent += 1

    def message(self) -> bytes:
        """The next message."""
        raise NotImplementedError

    def on_answer(self, kind: Kind) -> None:
        """Handles an answer of the router."""


class Same(Flood):
    """Sends one message again and again."""

    def __init__(self, socket: "zmq.Socket[bytes]", fill: int, message: bytes) -> None:
        super().__init__(socket, fill)
        self._message = message

    def message(self) -> bytes:
        return self._message


class Events(Flood):
    """Sends numbered events, and greets again where the router does not know the session."""

    def __init__(self, relay: RelayClient, fill: int, messages: Messages) -> None:
        super().__init__(relay.socket, fill)
        self._hello = relay.hello
        self._bodies = cycle([next(messages) for _ in range(PREPARED)])
        self._next = 5
        self._lost = False
        self._greeted_ns = 0

    def message(self) -> bytes:
        if self._lost and now_ns() - self._greeted_ns > GREETING_NS:
            self._greeted_ns = now_ns()
            return self._hello
        body, frames = next(self._bodies)
        message = encode_envelope(Envelope(Kind.EVENTS, 0, self._next, 0, 0), body)
        self._next += frames
        return message

    def on_answer(self, kind: Kind) -> None:
        if kind == Kind.WELCOME:
            self._lost, self._next = False, 1
        elif kind in (Kind.RESET, Kind.REFUSED):
            self._lost = True


def events(messages: Callable[[], Messages]) -> Attack:
    """An attack with events of a session."""
    return lambda rig, fill: Events(rig.hostile, fill, messages())


def greetings(rig: HostileRig, fill: int) -> Flood:
    """Shows the same good ticket again and again, each of which begins a session."""
    return Same(rig.hostile.socket, fill, rig.hostile.hello)


def beats(rig: HostileRig, fill: int) -> Flood:
    """Signs of life, each of which is answered."""
    return Same(rig.hostile.socket, 16 * fill, encode_envelope(Envelope(Kind.BEAT, 0, 0, 0, 0)))


def strangers(rig: HostileRig, fill: int) -> Flood:
    """Events of a connection that has shown no ticket."""
    message = encode_envelope(Envelope(Kind.EVENTS, 0, 1, 0, 0), next(symbols())[0])
    return Same(rig.stranger(rig.attackers).socket, fill, message)


def ticks(rig: HostileRig, fill: int) -> Flood:
    """Quotes of ever the same symbols."""
    body, _ = body_of([Tick(1.1, 1.2, 0, 0, f"SYMBOL{number}") for number in range(MAX_FRAMES)])
    return Same(rig.hostile.connect(rig.ticks_port), fill, encode_envelope(Envelope(Kind.TICKS, 0, 0, 0, 0), body))


ATTACKS: Mapping[str, Attack] = {
    "symbols": events(symbols),
    "openings": events(openings),
    "stops": events(changes),
    "snapshots": events(snapshots),
    "greetings": greetings,
    "beats": beats,
    "strangers": strangers,
    "ticks": ticks,
}


def measure_plain_flood(rounds: int, fill: int) -> list[int]:
    """Per round, ns from one peer to the other through plain libzmq, beside `fill` messages of the greatest size."""
    attackers = attackers_context()

    def flood(port: int, server_key: bytes) -> Callable[[], None]:
        socket = RelayClient(attackers, port, server_key).socket

        def send() -> None:
            for _ in range(fill):
                try:
                    socket.send(bytes(MAX_MESSAGE), zmq.DONTWAIT)
                except zmq.Again:
                    return

        return send

    try:
        return [times[-1] for times in measure_plain(1, rounds, flood)]
    finally:
        attackers.destroy(linger=0)


def measure(attack: str | None, rounds: int, fill: int = 0) -> tuple[list[int], int]:
    """Per round, ns from the ordinary master's frame to its slave's command; and how many hostile messages were sent."""
    rig = HostileRig()
    try:
        attacker = None if attack is None else ATTACKS[attack](rig, fill)
        times = []
        for number in range(rounds + WARM_UP):
            if attacker is not None:
                attacker.fill()
            times += rig.round(number)
    finally:
        rig.close()
    return times[WARM_UP:], 0 if attacker is None else attacker.sent


def ratio(beside: Mapping[str, object], alone: Mapping[str, object]) -> dict[str, object]:
    """How much longer the slowest of a hundred takes."""
    value = round(float(str(beside["p99"])) / float(str(alone["p99"])), 2)
    return {"name": f"p99 {beside['name']}, to {alone['name']}", "value": value}


def main() -> None:
    """Measures, writes the file, and shows it."""
    parser = argparse.ArgumentParser(description="What an ordinary pair notices of one hostile account.")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--only", choices=list(ATTACKS), action="append", help="this attack; may be given several times")
    parser.add_argument("--out", type=Path, default=Path("build/bench/hostile.json"))
    options = parser.parse_args()
    alone, plain = measure(None, options.rounds)[0], measure_plain_flood(options.rounds, 0)
    floods = [(f"plain libzmq beside {fill} messages a round", measure_plain_flood(options.rounds, fill)) for fill in FILLS]
    attacks = [
        (f"beside {attack}, {fill} messages a round", *measure(attack, options.rounds, fill))
        for attack, fill in product(options.only or ATTACKS, FILLS)
    ]
    ours = summary("alone", alone + measure(None, options.rounds)[0])
    libzmqs = summary("plain libzmq alone", plain + measure_plain_flood(options.rounds, 0))
    beside_plain = [summary(name, times) for name, times in floods]
    beside = [{**summary(name, times), "hostile_messages": sent} for name, times, sent in attacks]
    results = [ours, *beside, libzmqs, *beside_plain]
    ratios = [ratio(each, ours) for each in beside] + [ratio(each, libzmqs) for each in beside_plain]
    text = json.dumps({"cpus": os.cpu_count(), "results": results, "ratios": ratios}, indent=2) + "\n"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
