"""Splits the bytes of a terminal into frames, and checks them."""

from collections import Counter
from typing import NamedTuple

from lockstep_core.wire import frames
from lockstep_core.wire.codec import HEAD, decode, head_at
from lockstep_core.wire.errors import MalformedFrame

EVENT_KINDS = frozenset(
    cls.KIND
    for cls in (
        frames.AccountFrame,
        frames.Symbol,
        frames.PositionFrame,
        frames.SnapshotBegin,
        frames.SnapshotEnd,
        frames.Trade,
        frames.StopsFrame,
        frames.Result,
        frames.Tick,
        frames.PendingOrder,
        frames.DealMoney,
        frames.MoneyOperation,
        frames.SymbolPageEnd,
        frames.SymbolSession,
        frames.ProgramBeat,
    )
)
RESULT_KINDS = frozenset((frames.Result.KIND, frames.Tick.KIND, frames.ProgramBeat.KIND))
"""A Tick on this connection answers a QuoteRequest. So it is numbered like a Result, and not replaced by a newer one."""


class RawFrame(NamedTuple):
    """A checked frame: its kind, and its bytes with the head."""

    kind: int
    data: bytes


class FrameStream:
    """The bytes of one connection. `refused` counts frames with a valid head and an invalid body, `unknown` those of kinds
    that only a later release knows.
    """

    __slots__ = ("_kinds", "_rest", "refused", "unknown")

    def __init__(self, kinds: frozenset[int]) -> None:
        self._kinds = kinds
        self._rest = b""
        self.refused = 0
        self.unknown: Counter[int] = Counter()

    def feed(self, data: bytes) -> list[RawFrame]:
        """Adds bytes. Returns the frames that are now complete, each as long as it was sent.

        Raises `MalformedFrame` where a head is invalid: where the next frame begins is not known, so close the connection.
        """
        buffer = self._rest + data if self._rest else data
        whole: list[RawFrame] = []
        at = 0
        while len(buffer) - at >= HEAD.size:
            layout, size = head_at(buffer, at)
            if layout is not None and layout.cls.KIND not in self._kinds:
                raise MalformedFrame(f"kind {layout.cls.KIND} on this connection")
            if len(buffer) - at < size:
                break
            if layout is None:
                self.unknown[buffer[at + 1]] += 1
            elif self._usable(buffer, at):
                whole.append(RawFrame(layout.cls.KIND, buffer[at : at + size]))
            at += size
        self._rest = buffer[at:]
        return whole

    def _usable(self, buffer: bytes, at: int) -> bool:
        try:
            decode(buffer, at)
        except MalformedFrame:
            self.refused += 1
            return False
        return True
