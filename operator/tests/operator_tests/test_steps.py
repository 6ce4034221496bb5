"""Which steps of a start are written, and which pass too soon for that."""

from collections.abc import Callable
from datetime import datetime

import pytest

from lockstep_core.resources.copier_account import CopierAccount
from lockstep_core.resources.reasons import Reason
from lockstep_operator.actions import Actions
from lockstep_operator.desired import desired_state
from lockstep_operator.facts import Observed, PodFacts, RouterState
from lockstep_operator.starting import waits_for_turn
from lockstep_operator.steps import STEP_S, TURN_S, Steps

from .clock import Clock

MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]
REVISION = "account.template"


def held(steps: Steps, account: CopierAccount, now: datetime, *pods: PodFacts) -> Actions:
    observed = Observed(pods, None, REVISION)
    return steps.held(account, observed, desired_state(account, observed, now))


def starting(make_account: MakeAccount, **status: object) -> CopierAccount:
    told = {"epoch": 100, "reason": Reason.PREPARING, "observed_generation": 1, "pod_name": "p", **status}
    return make_account(**told)


def test_a_step_that_passes_soon_is_not_written_and_one_that_lasts_is(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    clock = Clock()
    steps, account = Steps(clock), starting(make_account)
    steps.wrote(account.spec.account_id)
    clock.now_s += 1
    assert held(steps, account, now, make_pod(100, scheduled=False, running=False)) == Actions(recheck_s=STEP_S - 1)
    clock.now_s += STEP_S
    actions = held(steps, account, now, make_pod(100, scheduled=False, running=False))
    assert actions.status is not None
    assert actions.status.reason == Reason.PENDING


def test_the_first_sight_of_a_pod_that_runs_is_written_at_once(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    steps, account = Steps(Clock()), starting(make_account)
    steps.wrote(account.spec.account_id)
    actions = held(steps, account, now, make_pod(100))
    assert actions.status is not None
    assert actions.status.pod_uid == "uid-100"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"ready": True}, Reason.READY),
        ({"scheduled": False, "running": False, "trouble": "no nodes"}, Reason.POD_UNSCHEDULABLE),
        ({"running": False, "trouble": "ImagePullBackOff"}, Reason.POD_STUCK),
    ],
)
def test_success_and_trouble_are_written_at_once(
    make_account: MakeAccount, make_pod: MakePod, now: datetime, facts: dict[str, object], reason: Reason
) -> None:
    steps, account = Steps(Clock()), starting(make_account, pod_uid="uid-100")
    steps.wrote(account.spec.account_id)
    actions = held(steps, account, now, make_pod(100, **facts))
    assert actions.status is not None
    assert actions.status.reason == reason


def test_a_wait_for_the_turn_at_a_broker_is_written_at_once(
    make_account: MakeAccount, make_pod: MakePod, now: datetime
) -> None:
    steps, account = Steps(Clock()), starting(make_account, pod_uid="uid-100")
    steps.wrote(account.spec.account_id)
    router = RouterState("starting", Reason.WAITING_FOR_TURN, "", 100)
    observed = Observed((make_pod(100),), router, REVISION)
    actions = steps.held(account, observed, desired_state(account, observed, now))
    assert actions.status is not None
    assert actions.status.reason == Reason.WAITING_FOR_TURN


def test_an_account_that_stands_in_the_queue_for_long_says_so(make_account: MakeAccount, now: datetime) -> None:
    clock = Clock()
    steps, account, observed = Steps(clock), make_account(), Observed((), None, REVISION)
    assert steps.held(account, observed, waits_for_turn(account, now)).status is None
    clock.now_s += TURN_S
    assert steps.held(account, observed, waits_for_turn(account, now)).status is not None


def test_nothing_is_held_that_brings_more_than_a_status(make_account: MakeAccount, make_pod: MakePod, now: datetime) -> None:
    steps, account = Steps(Clock()), starting(make_account, pod_uid="uid-100")
    steps.wrote(account.spec.account_id)
    actions = held(steps, account, now, make_pod(100, running=False, labels={}))
    assert actions.mark == (f"{account.name}-100",)
