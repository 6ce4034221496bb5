"""Keeps the newest quote of each symbol until quotes are sent next."""

from lockstep_agent.relay.ledger import batches
from lockstep_core.wire.codec import LAYOUTS
from lockstep_core.wire.frames import Tick

INTERVAL_NS = 250_000_000
_SYMBOL = LAYOUTS[Tick.KIND].place_of("symbol")


class Ticks:
    """The newest Tick frame of each symbol, for at most `limit` symbols."""

    __slots__ = ("_limit", "_newest", "_sent_ns")

    def __init__(self, limit: int = 4096) -> None:
        self._newest: dict[bytes, bytes] = {}
        self._limit = limit
        self._sent_ns = 0

    def put(self, frame: bytes) -> None:
        """Keeps a checked Tick frame."""
        symbol = frame[_SYMBOL]
        if symbol in self._newest or len(self._newest) < self._limit:
            self._newest[symbol] = frame

    def due_ns(self) -> int | None:
        """When the next quotes are to be sent, None while there are none."""
        return self._sent_ns + INTERVAL_NS if self._newest else None

    def take(self, now_ns: int) -> list[bytes]:
        """The bodies of TICKS messages; none if it is not time yet."""
        if not self._newest or now_ns < self._sent_ns + INTERVAL_NS:
            return []
        bodies = [body for _, body in batches(0, self._newest.values())]
        self._newest.clear()
        self._sent_ns = now_ns
        return bodies
