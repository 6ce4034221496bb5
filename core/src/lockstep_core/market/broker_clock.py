"""How late a report is, by the broker's own clock. It runs on while a terminal, a pod or a relay is frozen."""

_MS = 1_000_000
SPAN_NS = 30_000_000_000
"""Only what a terminal reported in the present span and in the one before counts. A span is longer than a terminal that
wakes up reports old times, and too short for two clocks to drift apart.
"""
TOLERANCE_MS = 2_000
"""Terminals report the broker's clock in whole seconds, and it may not be quite the clock that stamps deals."""
LONGEST_MS = 900_000
"""A report that seems later than this was stamped by another clock: a server's time zone changes by half an hour at least. A
terminal that was away for so long has lost its broker, and sends a snapshot, which has ages.
"""


class BrokerClock:
    """How far a broker's clock is ahead of ours, at least, by what its terminal reports.

    A reported time can only be too early: it was read before it came here, and a terminal that wakes up may go by quotes
    from before its sleep. So the furthest ahead of the newest reports counts.
    """

    __slots__ = ("_ahead_before_ns", "_ahead_ns", "_begun_ns")

    def __init__(self) -> None:
        self._ahead_ns: int | None = None
        self._ahead_before_ns: int | None = None
        self._begun_ns = 0

    def told(self, server_msc: int, now_ns: int) -> None:
        """Notes the broker's time that a terminal reports while it sees its broker; 0 where it does not know it."""
        if server_msc <= 0:
            return
        ahead_ns = server_msc * _MS - now_ns
        if self._ahead_ns is None or now_ns - self._begun_ns >= SPAN_NS:
            self._ahead_before_ns, self._ahead_ns, self._begun_ns = self._ahead_ns, ahead_ns, now_ns
        elif ahead_ns > self._ahead_ns:
            self._ahead_ns = ahead_ns

    def lateness_ns(self, stamp_msc: int, now_ns: int) -> int:
        """How long ago, at least, something with this stamp of the broker happened; 0 where nothing proves that it is late.

        A stamp of whole seconds is MT4's: the event may have happened as late as the end of that second.
        """
        if self._ahead_ns is None or stamp_msc <= 0:
            return 0
        before_ns = self._ahead_before_ns
        ahead_ns = self._ahead_ns if before_ns is None else max(self._ahead_ns, before_ns)
        latest_msc = stamp_msc if stamp_msc % 1000 else stamp_msc + 999
        late_ns = now_ns + ahead_ns - latest_msc * _MS
        return late_ns if TOLERANCE_MS * _MS <= late_ns <= LONGEST_MS * _MS else 0
