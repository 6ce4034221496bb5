"""When an account without a pod gets one, and in which epoch."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockstep_core.resources.copier_account import CopierAccount
from lockstep_core.resources.reasons import Reason
from lockstep_operator.actions import Actions
from lockstep_operator.desired import desired_state
from lockstep_operator.facts import Observed, PodFacts
from lockstep_operator.pod_ends import PodEnd
from lockstep_operator.starting import refused

REVISION = "account.template"
EMPTY = Observed((), None, REVISION, secret_version="7")
MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]


def after(account: CopierAccount, actions: Actions) -> CopierAccount:
    return account.model_copy(update={"status": actions.status or account.status})


def seen(*pods: PodFacts, unknown: tuple[str, ...] = (), version: str | None = "7") -> Observed:
    return Observed(pods, None, REVISION, unknown=unknown, secret_version=version)


def test_an_epoch_whose_pod_was_never_seen_is_tried_again(make_account: MakeAccount, now: datetime) -> None:
    account = make_account()
    first = desired_state(account, EMPTY, now)
    again = desired_state(after(account, first), EMPTY, now + timedelta(hours=1))
    assert again.start == first.start is not None


def test_an_epoch_whose_pod_was_seen_is_used_up(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    account = after(make_account(), desired_state(make_account(), EMPTY, now))
    epoch = account.status.epoch
    account = after(account, desired_state(account, seen(make_pod(epoch)), now))
    assert account.status.pod_uid == make_pod(epoch).uid
    start = desired_state(account, EMPTY, now).start
    assert start is not None
    assert start.epoch == epoch + 1


@pytest.mark.parametrize("end", [None, PodEnd(Reason.TERMINAL_CRASHED, "why", 5)])
def test_a_pod_is_seen_in_whatever_state_it_is_found(
    make_account: MakeAccount, make_pod: MakePod, now: datetime, end: PodEnd | None
) -> None:
    for pod in (make_pod(100, end=end), make_pod(100, end=end, deletion_deadline=now), make_pod(100, revision="old.old")):
        account = make_account(epoch=100, observed_generation=1, reason=Reason.PREPARING)
        assert after(account, desired_state(account, seen(pod), now)).status.pod_uid == pod.uid


def test_a_late_pod_of_an_earlier_epoch_goes_before_another_starts(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    actions = desired_state(make_account(epoch=101), seen(make_pod(100)), now)
    assert actions.delete == (make_pod(100).name,)
    assert actions.start is None


def test_beside_a_pod_that_the_operator_did_not_make_none_is_started(make_account: MakeAccount, now: datetime) -> None:
    actions = desired_state(make_account(), seen(unknown=("copy-of-a-terminal",)), now)
    assert (actions.start, actions.delete) == (None, ())
    assert actions.status is not None
    assert actions.status.reason == Reason.POD_UNKNOWN
    assert "copy-of-a-terminal" in (actions.status.message or "")
    assert desired_state(after(make_account(), actions), EMPTY, now).start is not None


def test_a_pod_without_its_labels_or_owner_is_kept_and_marked_again(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    account = make_account(epoch=100, pod_uid=make_pod(100).uid)
    for edited in (make_pod(100, labels={}), make_pod(100, owner_uids=frozenset())):
        actions = desired_state(account, seen(edited), now)
        assert (actions.mark, actions.delete, actions.start) == ((edited.name,), (), None)
    assert desired_state(account, seen(make_pod(100)), now).mark == ()


def test_a_refusal_is_told_and_costs_no_epoch(make_account: MakeAccount, now: datetime) -> None:
    account = make_account()
    first = desired_state(account, EMPTY, now)
    account = after(account, first)
    account = after(account, refused(account, "create pods: 403 exceeded quota: few", now))
    assert (account.status.reason, account.status.pod_uid) == (Reason.POD_REFUSED, None)
    assert "exceeded quota" in (account.status.message or "")
    assert any("exceeded quota" in condition.message for condition in account.status.conditions)
    assert account.status.retry_after is not None
    assert desired_state(account, EMPTY, now).start is None
    again = desired_state(account, EMPTY, account.status.retry_after)
    # Nothing is written before the next try, because each write would cause the next try.
    assert again == Actions(start=first.start)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(wakes=st.lists(st.floats(0.01, 400), min_size=1, max_size=300))
def test_however_often_an_account_is_looked_at_refusals_stay_rare(
    make_account: MakeAccount, now: datetime, wakes: list[float]
) -> None:
    account, tries, passed_s = make_account(), 0, 0.0
    for wake_s in wakes:
        passed_s += wake_s
        moment = now + timedelta(seconds=passed_s)
        actions = desired_state(account, EMPTY, moment)
        account = after(account, actions)
        if actions.start is not None:
            tries += 1
            account = after(account, refused(account, "no", moment))
    # 5, 10, 20 … 160 s are six pauses; all later ones take 300 s at least.
    assert tries <= 7 + passed_s / 300
    assert account.status.epoch == int((now + timedelta(seconds=wakes[0])).timestamp())
    assert account.status.retry_after is not None
    assert desired_state(account, EMPTY, account.status.retry_after).start is not None


def test_accounts_that_were_refused_together_come_back_apart(make_account: MakeAccount, now: datetime) -> None:
    accounts = [with_id(make_account(), number) for number in range(20)]
    for _ in range(12):
        tries = [refused(account, "no", now) for account in accounts]
        pauses = [each.recheck_s for each in tries if each.recheck_s is not None]
        assert len(set(pauses)) > 10
        assert max(pauses) <= 1.2 * min(pauses)
        accounts = [after(account, each) for account, each in zip(accounts, tries, strict=True)]
    assert max(pauses) <= 360


def with_id(account: CopierAccount, number: int) -> CopierAccount:
    return account.model_copy(update={"spec": account.spec.model_copy(update={"account_id": UUID(int=number)})})


def test_failures_of_pods_begin_anew_after_refusals(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    account = make_account(epoch=100, observed_generation=1, reason=Reason.POD_REFUSED, failures=9)
    account = after(account, desired_state(account, seen(make_pod(100)), now))
    assert account.status.failures == 0
    failed = make_pod(100, running=False, end=PodEnd(Reason.TERMINAL_CRASHED, "why", 5))
    assert after(account, desired_state(account, seen(failed), now)).status.failures == 1


def test_after_an_unreadable_password_only_another_secret_is_tried(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    account = after(make_account(), desired_state(make_account(), seen(version="7"), now))
    failed = make_pod(account.status.epoch, end=PodEnd(Reason.CREDENTIALS_UNREADABLE, "why", 5))
    account = after(account, desired_state(account, seen(failed), now))
    assert desired_state(account, seen(version="7"), now + timedelta(days=9)) == Actions()
    assert desired_state(account, seen(version=None), now) == Actions()
    assert desired_state(account, seen(version="8"), now).start is not None


def test_a_wrong_password_is_not_tried_again_with_the_same_one_in_another_secret(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    account = after(make_account(), desired_state(make_account(), seen(version="7"), now))
    failed = make_pod(account.status.epoch, end=PodEnd(Reason.INVALID_CREDENTIALS, "why", 5))
    account = after(account, desired_state(account, seen(failed), now))
    assert desired_state(account, seen(version="8"), now) == Actions()


def test_the_pods_of_an_account_that_is_being_deleted_are_stopped(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    pods = (make_pod(100), make_pod(99, deletion_deadline=now))
    assert desired_state(make_account(deleting=True), seen(*pods), now) == Actions(delete=(pods[0].name,))
