"""What a user sees of a copy, and who keeps its stops."""

from enum import StrEnum

from lockstep_core.skips import SkipCode


class CopyStatus(StrEnum):
    """What a user sees of a copy; all but `NEW` are written to its row."""

    NEW = "new"
    """Nothing was decided yet that its user must know."""
    WAITING = "waiting"
    """Something that may pass keeps it from being opened, and its signal is still fresh."""
    SKIPPED = "skipped"
    SENT = "sent"
    OPEN = "open"
    CLOSED = "closed"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    RELEASED = "released"
    """Its copier was removed while it was open; it is left to the user."""


class StopsKept(StrEnum):
    """Who closes a copy on a netting account, or with hidden stops, when one of its stops is reached."""

    BROKER = "broker"
    SERVICE = "service"
    """The router watches at least one of them: the broker holds another one, or none."""


FINAL = frozenset({CopyStatus.CLOSED, CopyStatus.REJECTED})
HOLDING = frozenset({SkipCode.CLOSE_ORDER, SkipCode.HELD_TOO_SHORT})
"""Reasons for which a copy that should be closed is still open."""
UNDECIDED = frozenset({CopyStatus.SENT, CopyStatus.UNRESOLVED})
NOT_BEGUN = frozenset({CopyStatus.NEW, CopyStatus.WAITING, CopyStatus.SKIPPED})
