"""Credentials that once worked are tried again with long pauses before a person is asked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from lockstep_core.resources.copier_account import CopierAccount
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason
from lockstep_operator.desired import desired_state
from lockstep_operator.facts import Observed, PodFacts
from lockstep_operator.pod_ends import PodEnd
from lockstep_operator.proven import MOST_REFUSALS

MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]
REVISION = "account.template"
REFUSED = PodEnd(Reason.INVALID_CREDENTIALS, "Invalid account", 30)


def observed(*pods: PodFacts) -> Observed:
    return Observed(pods, None, REVISION)


def after(account: CopierAccount, pod: PodFacts, now: datetime) -> CopierAccount:
    """The account once this pod was seen."""
    actions = desired_state(account, observed(pod), now)
    assert actions.status is not None
    return account.model_copy(update={"status": actions.status})


@pytest.fixture
def proven(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> CopierAccount:
    return after(make_account(epoch=100), make_pod(100, ready=True), now)


def test_an_account_that_is_ready_has_proven_its_credentials(proven: CopierAccount) -> None:
    assert proven.status.proven_version == proven.spec.credentials.version


@pytest.mark.parametrize("reason", [Reason.INVALID_CREDENTIALS, Reason.SERVER_NOT_FOUND])
def test_a_refusal_of_proven_credentials_is_maintenance_and_is_tried_again(
    proven: CopierAccount, make_pod: MakePod, now: datetime, reason: Reason
) -> None:
    refused = after(proven, make_pod(100, end=PodEnd(reason, "words", 30)), now)
    assert refused.status.reason == Reason.BROKER_MAINTENANCE
    assert refused.status.message == "words"
    assert refused.status.retry_after is not None
    assert refused.status.retry_after - now >= timedelta(minutes=5)
    waiting = desired_state(refused, observed(), now + timedelta(minutes=1))
    assert waiting.start is None
    assert desired_state(refused, observed(), refused.status.retry_after).start is not None


def test_pauses_grow_to_an_hour_and_then_a_person_is_asked(proven: CopierAccount, make_pod: MakePod, now: datetime) -> None:
    account, pauses = proven, []
    for epoch in range(100, 100 + MOST_REFUSALS):
        account = after(account, make_pod(epoch, end=REFUSED), now)
        assert account.status.retry_after is not None
        pauses.append((account.status.retry_after - now).total_seconds())
    assert pauses[:4] == sorted(pauses[:4])
    assert 3600 <= pauses[-1] <= 1.2 * 3600
    asked = after(account, make_pod(200, end=REFUSED), now)
    assert (asked.status.reason, asked.status.retry_after) == (Reason.INVALID_CREDENTIALS, None)


def test_what_was_ready_again_counts_anew(proven: CopierAccount, make_pod: MakePod, now: datetime) -> None:
    refused = after(proven, make_pod(100, end=REFUSED), now)
    assert refused.status.refusals == 1
    assert after(refused, make_pod(101, ready=True), now).status.refusals == 0


def test_credentials_that_never_worked_ask_for_a_person_at_once(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    told = after(make_account(epoch=100), make_pod(100, end=REFUSED), now)
    assert told.status.reason == Reason.INVALID_CREDENTIALS


def test_a_new_password_is_not_proven_by_the_old_one(proven: CopierAccount, make_pod: MakePod, now: datetime) -> None:
    credentials = proven.spec.credentials.model_copy(update={"version": proven.spec.credentials.version + 1})
    changed = proven.model_copy(update={"spec": proven.spec.model_copy(update={"credentials": credentials})})
    assert after(changed, make_pod(100, end=REFUSED), now).status.reason == Reason.INVALID_CREDENTIALS


@pytest.mark.parametrize("reason", sorted(USER_MUST_ACT - {Reason.INVALID_CREDENTIALS, Reason.SERVER_NOT_FOUND}))
def test_what_does_not_pass_by_itself_asks_for_a_person_whatever_was_proven(
    proven: CopierAccount, make_pod: MakePod, now: datetime, reason: Reason
) -> None:
    assert after(proven, make_pod(100, end=PodEnd(reason, "", 30)), now).status.reason == reason
