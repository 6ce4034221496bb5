"""How fast one account or one connection may have the router work for it. Pure.

Accounts take turns, but an account that never stops sending would still have a turn in every round, for ever. So what it
sends beyond its allowance waits, and others have the processor.
"""

FRAMES_PER_S = 4_000
FRAMES_AT_ONCE = 40_000
"""Frames of one account's terminal. A terminal that trails five hundred stops every second sends five hundred; the largest
snapshot, with all symbols of a large broker and their hours, has some fourteen thousand, and may come again at once.
"""
TICKS_PER_S = 20_000
TICKS_AT_ONCE = 40_000
"""Quotes of one account's terminal, which reports those of a few dozen symbols. A busy one has some ten a second."""
ANSWERS = 4
ANSWERS_NS = 1_000_000_000
"""How often one connection's tickets are checked, because a signature takes as long as copying a trade, and how often it is
told that it is not known. A relay says HELLO once in two seconds, or slower.
"""
_S = 1_000_000_000


class Allowance:
    """A bucket of things to handle. It is filled again only when it is empty, so that taking one costs a subtraction."""

    __slots__ = ("_at_once", "_filled_ns", "_left", "_per_s")

    def __init__(self, per_s: int, at_once: int) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._left = at_once
        self._filled_ns: int | None = None

    def take(self, now_ns: int, count: int = 1) -> bool:
        """Takes `count` things. Returns False, and takes none, if so many are not left."""
        if self._left < count:
            self._fill(now_ns)
            if self._left < count:
                return False
        self._left -= count
        return True

    def _fill(self, now_ns: int) -> None:
        # Nobody knows when the first bucket was begun, so the second one is not larger than a second's.
        passed_ns = _S if self._filled_ns is None else now_ns - self._filled_ns
        gained = passed_ns * self._per_s // _S
        if gained > 0:
            self._left = min(self._at_once, self._left + gained)
            self._filled_ns = now_ns


class PeerPace:
    """How often each connection was answered in the present second."""

    def __init__(self) -> None:
        self._answered: dict[bytes, int] = {}
        self._since_ns = 0

    def allows(self, peer: bytes, now_ns: int) -> bool:
        """Counts an answer to a peer. Returns False if it has had enough of them in this second."""
        if now_ns - self._since_ns >= ANSWERS_NS:
            self._answered.clear()
            self._since_ns = now_ns
        count = self._answered.get(peer, 0)
        self._answered[peer] = count + 1
        return count < ANSWERS
