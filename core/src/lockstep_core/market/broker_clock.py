"""How late a report is, by the broker's own clock: that one goes on, whoever was frozen on the way to us."""

_MS = 1_000_000
SPAN_NS = 30_000_000_000
"""What was told in the present span and in the one before counts: longer than a terminal that wakes up tells old times, and
so short that two clocks do not drift apart meanwhile.
"""
TOLERANCE_MS = 2_000
"""Terminals tell the broker's clock in whole seconds, and nobody promises that it is the clock that stamps deals."""
LONGEST_MS = 900_000
"""A report that is later by more came by other clocks: the zone of a server changes by half an hour at least. A terminal
that was away for so long has lost its broker, and tells a snapshot, which has ages.
"""


class BrokerClock:
    """What a broker's clock shows, as far as its terminal has told it. `ahead_ns`: how far it is at least ahead of ours.

    What a terminal tells can only be too early: it was read before it came here, and a terminal that wakes up may go by the
    quotes of before its sleep. So the latest of the newest counts.
    """

    __slots__ = ("_ahead_before_ns", "_ahead_ns", "_begun_ns")

    def __init__(self) -> None:
        self._ahead_ns: int | None = None
        self._ahead_before_ns: int | None = None
        self._begun_ns = 0

    def told(self, server_msc: int, now_ns: int) -> None:
        """A terminal that sees its broker tells its clock, 0 where it does not know it."""
        if server_msc <= 0:
            return
        ahead_ns = server_msc * _MS - now_ns
        if self._ahead_ns is None or now_ns - self._begun_ns >= SPAN_NS:
            self._ahead_before_ns, self._ahead_ns, self._begun_ns = self._ahead_ns, ahead_ns, now_ns
        elif ahead_ns > self._ahead_ns:
            self._ahead_ns = ahead_ns

    def lateness_ns(self, stamp_msc: int, now_ns: int) -> int:
        """For how long at least something that the broker stamped so had happened before now; 0 where nothing proves it.

        A stamp of whole seconds is one of MT4, whatever the time within the second was.
        """
        if self._ahead_ns is None or stamp_msc <= 0:
            return 0
        before_ns = self._ahead_before_ns
        ahead_ns = self._ahead_ns if before_ns is None else max(self._ahead_ns, before_ns)
        latest_msc = stamp_msc if stamp_msc % 1000 else stamp_msc + 999
        late_ns = now_ns + ahead_ns - latest_msc * _MS
        return late_ns if TOLERANCE_MS * _MS <= late_ns <= LONGEST_MS * _MS else 0
