"""Numbers the frames that go to the router, and keeps them until the router has acknowledged them."""

from collections import deque
from collections.abc import Iterable, Iterator

from lockstep_agent.relay.errors import LedgerFull
from lockstep_core.wire.envelope import MAX_FRAMES, MAX_MESSAGE

KEPT_FRAMES = 50_000
"""The most frames that are kept. After a gap of more events, a snapshot is faster than sending them all again."""
BATCH_BYTES = MAX_MESSAGE - 4_096
"""The most bytes of frames in one message; the router refuses messages of more than `MAX_MESSAGE`."""


def batches(first: int, frames: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Frames in order as bodies of messages that the router takes: (number of the first frame, the frames joined)."""
    batch: list[bytes] = []
    size = 0
    for frame in frames:
        if batch and (size + len(frame) > BATCH_BYTES or len(batch) == MAX_FRAMES):
            yield first, b"".join(batch)
            first, batch, size = first + len(batch), [], 0
        batch.append(frame)
        size += len(frame)
    if batch:
        yield first, batch[0] if len(batch) == 1 else b"".join(batch)


class Ledger:
    """Frames in order, numbered from 1. `oldest` is the number of the first one still kept, `next` that of the next one."""

    __slots__ = ("_kept", "_limit", "oldest")

    def __init__(self, limit: int = KEPT_FRAMES) -> None:
        self._limit = limit
        self._kept: deque[bytes] = deque()
        self.oldest = 1

    @property
    def next(self) -> int:
        return self.oldest + len(self._kept)

    def add(self, frame: bytes) -> int:
        """Keeps a frame and returns its number. Raises `LedgerFull` if there is no room; the frame is not kept then."""
        if len(self._kept) >= self._limit:
            raise LedgerFull(self._limit)
        self._kept.append(frame)
        return self.oldest + len(self._kept) - 1

    def acknowledge(self, number: int) -> None:
        """Drops all frames up to `number`. Ignores a number that no frame has had yet."""
        if number >= self.next:
            return
        for _ in range(number + 1 - self.oldest):
            self._kept.popleft()
        self.oldest = max(self.oldest, number + 1)

    def resumes(self, acknowledged: int) -> bool:
        """Whether every frame after `acknowledged` can be sent again."""
        return self.oldest - 1 <= acknowledged < self.next

    def restart(self, acknowledged: int) -> None:
        """Drops all frames. The next frame gets the number after `acknowledged`, which the router expects."""
        self._kept.clear()
        self.oldest = acknowledged + 1

    def batches(self) -> Iterator[tuple[int, bytes]]:
        """All kept frames in order, as bodies of messages."""
        return batches(self.oldest, self._kept)
