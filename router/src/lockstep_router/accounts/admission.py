"""Who may speak for an account: the ticket, its key and its epoch against what is known. Pure."""

from collections.abc import Callable

from lockstep_core.wire.envelope import Hello, Refusal
from lockstep_core.wire.ticket import Ticket
from lockstep_router.accounts.tracked_account import TrackedAccount

TicketCheck = Callable[[bytes], Ticket | Refusal]
"""The ticket in the bytes if its signature is good and its time not over, else what is wrong with it."""


def admit(ticket: Ticket, user_key: bytes | None, tracked: TrackedAccount) -> Refusal | None:
    """Why this connection may not speak for the account, None if it may. `user_key` is its proven CURVE key."""
    if user_key is None or user_key != ticket.curve_key:
        return Refusal.WRONG_KEY
    if ticket.epoch < tracked.epoch:
        return Refusal.STALE_EPOCH
    return None


def resumes(hello: Hello, tracked: TrackedAccount) -> bool:
    """Whether this relay can go on where it stopped: the same life, and nothing missing in between."""
    return tracked.synced and hello.incarnation == tracked.incarnation and hello.oldest <= tracked.received + 1
