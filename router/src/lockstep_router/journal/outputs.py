"""What one call of the engine wants sent and written."""

from typing import NamedTuple

from lockstep_router.journal.records import Record


class Send(NamedTuple):
    """A message for a peer. If it opens a link, `link` is the link's id, else 0: the engine needs the time of sending."""

    peer: bytes
    message: bytes
    link: int = 0


class Outputs:
    """Messages in the order to be sent, and records in the order they happened."""

    __slots__ = ("journal", "sends")

    def __init__(self) -> None:
        self.sends: list[Send] = []
        self.journal: list[Record] = []

    def send(self, peer: bytes, message: bytes, link: int = 0) -> None:
        """Adds a message."""
        self.sends.append(Send(peer, message, link))
