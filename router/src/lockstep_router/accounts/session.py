"""A relay's session with the router."""

from uuid import UUID


class Session:
    """One connection that has shown a good ticket."""

    __slots__ = ("account", "bad", "curve_key", "epoch", "heard_ns", "peer", "sent")

    def __init__(self, peer: bytes, account: UUID, epoch: int, curve_key: bytes, heard_ns: int) -> None:
        self.peer = peer
        self.account = account
        self.epoch = epoch
        self.curve_key = curve_key
        self.heard_ns = heard_ns
        self.bad = 0
        self.sent = 0
