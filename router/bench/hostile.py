"""What an ordinary pair of accounts notices of one hostile account: frame in to command out, alone and beside each attack.

usage: python router/bench/hostile.py [--rounds N] [--out build/bench/hostile.json]

In each round the attacker first sends some messages of the greatest size, then the ordinary master opens a trade. All
messages of the attack are encoded before the run, and its encryption has the lowest priority: an attacker's terminal has
a processor of its own, so on a small machine it shall not take the router's.

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
from lockstep_core.wire.frames import AccountFrame, Frame, PositionFrame, SnapshotBegin, SnapshotEnd, StopsFrame, Symbol
from lockstep_router.journal import ipc
from router import LOT, MASTER, SETTINGS, USER, RelayClient, Rig, deal, measure_plain, summary

HOSTILE_MASTER, HOSTILE_SLAVE, HOSTILE_USER = UUID(int=1001), UUID(int=1002), UUID(int=666)
FILLS = (3, 32)
"""Messages of an attack in each round. With 32, encrypting them takes more of a small machine than all the rest."""
WARM_UP = 30
POSITIONS = 1_900
Messages = Iterator[tuple[bytes, int]]
"""Bodies of EVENTS and how many frames each has."""


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


ATTACKS: Mapping[str, Callable[[], Messages]] = {
    "symbols": symbols,
    "openings": openings,
    "stops": changes,
    "snapshots": snapshots,
}


def attackers_context() -> "zmq.Context[zmq.Socket[bytes]]":
    """Encrypts in a thread of its own, which runs where nobody else would: the ordinary pair does not wait for it."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    context.set(zmq.THREAD_SCHED_POLICY, os.SCHED_IDLE)
    return context


class HostileRig(Rig):
    """An ordinary pair, and a hostile one."""

    def __init__(self) -> None:
        super().__init__(1)
        self._attackers = attackers_context()
        self.hostile = self.connect_hostile()
        self.connect(HOSTILE_SLAVE, self._attackers)

    def connect_hostile(self) -> RelayClient:
        """The attacker's relay."""
        return self.connect(HOSTILE_MASTER, self._attackers)

    def close(self) -> None:
        """Ends everything."""
        super().close()
        self._attackers.destroy(linger=0)

    def bring_plan(self, accounts: list[UUID]) -> None:
        """Both pairs' plan."""
        rows = [ipc.AccountRow(account, USER, account.int, "both", 0) for account in accounts]
        rows += [ipc.AccountRow(a, HOSTILE_USER, a.int, "both", 0) for a in (HOSTILE_MASTER, HOSTILE_SLAVE)]
        copier = ipc.CopierRow(UUID(int=2001), USER, MASTER, accounts[1], "on", SETTINGS, 1)
        hostile = ipc.CopierRow(UUID(int=2002), HOSTILE_USER, HOSTILE_MASTER, HOSTILE_SLAVE, "on", SETTINGS, 1)
        self.send_plan(rows, [copier, hostile])


class Attacker:
    """Sends as fast as it is let."""

    def __init__(self, rig: HostileRig, messages: Messages, prepared: int, fill: int) -> None:
        self._rig = rig
        self._relay: RelayClient = rig.hostile
        self._bodies = cycle([next(messages) for _ in range(prepared)])
        self._fill = fill
        self._next = 5
        self.sent = self.sessions = 0

    def fill(self) -> None:
        """As much as the connection takes."""
        self._drain()
        for _ in range(self._fill):
            body, frames = next(self._bodies)
            try:
                self._relay.socket.send(encode_envelope(Envelope(Kind.EVENTS, 0, self._next, 0, 0), body), zmq.DONTWAIT)
            except zmq.Again:
                return
            self._next += frames
            self.sent += frames

    def _drain(self) -> None:
        """Reads answers; after a RESET it has a new session at once."""
        while self._relay.socket.poll(0):
            if decode_envelope(self._relay.socket.recv()).kind in (Kind.RESET, Kind.REFUSED):
                self._relay.socket.close(0)
                self._relay = self._rig.connect_hostile()
                self._next, self.sessions = 5, self.sessions + 1


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
    """Per round, ns from the ordinary master's frame to its slave's command; and how many hostile frames were sent."""
    rig = HostileRig()
    try:
        attacker = None if attack is None else Attacker(rig, ATTACKS[attack](), 200, fill)
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
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--only", choices=list(ATTACKS), action="append", help="this attack; may be given several times")
    parser.add_argument("--out", type=Path, default=Path("build/bench/hostile.json"))
    options = parser.parse_args()
    alone = summary("alone", measure(None, options.rounds)[0])
    plain = summary("plain libzmq alone", measure_plain_flood(options.rounds, 0))
    results, ratios = [alone, plain], []
    for fill in FILLS:
        flooded = summary(f"plain libzmq beside {fill} messages a round", measure_plain_flood(options.rounds, fill))
        results.append(flooded)
        ratios.append(ratio(flooded, plain))
    for attack, fill in product(options.only or ATTACKS, FILLS):
        times, sent = measure(attack, options.rounds, fill)
        beside = {**summary(f"beside {attack}, {fill} messages a round", times), "hostile_frames": sent}
        results.append(beside)
        ratios.append(ratio(beside, alone))
    text = json.dumps({"cpus": os.cpu_count(), "results": results, "ratios": ratios}, indent=2) + "\n"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
