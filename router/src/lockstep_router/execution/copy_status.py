"""What a user sees of a copy, and who keeps its stops."""

from enum import StrEnum

from lockstep_core.skips import SkipCode


class CopyStatus(StrEnum):
    """What a user sees of a copy; all but `NEW` are written to its row."""

    NEW = "new"
    """Nothing was decided yet that the user must know."""
    WAITING = "waiting"
    """It is not opened yet for a reason that may pass, and its signal is still fresh."""
    SKIPPED = "skipped"
    SENT = "sent"
    OPEN = "open"
    CLOSED = "closed"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    RELEASED = "released"
    """Its copier was removed while it was open, so it is left to the user."""


class StopsKept(StrEnum):
    """Who closes a copy at its stops, on a netting account or with hidden stops."""

    BROKER = "broker"
    SERVICE = "service"
    """The router watches at least one stop, because the broker holds another one or none."""


FINAL = frozenset({CopyStatus.CLOSED, CopyStatus.REJECTED})
HOLDING = frozenset({SkipCode.CLOSE_ORDER, SkipCode.HELD_TOO_SHORT})
"""Reasons why a copy that should be closed is still open."""
UNDECIDED = frozenset({CopyStatus.SENT, CopyStatus.UNRESOLVED})
NOT_BEGUN = frozenset({CopyStatus.NEW, CopyStatus.WAITING, CopyStatus.SKIPPED})
