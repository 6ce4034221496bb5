"""What is to be done about an account: one test per rule."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from lockstep_core.resources.copier_account import (
    ConditionStatus,
    ConditionType,
    CopierAccount,
    CopierAccountStatus,
    OperatingMode,
)
from lockstep_core.resources.reasons import USER_MUST_ACT, Reason
from lockstep_operator.actions import Actions, pause_s
from lockstep_operator.desired import STEADY_READY_S, desired_state
from lockstep_operator.facts import Observed, PodFacts, RouterState
from lockstep_operator.pod_ends import PodEnd

REVISION = "account.template"
MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]


def seen(
    *pods: PodFacts,
    revision: str | None = REVISION,
    obstacle: tuple[Reason, str] | None = None,
    router: RouterState | None = None,
) -> Observed:
    return Observed(pods, router, revision, obstacle)


def written(actions: Actions) -> CopierAccountStatus:
    assert actions.status is not None
    return actions.status


def after(account: CopierAccount, actions: Actions) -> CopierAccount:
    return account.model_copy(update={"status": written(actions)})


def test_an_account_without_a_pod_gets_one_in_a_new_epoch(make_account: MakeAccount, now: datetime) -> None:
    actions = desired_state(make_account(), seen(), now)
    assert actions.start is not None
    assert actions.start.epoch == int(now.timestamp())
    assert written(actions).epoch == actions.start.epoch
    assert written(actions).pod_name == actions.start.name


def test_an_epoch_follows_the_last_one_even_if_the_clock_went_back(make_account: MakeAccount, now: datetime) -> None:
    actions = desired_state(make_account(epoch=9_999_999_999, pod_uid="seen"), seen(), now)
    assert actions.start is not None
    assert actions.start.epoch == 10_000_000_000


def test_a_pod_that_starts_is_left_alone(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    actions = desired_state(make_account(epoch=100), seen(make_pod(100)), now)
    assert (actions.delete, actions.start) == ((), None)
    assert written(actions).reason == Reason.STARTING


def test_a_status_that_says_it_already_is_not_written_again(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    account, observed = make_account(epoch=100), seen(make_pod(100, ready=True))
    told = after(account, desired_state(account, observed, now))
    assert desired_state(told, observed, now + timedelta(hours=1)) == Actions()


def test_a_transition_time_stays_while_the_truth_stays(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    account = make_account(epoch=100)
    starting = after(account, desired_state(account, seen(make_pod(100)), now))
    ready = written(desired_state(starting, seen(make_pod(100, ready=True)), now + timedelta(minutes=1)))
    times = {condition.type: condition.last_transition_time for condition in ready.conditions}
    assert times[ConditionType.POD_SCHEDULED] == now
    assert times[ConditionType.READY] == now + timedelta(minutes=1)


def test_a_ready_pod_makes_all_conditions_true(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    router = RouterState("ready", Reason.READY, "", 100, "allowed")
    status = written(desired_state(make_account(epoch=100), seen(make_pod(100, ready=True), router=router), now))
    assert {condition.status for condition in status.conditions} == {ConditionStatus.TRUE}
    assert status.reason == Reason.READY


def test_an_account_that_may_not_trade_is_ready_and_says_which_switch_is_off(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    router = RouterState("ready", Reason.READY, "", 100, "trading_off_autotrading")
    status = written(desired_state(make_account(epoch=100), seen(make_pod(100, ready=True), router=router), now))
    found = {condition.type: (condition.status, condition.reason) for condition in status.conditions}
    assert found[ConditionType.TRADING_ENABLED] == (ConditionStatus.FALSE, "AutoTradingOff")
    assert found[ConditionType.READY] == (ConditionStatus.TRUE, Reason.READY)


def test_what_a_former_pod_said_of_trading_is_not_believed(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    router = RouterState("ready", Reason.READY, "", 99, "trading_off_account")
    status = written(desired_state(make_account(epoch=100), seen(make_pod(100, ready=True), router=router), now))
    found = {condition.type: condition.status for condition in status.conditions}
    assert found[ConditionType.TRADING_ENABLED] is ConditionStatus.UNKNOWN


def test_of_two_pods_the_newest_epoch_stays(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    actions = desired_state(make_account(epoch=101), seen(make_pod(100), make_pod(101)), now)
    assert actions.delete == (make_pod(100).name,)
    assert actions.start is None


def test_a_pod_of_an_earlier_copier_account_goes_before_a_new_one_starts(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    stranger = make_pod(100, owner_uids=frozenset({"an earlier CopierAccount"}))
    actions = desired_state(make_account(), seen(stranger), now)
    assert actions.delete == (stranger.name,)
    assert actions.start is None
    assert actions.recheck_s is not None


def test_no_pod_starts_while_the_old_one_is_being_stopped(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    stopping = make_pod(100, deletion_deadline=now + timedelta(seconds=45))
    actions = desired_state(make_account(epoch=100, pod_name=stopping.name), seen(stopping), now)
    assert actions.start is None
    assert written(actions).reason == Reason.RESTARTING
    assert actions.recheck_s == 60


def test_a_pod_on_a_lost_node_is_waited_for_no_longer_than_its_grace(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    lost = make_pod(100, deletion_deadline=now - timedelta(seconds=15))
    actions = desired_state(make_account(epoch=100), seen(lost), now)
    assert actions.start is not None
    assert actions.start.epoch > 100
    assert actions.delete == ()


def test_a_suspended_account_has_no_pod(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    account = make_account(mode=OperatingMode.SUSPENDED, epoch=100, failures=3)
    actions = desired_state(account, seen(make_pod(100, ready=True)), now)
    assert actions.delete == (make_pod(100).name,)
    assert (written(actions).reason, written(actions).failures) == (Reason.SUSPENDED, 0)
    assert desired_state(after(account, actions), seen(), now) == Actions()


def test_nothing_is_done_for_an_account_that_is_being_deleted(make_account: MakeAccount, now: datetime) -> None:
    assert desired_state(make_account(deleting=True), seen(), now) == Actions()


@pytest.mark.parametrize("reason", sorted(USER_MUST_ACT))
def test_what_only_the_user_can_cure_is_not_tried_again(
    make_account: MakeAccount, make_pod: MakePod, now: datetime, reason: Reason
) -> None:
    account = make_account(epoch=100)
    failed = make_pod(100, running=False, end=PodEnd(reason, "why", 30))
    actions = desired_state(account, seen(failed), now)
    assert actions.delete == (failed.name,)
    assert (written(actions).reason, written(actions).message) == (reason, "why")
    told = after(account, actions)
    gone = make_pod(100, end=failed.end, deletion_deadline=now)
    assert desired_state(told, seen(gone), now).status is None
    assert desired_state(told, seen(), now + timedelta(days=30)) == Actions()


def test_a_changed_spec_is_tried_at_once(make_account: MakeAccount, now: datetime) -> None:
    held = make_account(generation=2, observed_generation=1, epoch=100, reason=Reason.INVALID_CREDENTIALS, failures=4)
    actions = desired_state(held, seen(), now)
    assert actions.start is not None
    assert (written(actions).failures, written(actions).observed_generation) == (0, 2)


def test_a_failed_pod_comes_back_after_a_pause(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    account = make_account(observed_generation=1, epoch=100, failures=3)
    failed = make_pod(100, running=False, end=PodEnd(Reason.TERMINAL_CRASHED, "why", 30))
    actions = desired_state(account, seen(failed), now)
    status = written(actions)
    assert status.failures == 4
    assert status.retry_after is not None
    told = after(account, actions)
    assert desired_state(told, seen(), now).start is None
    assert desired_state(told, seen(), status.retry_after).start is not None


def test_a_terminal_that_the_service_must_supply_is_tried_again_after_a_pause(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    account = make_account(observed_generation=1, epoch=100, failures=3)
    failed = make_pod(100, running=False, end=PodEnd(Reason.TERMINAL_MISSING, "why", 30))
    actions = desired_state(account, seen(failed), now)
    told, retry_after = after(account, actions), written(actions).retry_after
    assert retry_after is not None
    assert written(actions).reason == Reason.TERMINAL_MISSING
    assert desired_state(told, seen(), now).start is None
    assert desired_state(told, seen(), retry_after).start is not None


def test_a_pod_that_ran_long_begins_the_pauses_anew(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    account = make_account(observed_generation=1, epoch=100, failures=9)
    failed = make_pod(100, running=False, end=PodEnd(Reason.BRIDGE_LOST, "", 3600))
    status = written(desired_state(account, seen(failed), now))
    assert (status.failures, status.retry_after) == (1, None)


@pytest.mark.parametrize(
    ("ready_epoch", "ran_s", "failures"), [(100, STEADY_READY_S, 1), (100, STEADY_READY_S - 1, 10), (99, STEADY_READY_S, 10)]
)
def test_a_pod_that_was_ready_and_is_killed_again_and_again_comes_back_at_once(
    make_account: MakeAccount, make_pod: MakePod, now: datetime, ready_epoch: int, ran_s: int, failures: int
) -> None:
    account = make_account(observed_generation=1, epoch=100, failures=9, ready_epoch=ready_epoch)
    killed = make_pod(100, running=False, end=PodEnd(Reason.TERMINAL_CRASHED, "", ran_s))
    status = written(desired_state(account, seen(killed), now))
    assert (status.failures, status.retry_after is None) == (failures, failures == 1)


def test_a_pod_that_vanished_is_replaced_at_once(make_account: MakeAccount, now: datetime) -> None:
    account = make_account(observed_generation=1, epoch=100, pod_name="gone", reason=Reason.READY)
    assert desired_state(account, seen(), now).start is not None


def test_new_credentials_replace_the_pod_at_once(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    actions = desired_state(make_account(epoch=100), seen(make_pod(100), revision="other.other"), now)
    assert (actions.delete, actions.paced) == ((make_pod(100).name,), False)


def test_a_new_image_replaces_pods_one_after_the_other(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    actions = desired_state(make_account(epoch=100), seen(make_pod(100), revision="account.other"), now)
    assert (actions.delete, actions.paced) == ((make_pod(100).name,), True)


def test_a_failure_of_an_outdated_pod_does_not_count(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    failed = make_pod(100, running=False, end=PodEnd(Reason.INVALID_CREDENTIALS, "why", 30))
    account = make_account(generation=2, observed_generation=1, epoch=100)
    actions = desired_state(account, seen(failed, revision="new.new"), now)
    assert actions.delete == (failed.name,)
    assert written(actions).reason == Reason.RESTARTING


def test_a_pod_is_kept_while_nothing_better_can_be_built(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    actions = desired_state(make_account(epoch=100), seen(make_pod(100, ready=True), revision=None), now)
    assert actions.delete == ()


def test_an_obstacle_is_told_and_no_pod_is_started(make_account: MakeAccount, now: datetime) -> None:
    actions = desired_state(make_account(), seen(obstacle=(Reason.CREDENTIALS_MISSING, "not yet")), now)
    assert actions.start is None
    assert written(actions).reason == Reason.CREDENTIALS_MISSING


def test_pauses_grow_to_a_bound_and_differ_by_account() -> None:
    pauses = [pause_s(n, b"an account") for n in range(40)]
    assert pauses[:2] == [0, 0]
    assert all(a <= b for a, b in itertools.pairwise(pauses))
    assert max(pauses) <= 360
    assert pause_s(9, b"an account") != pause_s(9, b"another")
