"""What the operator reports about accounts whose terminal reports nothing."""

from uuid import UUID

import pytest

from lockstep_core.accounts import AccountState
from lockstep_core.resources.copier_account import CopierAccountStatus
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason
from lockstep_operator.state_notes import Place, StateNotes, note_of


def status(reason: Reason, pod_name: str | None = None, epoch: int = 100) -> CopierAccountStatus:
    return CopierAccountStatus(reason=reason, pod_name=pod_name, epoch=epoch, message="said")


def account(n: int) -> UUID:
    return UUID(int=n)


def unschedulable(epoch: int) -> CopierAccountStatus:
    return status(Reason.POD_UNSCHEDULABLE, "pod", epoch)


def places(notes: StateNotes) -> dict[int, tuple[int, int]]:
    """Place and queue length by account, of the notes that are due; they count as reported after that."""
    found = {}
    for each, note in notes.due().items():
        assert note.place is not None
        found[each.int] = (note.place.number, note.place.waiting)
        notes.on_reported(each, note)
    return found


@pytest.mark.parametrize("reason", Reason)
def test_of_a_pod_whose_terminal_can_start_the_operator_says_nothing(reason: Reason) -> None:
    told = note_of(status(reason, "pod")) is not None
    assert told == (reason in {Reason.POD_UNSCHEDULABLE, Reason.POD_STUCK})


@pytest.mark.parametrize("reason", sorted(USER_MUST_ACT))
def test_what_the_owner_must_do_is_a_failure(reason: Reason) -> None:
    note = note_of(status(reason))
    assert note is not None
    assert (note.state, note.reason, note.message, note.epoch) == (AccountState.FAILED, reason, "said", 100)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (Reason.POD_UNSCHEDULABLE, AccountState.QUEUED),
        (Reason.POD_REFUSED, AccountState.QUEUED),
        (Reason.POD_STUCK, AccountState.PREPARING),
        (Reason.ROUTER_MISSING, AccountState.QUEUED),
        (Reason.TERMINAL_MISSING, AccountState.QUEUED),
        (Reason.CREDENTIALS_MISSING, AccountState.QUEUED),
        (Reason.BROKER_MAINTENANCE, AccountState.DISCONNECTED),
        (Reason.POD_EVICTED, AccountState.DISCONNECTED),
        (Reason.OUT_OF_MEMORY, AccountState.DISCONNECTED),
        (Reason.BAD_SETTINGS, AccountState.DISCONNECTED),
    ],
)
def test_what_keeps_an_account_without_a_terminal_is_told(reason: Reason, state: AccountState) -> None:
    note = note_of(status(reason))
    assert note is not None
    assert note.state is state


@pytest.mark.parametrize("reason", [Reason.READY, Reason.SUSPENDED, Reason.RESTARTING, Reason.PENDING])
def test_what_passes_in_a_moment_is_not_told(reason: Reason) -> None:
    assert note_of(status(reason)) is None


def test_those_that_wait_for_room_are_told_their_place_in_the_order_in_which_they_came() -> None:
    notes = StateNotes()
    for n, epoch in ((1, 300), (2, 100), (3, 200)):
        assert notes.observe(account(n), unschedulable(epoch))
    assert places(notes) == {2: (1, 3), 3: (2, 3), 1: (3, 3)}
    assert notes.due() == {}


def test_when_one_gets_its_room_all_that_wait_behind_it_move_up() -> None:
    notes = StateNotes()
    for n in (1, 2, 3):
        notes.observe(account(n), unschedulable(n))
    places(notes)
    notes.observe(account(1), status(Reason.STARTING, "pod"))
    assert places(notes) == {2: (1, 2), 3: (2, 2)}


def test_the_same_is_told_once_and_again_after_something_else_was_said() -> None:
    notes = StateNotes()
    ended = status(Reason.POD_EVICTED)
    assert notes.observe(account(1), ended)
    [(each, note)] = notes.due().items()
    assert note.place is None
    notes.on_reported(each, note)
    assert not notes.observe(account(1), ended)
    assert notes.due() == {}
    notes.observe(account(1), status(Reason.STARTING, "pod"))
    notes.observe(account(1), ended)
    assert notes.due() == {each: note}


def test_what_could_not_be_told_stays_due() -> None:
    notes = StateNotes()
    notes.observe(account(1), unschedulable(1))
    assert notes.due() == notes.due()
    assert notes.due()[account(1)].place == Place(1, 1)


def test_an_account_that_is_gone_waits_no_longer() -> None:
    notes = StateNotes()
    notes.observe(account(1), unschedulable(1))
    notes.observe(account(1), None)
    assert notes.due() == {}
