"""A master's openings with some slaves, of which valgrind counts the instructions. `tests.bench.instructions` runs it.

usage: python counted_opening.py MARKS SLAVES OPENINGS
"""

import ctypes
import gc
import sys
from uuid import UUID

from lockstep_core.units import ONE_LOT
from lockstep_core.wire.codec import encode
from lockstep_core.wire.envelope import Envelope, Kind, encode_envelope
from lockstep_core.wire.frames import Trade
from router.tests.engine_harness import MASTER, EngineHarness, copier, curve_key

WARM_UP = 20
"""So many openings come before: Python fits its code to what it sees."""


def main(marks: str, slaves: int, openings: int) -> None:
    """Ends with an error where an opening does not reach every slave."""
    settings = {"sizing": {"mode": "multiplier", "factor": "1"}}
    copiers = [copier(settings, slave=UUID(int=1_000 + n), number=UUID(int=1_000_000 + n)) for n in range(slaves)]
    harness, counted = EngineHarness(*copiers), ctypes.CDLL(marks)
    gc.collect()
    gc.freeze()
    gc.disable()
    peer = next(peer for peer, terminal in harness.peers.items() if terminal is harness.master)
    messages = [_message(harness, number) for number in range(WARM_UP + openings)]
    for number, message in enumerate(messages):
        if number == WARM_UP:
            counted.begin()
        if _sent(harness, peer, message) < slaves:
            raise AssertionError("expected a command for every slave")
    counted.end()


def _message(harness: EngineHarness, number: int) -> bytes:
    ticket, seq = 1_000 + number, harness.engine.accounts[MASTER].received + 1 + number
    trade = Trade(ticket, ticket, ticket, 0, ONE_LOT, 1.1, 0.0, 0.0, 0, harness.now_ns, 0, 0, "EURUSD", "")
    return encode_envelope(Envelope(Kind.EVENTS, 0, seq, 0, harness.now_ns), encode(trade))


def _sent(harness: EngineHarness, peer: bytes, message: bytes) -> int:
    """How many messages go out for one of the master's."""
    sent = len(harness.engine.on_message(peer, message, curve_key(MASTER), harness.now_ns).sends)
    while harness.engine.is_busy:
        sent += len(harness.engine.on_backlog(harness.now_ns).sends)
    return sent


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
