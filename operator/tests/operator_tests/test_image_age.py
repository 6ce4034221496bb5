"""Terminals that update themselves after each start, because their image is older than what is offered: the operator reports
them.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import Condition, ConditionStatus, ConditionType, CopierAccount
from lockstep_core.resources.reasons import Reason
from lockstep_operator.desired import desired_state
from lockstep_operator.facts import Observed, PodFacts, RouterState
from lockstep_operator.image_age import has_old_image
from lockstep_operator.metrics import OperatorMetrics
from lockstep_operator.pod_ends import PodEnd
from lockstep_operator.workers import count_outdated

MakeAccount = Callable[..., CopierAccount]
MakePod = Callable[..., PodFacts]
UPDATING = RouterState("starting", Reason.TERMINAL_UPDATING, "build 4400", 100)


class Story:
    """One account whose status is kept from one observation to the next."""

    def __init__(self, account: CopierAccount, now: datetime) -> None:
        self.account = account
        self._now = now

    def sees(self, *pods: PodFacts, router: RouterState | None = None) -> Condition:
        status = desired_state(self.account, Observed(pods, router, "account.template"), self._now).status
        if status is not None:
            self.account = self.account.model_copy(update={"status": status})
        return next(each for each in self.account.status.conditions if each.type is ConditionType.IMAGE_CURRENT)


@pytest.fixture
def story(make_account: MakeAccount, now: datetime) -> Story:
    return Story(make_account(epoch=100, pod_uid="uid-100"), now)


def test_a_terminal_that_works_as_its_image_brought_it_says_so_once_it_is_ready(story: Story, make_pod: MakePod) -> None:
    assert story.sees(make_pod(100)).status is ConditionStatus.UNKNOWN
    assert story.sees(make_pod(100, ready=True)).status is ConditionStatus.TRUE


def test_a_terminal_that_updated_itself_says_so_as_long_as_its_pod_lives(story: Story, make_pod: MakePod) -> None:
    for pod, router in ((make_pod(100), UPDATING), (make_pod(100), None), (make_pod(100, ready=True), None)):
        told = story.sees(pod, router=router)
        assert (told.status, told.reason, told.message) == (ConditionStatus.FALSE, "NewerBuildWanted", "build 4400")


def test_a_terminal_that_its_broker_calls_old_has_an_old_image(story: Story, make_pod: MakePod) -> None:
    refused = RouterState("authorizing", Reason.TERMINAL_OUTDATED, "Old version", 100)
    assert story.sees(make_pod(100), router=refused).message == "Old version"


def test_a_pod_that_gives_up_its_update_has_an_old_image(story: Story, make_pod: MakePod) -> None:
    end = PodEnd(Reason.TERMINAL_UPDATING, "build 4400", 900.0)
    assert story.sees(make_pod(100, running=False, end=end)).status is ConditionStatus.FALSE


def test_nothing_is_known_of_the_image_of_the_next_pod(story: Story, make_pod: MakePod) -> None:
    story.sees(make_pod(100), router=UPDATING)
    assert story.sees().status is ConditionStatus.UNKNOWN
    assert story.account.status.epoch > 100
    ready = make_pod(story.account.status.epoch, ready=True)
    assert story.sees(ready, router=UPDATING).status is ConditionStatus.TRUE


def test_old_images_are_counted_by_their_platform() -> None:
    def resource(status: str | None) -> dict[str, Any]:
        conditions = [{"type": "Ready", "status": "False"}]
        conditions += [] if status is None else [{"type": "ImageCurrent", "status": status}]
        return {"status": {"conditions": conditions}}

    assert [has_old_image(resource(status)) for status in ("False", "True", "Unknown", None)] == [True, False, False, False]
    assert not has_old_image({"spec": {}})
    metrics = OperatorMetrics()
    for platforms in ({"MT5": 2}, {}):
        count_outdated(metrics, Counter(platforms))
        told = {
            name.value: metrics.registry.get_sample_value("lockstep_terminals_outdated", {"platform": name})
            for name in Platform
        }
        assert told == {"MT4": 0, "MT5": platforms.get("MT5", 0)}
