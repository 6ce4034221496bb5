"""Which of the terminal's programs give signs of life. A live process and an open connection prove nothing (ADR 31)."""

from lockstep_agent.relay.lines import Connection, ProgramHeard
from lockstep_agent.relay.stream import RawFrame
from lockstep_core.wire.codec import decode
from lockstep_core.wire.enums import TradeContext
from lockstep_core.wire.frames import ProgramBeat

SILENCE_NS = 8_000_000_000
"""The longest silence that still counts as life. A program beats each second, but may read a whole history in between."""
BUSY_NS = 200_000_000_000
"""The longest silence of a program that waits for its broker's answer: MT4 gives up an order after three minutes."""
LATE_NS = 2_000_000_000
"""If the relay itself stood still for longer than this, it says nothing about silence until it has listened again."""


class Beats:
    """The beats of the present connections. All times are ns of one monotonic clock.

    A program that never beats on its connection is of an earlier release, and is not judged.
    """

    __slots__ = ("_counters", "_heard_ns", "_silence_ns", "_silent")

    def __init__(self, silence_ns: int = SILENCE_NS) -> None:
        self._silence_ns = silence_ns
        self._heard_ns: dict[Connection, int] = {}
        self._counters: dict[Connection, int] = {}
        self._silent: set[Connection] = set()

    def restart(self, connection: Connection) -> None:
        """Forgets what was heard over the connection before the present one."""
        self._heard_ns.pop(connection, None)
        self._counters.pop(connection, None)
        self._silent.discard(connection)

    def is_silent(self, connection: Connection) -> bool:
        """Whether the program of this connection has stopped beating."""
        return connection in self._silent

    def hear(self, connection: Connection, frame: RawFrame, now_ns: int) -> list[ProgramHeard]:
        """Takes a ProgramBeat. Only a counter that moves is a sign of life."""
        beat, _ = decode(frame.data)
        if not isinstance(beat, ProgramBeat) or beat.counter == self._counters.get(connection):
            return []
        self._counters[connection] = beat.counter
        self._heard_ns[connection] = now_ns
        if beat.trade_context & TradeContext.BUSY:
            # One program serves both connections, so both are silent while it waits for its broker (ADR 29).
            self._heard_ns = dict.fromkeys(self._heard_ns, now_ns + BUSY_NS - self._silence_ns)
        if connection not in self._silent:
            return []
        self._silent.discard(connection)
        return [ProgramHeard(connection, alive=True)]

    def due_ns(self) -> int | None:
        """When `look` must be called next, None if it need not be."""
        waited_for = [heard for connection, heard in self._heard_ns.items() if connection not in self._silent]
        return min(waited_for) + self._silence_ns if waited_for else None

    def look(self, now_ns: int) -> list[ProgramHeard]:
        """Programs that have fallen silent since the last call."""
        due_ns = self.due_ns()
        if due_ns is None or now_ns < due_ns:
            return []
        if now_ns > due_ns + LATE_NS:
            self._heard_ns = dict.fromkeys(self._heard_ns, now_ns)
            return []
        fallen = [c for c, heard in self._heard_ns.items() if c not in self._silent and now_ns >= heard + self._silence_ns]
        self._silent.update(fallen)
        return [ProgramHeard(connection, alive=False) for connection in fallen]
