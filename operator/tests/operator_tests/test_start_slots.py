"""How many terminals start at once, and who is next."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lockstep_core.resources.copier_account import CopierAccount
from lockstep_core.resources.names import pod_name
from lockstep_core.resources.reasons import Reason
from lockstep_operator.facts import RouterState
from lockstep_operator.start_slots import ASKS_EVERY_S, FORGOTTEN, GRANTED, LONGEST_START, StartSlots
from lockstep_operator.starting import waits_for_turn
from lockstep_operator.view import ClusterView, Known

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
EPOCH = 7
ACCOUNTS = [UUID(int=number) for number in range(1, 9)]


class Farm:
    """What the watches reported of the pods, and what the router said of their sessions."""

    def __init__(self, per_node: int = 2) -> None:
        self.view = ClusterView()
        self.view.fill(Known(), [], [])
        self.states: dict[UUID, RouterState] = {}
        self.slots = StartSlots(per_node, self.view, self.states.get)

    def pod(self, account: UUID, created: datetime = NOW, node: str = "node1", **status: Any) -> None:
        conditions = [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": status.pop("ready", "False")}]
        self.view.pod_seen(
            {
                "metadata": {
                    "name": pod_name(account, EPOCH),
                    "uid": str(account),
                    "creationTimestamp": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                },
                "spec": {"serviceAccountName": f"account-{account}", "nodeName": node},
                "status": {"phase": "Running", "conditions": conditions, **status},
            }
        )

    def taken(self, now: datetime = NOW, count: int = len(ACCOUNTS)) -> list[int]:
        return [account.int for account in ACCOUNTS[:count] if self.slots.take(account, now)]


def test_no_more_start_at_once_than_may() -> None:
    assert Farm(per_node=3).taken() == [1, 2, 3]


def test_who_may_start_may_do_so_until_the_pod_is_there() -> None:
    farm = Farm(per_node=1)
    assert farm.taken() == [1]
    assert farm.taken() == [1]


def test_a_permission_ends_where_no_pod_came_of_it() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    later = NOW + GRANTED
    assert farm.slots.call(later) == (ACCOUNTS[1],)


def test_a_pod_that_starts_holds_its_place_until_it_is_ready() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0])
    assert farm.slots.call(NOW) == ()
    farm.pod(ACCOUNTS[0], ready="True")
    assert farm.slots.call(NOW) == (ACCOUNTS[1],)


def test_a_pod_of_the_second_in_which_it_was_allowed_is_seen_at_once() -> None:
    farm, allowed = Farm(per_node=1), NOW + timedelta(milliseconds=850)
    farm.taken(allowed, count=2)
    farm.pod(ACCOUNTS[0], created=allowed, ready="True")
    assert farm.slots.call(allowed + timedelta(milliseconds=100)) == (ACCOUNTS[1],)


@pytest.mark.parametrize("reason", [Reason.WAITING_FOR_TURN, Reason.BROKER_MAINTENANCE])
def test_a_pod_that_waits_for_its_turn_at_its_broker_keeps_nobody_from_starting(reason: Reason) -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0])
    farm.states[ACCOUNTS[0]] = RouterState("starting", reason, "", EPOCH)
    assert farm.slots.call(NOW) == (ACCOUNTS[1],)


def test_an_earlier_pods_wait_says_nothing_of_this_one() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0])
    farm.states[ACCOUNTS[0]] = RouterState("starting", Reason.WAITING_FOR_TURN, "", EPOCH - 1)
    assert farm.slots.call(NOW) == ()


@pytest.mark.parametrize("state", ["authorizing", "connected", "ready", "disconnected"])
def test_a_terminal_that_runs_already_does_not_start_any_more(state: str) -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0])
    farm.states[ACCOUNTS[0]] = RouterState(state, None, "", EPOCH)
    assert farm.slots.call(NOW) == (ACCOUNTS[1],)


def test_what_the_router_says_of_an_earlier_pod_does_not_count() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0])
    farm.states[ACCOUNTS[0]] = RouterState("ready", None, "", EPOCH - 1)
    assert farm.slots.call(NOW) == ()


def test_a_pod_that_has_ended_or_has_no_node_keeps_nobody_waiting() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=1)
    farm.pod(ACCOUNTS[0], phase="Failed")
    assert farm.slots.take(ACCOUNTS[1], NOW + GRANTED)
    farm.pod(ACCOUNTS[1], node="", phase="Pending", conditions=[{"type": "PodScheduled", "status": "False"}])
    assert farm.slots.take(ACCOUNTS[2], NOW + 2 * GRANTED)


def test_a_start_without_an_end_keeps_others_waiting_for_a_while_only() -> None:
    farm = Farm(per_node=1)
    farm.pod(ACCOUNTS[0])
    assert not farm.slots.take(ACCOUNTS[1], NOW + LONGEST_START)
    assert farm.slots.take(ACCOUNTS[1], NOW + LONGEST_START + timedelta(seconds=1))


def test_each_node_that_carries_terminals_adds_its_share() -> None:
    farm = Farm(per_node=2)
    farm.pod(ACCOUNTS[6], ready="True")
    farm.pod(ACCOUNTS[7], node="node2", ready="True")
    assert farm.taken(count=6) == [1, 2, 3, 4]


def test_accounts_start_in_the_order_in_which_they_asked() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=3)
    farm.pod(ACCOUNTS[0], ready="True")
    assert not farm.slots.take(ACCOUNTS[2], NOW)
    assert farm.slots.take(ACCOUNTS[1], NOW)


def test_people_take_turns_however_many_accounts_one_of_them_has() -> None:
    farm, others = Farm(per_node=2), ACCOUNTS[6:]
    for account in ACCOUNTS:
        farm.view.account_seen(
            {"metadata": {"name": f"account-{account}"}, "spec": {"userId": str(UUID(int=9 if account in others else 8))}}
        )
    # Six accounts of one person ask first, and two of another one after them.
    assert farm.taken() == [1, 2]
    for account in ACCOUNTS[:2]:
        farm.pod(account)
    farm.pod(ACCOUNTS[0], ready="True")
    assert farm.slots.call(NOW) == (others[0],)
    assert farm.slots.take(others[0], NOW)
    farm.pod(ACCOUNTS[1], ready="True")
    assert farm.slots.call(NOW) == (ACCOUNTS[2],)


def test_whose_turn_it_is_is_called_once() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0], ready="True")
    assert farm.slots.call(NOW) == (ACCOUNTS[1],)
    assert farm.slots.call(NOW) == ()


def test_who_was_called_and_came_too_late_is_called_again() -> None:
    farm = Farm(per_node=1)
    for account, person in zip(ACCOUNTS[:4], (1, 1, 1, 2), strict=True):
        resource = {"metadata": {"name": f"account-{account}"}, "spec": {"userId": str(UUID(int=person))}}
        farm.view.account_seen(resource)
    farm.taken(count=3)
    farm.pod(ACCOUNTS[0], ready="True")
    assert farm.slots.call(NOW) == (ACCOUNTS[1],)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[1], ready="True")
    assert farm.slots.call(NOW) == (ACCOUNTS[2],)
    # Before the called one comes, its person's other account starts again, and somebody else is first.
    farm.pod(ACCOUNTS[0])
    assert not farm.slots.take(ACCOUNTS[2], NOW)
    farm.pod(ACCOUNTS[0], ready="True")
    assert farm.slots.call(NOW) == (ACCOUNTS[2],)


def test_who_asks_no_more_is_forgotten() -> None:
    farm = Farm(per_node=1)
    farm.taken(count=2)
    farm.pod(ACCOUNTS[0], ready="True")
    assert farm.slots.call(NOW + FORGOTTEN) == ()
    assert farm.slots.take(ACCOUNTS[2], NOW + FORGOTTEN)


def test_an_account_that_waits_for_its_turn_says_so_and_asks_again(make_account: Any) -> None:
    account: CopierAccount = make_account()
    actions = waits_for_turn(account, NOW)
    assert actions.status is not None
    assert (actions.status.reason, actions.recheck_s, actions.start) == (Reason.PENDING, ASKS_EVERY_S, None)
    assert "waits for its turn" in (actions.status.message or "")
