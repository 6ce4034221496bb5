"""A relay's session with the router, and what it has sent that is not handled yet."""

from collections import deque
from collections.abc import Sequence
from uuid import UUID

from lockstep_core.wire.codec import decode
from lockstep_core.wire.frames import Frame

MAX_BACKLOG = 4 << 20
"""The most bytes of messages that wait for their turn: more than the largest snapshot has. A relay that sends more, faster
than it is handled, has its account shut out for a while.
"""


class Waiting:
    """A message with frames that are not handled yet. They are decoded one by one, each at its turn."""

    __slots__ = ("message", "next", "sent_ns", "starts")

    def __init__(self, message: bytes, starts: Sequence[int], first: int, sent_ns: int) -> None:
        self.message = message
        self.starts = starts
        self.next = first
        self.sent_ns = sent_ns


class Session:
    """One connection that has shown a good ticket, which is good until `expires_s` (Unix time).

    `waiting_frames`: how many frames of the relay's messages are not handled yet.
    """

    __slots__ = (
        "_backlog",
        "_bytes",
        "account",
        "bad",
        "curve_key",
        "epoch",
        "expires_s",
        "heard_ns",
        "peer",
        "sent",
        "waiting_frames",
    )

    def __init__(self, peer: bytes, account: UUID, epoch: int, curve_key: bytes, expires_s: int, heard_ns: int) -> None:
        self.peer = peer
        self.account = account
        self.epoch = epoch
        self.curve_key = curve_key
        self.expires_s = expires_s
        self.heard_ns = heard_ns
        self.bad = 0
        self.sent = 0
        self.waiting_frames = 0
        self._backlog: deque[Waiting] = deque()
        self._bytes = 0

    def queue(self, message: bytes, starts: Sequence[int], first: int, sent_ns: int) -> bool:
        """Queues a message's frames from index `first` on. Returns False, and queues none, if too much would wait."""
        if first >= len(starts):
            return True
        if self._bytes + len(message) > MAX_BACKLOG:
            return False
        self._bytes += len(message)
        self.waiting_frames += len(starts) - first
        self._backlog.append(Waiting(message, starts, first, sent_ns))
        return True

    def take(self) -> tuple[Frame, int]:
        """The next frame, and the time at which its relay sent it (the relay's clock).

        Raises `MalformedFrame` if a text in it cannot be read. The frame counts as taken all the same.
        """
        waiting = self._backlog[0]
        start = waiting.starts[waiting.next]
        waiting.next += 1
        self.waiting_frames -= 1
        if waiting.next == len(waiting.starts):
            self._backlog.popleft()
            self._bytes -= len(waiting.message)
        return decode(waiting.message, start)[0], waiting.sent_ns
