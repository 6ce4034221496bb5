"""Whether a connection may speak for an account, by its ticket, key and epoch. Pure."""

from collections.abc import Callable

from lockstep_core.wire.envelope import Hello, Refusal
from lockstep_core.wire.ticket import Ticket
from lockstep_router.accounts.tracked_account import TrackedAccount

TicketCheck = Callable[[bytes], Ticket | Refusal]
"""Returns the ticket in the bytes if it is signed and not expired, else why it is refused."""


def admit(ticket: Ticket, user_key: bytes | None, tracked: TrackedAccount) -> Refusal | None:
    """Why a connection may not speak for the account; None if it may. `user_key` is its proven CURVE key."""
    if user_key is None or user_key != ticket.curve_key:
        return Refusal.WRONG_KEY
    if ticket.epoch < tracked.epoch:
        return Refusal.STALE_EPOCH
    return None


def resumes(hello: Hello, tracked: TrackedAccount) -> bool:
    """Whether a relay can go on where it stopped: it is the same process, and still has every frame that we miss."""
    return tracked.synced and hello.incarnation == tracked.incarnation and hello.oldest <= tracked.received + 1
