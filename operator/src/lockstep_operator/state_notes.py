"""The states that the operator writes: those of accounts that wait for room, or whose pod has ended. Pure.

A router writes the state of an account whose terminal has a session. The operator writes that of all others.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from lockstep_core.accounts import AccountState
from lockstep_core.resources.copier_account import CopierAccountStatus
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason, parse_reason

_PASSING = frozenset(
    {
        Reason.PENDING,
        Reason.PREPARING,
        Reason.STARTING,
        Reason.WAITING_FOR_TURN,
        Reason.AUTHORIZING,
        Reason.READY,
        Reason.SUSPENDED,
        Reason.RESTARTING,
    }
)
"""Reasons that last only moments, or that a terminal reports itself."""
_QUEUED = frozenset(
    {
        Reason.CREDENTIALS_MISSING,
        Reason.ROUTER_MISSING,
        Reason.ROUTER_UNREACHABLE,
        Reason.TERMINAL_MISSING,
        Reason.POD_UNSCHEDULABLE,
        Reason.POD_REFUSED,
        Reason.POD_UNKNOWN,
        Reason.OFFERED_PROXY_UNUSABLE,
    }
)
"""Reasons that keep a terminal from being started."""
_OF_A_POD_WITHOUT_TERMINAL = frozenset({Reason.POD_UNSCHEDULABLE, Reason.POD_STUCK})
"""Reasons that keep a terminal from being started although its pod exists."""


@dataclass(frozen=True, slots=True)
class Place:
    """An account's place among those that wait for room, and how many wait."""

    number: int
    waiting: int


@dataclass(frozen=True, slots=True)
class StateNote:
    """The state to write into an account's row. It is not written if a pod of a later epoch than `epoch` has reported."""

    epoch: int
    state: AccountState
    reason: Reason
    message: str
    place: Place | None = None


def note_of(status: CopierAccountStatus) -> StateNote | None:
    """The state to write for an account with this status. None if its terminal reports its own state."""
    reason = parse_reason(status.reason)
    if reason is None or reason in _PASSING:
        return None
    if status.pod_name is not None and reason not in _OF_A_POD_WITHOUT_TERMINAL:
        return None
    return StateNote(status.epoch, _state_for(reason), reason, status.message or "")


def _state_for(reason: Reason) -> AccountState:
    if reason in _QUEUED:
        return AccountState.QUEUED
    if reason is Reason.POD_STUCK:
        return AccountState.PREPARING
    # FAILED sends a mail that asks the owner to act, so it is only for reasons on which the owner must act.
    return AccountState.FAILED if reason in USER_MUST_ACT else AccountState.DISCONNECTED


class StateNotes:
    """The notes that hold now, and which of them were written. For one event loop, not thread-safe."""

    def __init__(self) -> None:
        self._notes: dict[UUID, StateNote] = {}
        self._reported: dict[UUID, StateNote] = {}

    def observe(self, account: UUID, status: CopierAccountStatus | None) -> bool:
        """Takes an account's newest status, None if the account is gone. Returns whether there may be something to write."""
        note = note_of(status) if status is not None else None
        before = self._notes.get(account)
        if note is None:
            self._notes.pop(account, None)
            self._reported.pop(account, None)
        else:
            self._notes[account] = note
        return note != before

    def due(self) -> dict[UUID, StateNote]:
        """The notes that hold and are not written yet. The account that has waited longest for room is first in line."""
        return {account: note for account, note in self._placed().items() if self._reported.get(account) != note}

    def on_reported(self, account: UUID, note: StateNote) -> None:
        """Records that this note was written."""
        if account in self._notes:
            self._reported[account] = note

    def _placed(self) -> dict[UUID, StateNote]:
        waiting = [item for item in self._notes.items() if item[1].reason is Reason.POD_UNSCHEDULABLE]
        # Epochs come from the clock: the scheduler tries the pods of earlier ones first.
        waiting.sort(key=lambda item: (item[1].epoch, item[0]))
        places = {
            account: replace(note, place=Place(number, len(waiting))) for number, (account, note) in enumerate(waiting, 1)
        }
        return {**self._notes, **places}
